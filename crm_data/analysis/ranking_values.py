"""The values a ranking stands on: each criterion of every member in a period, as arrays, within the viewer's scope.

Customers are many: their numbers come in columns, without names, each criterion kept by itself, so that another weight asks
nothing and another criterion asks only for itself. Owners and branches come through :func:`crm_data.cuts.query.ask`, which hides
what would tell a few customers' numbers from roles that do not see persons.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Double, Select, and_, case, cast, func, literal_column, select, union_all

from crm_data.analysis.ranking_criteria import DAYS_LATE, GROWTH_RATE, LAST_CONTACT, Criterion, needed
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.compile import View, compile_views
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Comparison, Period
from crm_data.cuts.privacy import K
from crm_data.cuts.query import EARLIEST, Desk, ask
from crm_data.cuts.rows import FactRows, used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.model import dialects
from crm_data.model import schema as s


@dataclass(frozen=True)
class Column:
    """Values by member: ``keys`` ascending, NaN where the value is not defined; who is missing has ``absent``."""

    keys: np.ndarray
    values: np.ndarray
    absent: float = 0.0

    def of(self, keys: np.ndarray) -> np.ndarray:
        """The values of these members, in their order."""
        if not len(self.keys):
            return np.full(len(keys), self.absent)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.values[at], self.absent)

    @property
    def nbytes(self) -> int:
        return int(self.keys.nbytes + self.values.nbytes)


@dataclass(frozen=True)
class Desktop:
    """Who asks for what: everything a value depends on besides the criterion and the period."""

    warehouse: object
    scope: Scope
    subject: str
    filters: tuple[Filter, ...]
    compare: Comparison

    def earlier(self, period: Period) -> Period | None:
        """What a period (cut to the data) is compared with."""
        return period.compared(self.compare, self.warehouse.as_of)  # type: ignore[attr-defined]


def columns(desk: Desktop, criteria: Sequence[Criterion], period: Period) -> dict[str, Column]:
    """Each criterion's values in ``period``, by its name."""
    measures = list(dict.fromkeys(c.measure for c in criteria if c.measure))
    grown = list(dict.fromkeys(c.measure for c in criteria if c.grows))
    now = measured(desk, measures, period)
    before_period = desk.earlier(period)
    before = measured(desk, grown, before_period) if grown and before_period else {}
    found: dict[str, Column] = {}
    for c in criteria:
        if c.grows:
            found[c.name] = _grown(c, now[c.measure], before.get(c.measure))
        elif c.measure:
            found[c.name] = now[c.measure]
        elif c.points:
            found[c.name] = _pointed(desk, c)
        else:
            catalog_for(desk.warehouse).check(needed(c.name, catalog_for(desk.warehouse)), (desk.subject, *(f.dimension for f in desk.filters)))
            found[c.name] = _kept(desk, c.name, period, lambda name=c.name: _own(desk, name, period))
    return found


def _kept(desk: Desktop, name: object, period: Period | None, make) -> Column:
    w = desk.warehouse
    key = ("ranked", w.key, desk.scope.key, desk.subject, desk.filters, name, period and (period.first, period.last),  # type: ignore[attr-defined]
           definitions(tuple(f.dimension for f in desk.filters), w))
    return ANSWERS.get(key, make)


# Measures -----------------------------------------------------------------------------------------------------------
def measured(desk: Desktop, measures: Sequence[str], period: Period) -> dict[str, Column]:
    """Measures by member. Those of customers that nobody asked yet are asked in one statement."""
    if desk.subject != "customer":
        return _answered(desk, measures, period)
    asked: dict[str, Column] = {}

    def of(name: str) -> Column:
        if not asked:
            asked.update(_wide(desk, [m for m in measures if m not in found], period))
        return asked[name]
    found: dict[str, Column] = {}
    for name in measures:
        found[name] = _kept(desk, name, period, lambda name=name: of(name))
    return found


def _absent(catalog, measure: str) -> float:
    """What a member without a row has: nothing of what adds up, no value of a share or mean."""
    found = catalog.measure(measure)
    return np.nan if found.kind == "formula" and not found.adds_up else 0.0


def _wide(desk: Desktop, measures: Sequence[str], period: Period) -> dict[str, Column]:
    catalog = catalog_for(desk.warehouse)
    cut = Cut(tuple(measures), ("customer",), period, filters=desk.filters)
    reach = used_dimensions(cut)
    for name in measures:
        catalog.check(name, reach)
    with desk.warehouse.engine.connect() as connection:  # type: ignore[attr-defined]
        days = Desk(connection, desk.scope, catalog, reach, desk.warehouse).rate_days()
        rows = compile_views(cut, [View(cut.by)], scope=desk.scope, catalog=catalog, reach=reach, rate_days=days).order_by(None).subquery("ranked")
        keys, *values = fetched(connection, select(rows.c.customer_id, *(cast(rows.c[m], Double).label(m) for m in measures)).where(rows.c.customer_id.is_not(None)))
    order = np.argsort(keys, kind="stable")
    return {m: Column(keys[order].astype("int64"), v[order], _absent(catalog, m)) for m, v in zip(measures, values, strict=True)}


def _answered(desk: Desktop, measures: Sequence[str], period: Period) -> dict[str, Column]:
    """Owners and branches, as the one door to the numbers gives them to this viewer."""
    if not measures:
        return {}
    catalog = catalog_for(desk.warehouse)
    rows = ask(Cut(tuple(measures), (desk.subject,), period, filters=desk.filters), desk.warehouse, scope=desk.scope).rows
    known = rows[rows[f"{desk.subject}_id"].notna()]
    keys = known[f"{desk.subject}_id"].astype("int64").to_numpy()
    order = np.argsort(keys, kind="stable")
    return {m: Column(keys[order], np.array([np.nan if v is None else float(v) for v in known[m]], dtype=float)[order], _absent(catalog, m)) for m in measures}


def fetched(connection, query: Select) -> list[np.ndarray]:
    """The columns of a statement as arrays of floats (NaN for NULL); ids stay exact up to 2**53."""
    result = connection.execute(query)
    fetch = next((c.fetchnumpy for c in _cursors(result.cursor) if hasattr(c, "fetchnumpy")), None)
    if fetch is not None:
        return [np.ma.filled(np.ma.asarray(a).astype(float), np.nan) for a in fetch().values()]
    rows = result.fetchall()
    return [np.array([np.nan if v is None else float(v) for v in column]) for column in zip(*rows, strict=True)] if rows else [np.array([]) for _ in query.selected_columns]


def _cursors(cursor):
    """The driver's own cursor, below what SQLAlchemy puts around it."""
    while cursor is not None:
        yield cursor
        cursor = next((v for k, v in vars(cursor).items() if "c" in k and hasattr(v, "fetchnumpy")), None) if hasattr(cursor, "__dict__") else None


def _grown(c: Criterion, now: Column, before: Column | None) -> Column:
    """What a measure has grown by, as a value or as a part of what it was; those who have nothing any more included."""
    before = before or Column(np.array([], dtype="int64"), np.array([]), now.absent)
    keys = np.union1d(now.keys, before.keys)
    kept = (now.of(keys) != 0) | (before.of(keys) != 0)
    keys = keys[kept]
    new, old = now.of(keys), before.of(keys)
    if c.name.partition(".")[0] == GROWTH_RATE:
        return Column(keys, np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1, np.nan), np.nan)
    return Column(keys, new - old, np.nan)


# Criteria of their own ----------------------------------------------------------------------------------------------
def _own(desk: Desktop, name: str, period: Period) -> Column:
    query = _late(desk, period) if name == DAYS_LATE else _since(desk, name, period.last)
    with desk.warehouse.engine.connect() as connection:  # type: ignore[attr-defined]
        keys, values, people = fetched(connection, query)
    known = ~np.isnan(keys) & ~np.isnan(values) & ((people >= K) if not desk.scope.personal else True)
    order = np.argsort(keys[known], kind="stable")
    # Sums of what was billed less what was settled leave a last bit where nothing is left.
    found = np.maximum(values[known][order].round(9), 0.0)
    return Column(keys[known][order].astype("int64"), found, np.nan)


def purchases(catalog) -> str:
    """The fact whose days say when somebody last bought."""
    return "orders" if catalog.has_orders else "closed"


def _rows(desk: Desktop, fact: str, last: date) -> FactRows:
    catalog = catalog_for(desk.warehouse)
    rows = FactRows(catalog.fact(fact), Cut(("orders",), (desk.subject,), Period(EARLIEST, last), filters=desk.filters), desk.scope, catalog)
    if fact == "closed":
        rows.where.append(s.opportunity.c.outcome == "won")
    return rows


def _since(desk: Desktop, name: str, last: date) -> Select:
    """Days from each member's last purchase (or contact) to ``last``, and of how many customers they are."""
    rows = _rows(desk, "contacts" if name == LAST_CONTACT else purchases(catalog_for(desk.warehouse)), last)
    key = rows.need(rows.key_column(desk.subject))
    end = literal_column(f"DATE '{last.isoformat()}'", rows.fact.date.type)
    days = dialects.days_between(func.max(rows.fact.date), end)
    return select(key, cast(days, Double), _people(desk, rows)).select_from(rows.source).where(rows.fact.date <= last, *rows.where).group_by(key)


def _late(desk: Desktop, period: Period) -> Select:
    """Mean days late, weighted by amount: of what was settled in the period (in time or early is 0), and of what is overdue on its
    last day, late so far. Credit notes, cancelled invoices and those without a due day are left out.

    What is open is what was billed less what was settled, each with the days it is late by then: so both are added up by themselves.
    """
    i, a = s.invoice.c, s.payment_allocation.c
    last = min(period.last, desk.warehouse.as_of)  # type: ignore[attr-defined]
    end = literal_column(f"DATE '{last.isoformat()}'", i.due_on.type)
    zero, late_by_end = literal_column("0"), cast(dialects.days_between(i.due_on, end), Double)
    billed, settled = cast(i.amount_base, Double), cast(a.amount_base, Double)
    in_period, overdue = a.allocated_on >= period.first, and_(i.due_on < end, i.issued_on <= end)
    late = case((a.allocated_on > i.due_on, cast(dialects.days_between(i.due_on, a.allocated_on), Double)), else_=zero)
    parts = []
    for joined in (False, True):
        rows = _rows(desk, "invoices", last)
        source = rows.source.join(s.payment_allocation, a.invoice_id == i.id) if joined else rows.source
        key = rows.need(rows.key_column(desk.subject)).label("key")
        weight = case((in_period, settled), else_=zero) - case((overdue, settled), else_=zero) if joined else case((overdue, billed), else_=zero)
        days = case((in_period, settled * late), else_=zero) - case((overdue, settled * late_by_end), else_=zero) if joined else case((overdue, billed * late_by_end), else_=zero)
        # Who settles is who was billed: counted once.
        people = zero if joined else _people(desk, rows)
        until = [a.allocated_on <= last, a.amount_base > zero] if joined else []
        parts.append(select(key, func.sum(weight).label("weight"), func.sum(days).label("days"), people.label("people")).select_from(source).where(
            *rows.where, *until, i.due_on.is_not(None), i.amount_base > zero).group_by(key))
    each = union_all(*parts).subquery("late")
    total = func.sum(each.c.weight)
    return select(each.c.key, func.sum(each.c.days) / func.nullif(total, zero), func.max(each.c.people)).group_by(each.c.key).having(total > literal_column("0.005"))


def _people(desk: Desktop, rows: FactRows):
    """How many customers stand behind a member, for those who do not see single ones."""
    return literal_column(str(K)) if desk.scope.personal else func.count(rows.need(rows.fact.keys["customer"]).distinct())


def _pointed(desk: Desktop, c: Criterion) -> Column:
    """The points of each customer's member; who has none of those named has 0."""
    catalog = catalog_for(desk.warehouse)

    def make() -> Column:
        rows = FactRows(catalog.fact("parties"), Cut(("_parties",), ("customer", c.dimension), Period(EARLIEST, catalog.as_of)), desk.scope, catalog)
        member = rows.column(catalog.dimension(c.dimension))
        value = case(*((member == name, literal_column(f"{points:.4f}")) for name, points in c.points), else_=literal_column("0"))
        with desk.warehouse.engine.connect() as connection:  # type: ignore[attr-defined]
            keys, values = fetched(connection, select(rows.need(rows.key_column("customer")), cast(value, Double)).select_from(rows.source).where(*rows.where))
        order = np.argsort(keys, kind="stable")
        return Column(keys[order].astype("int64"), values[order], 0.0)
    return _kept(replace(desk, filters=()), (c.name, c.points, definitions((c.dimension,), desk.warehouse)), None, make)
