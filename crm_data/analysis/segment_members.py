"""Who is in a segment: how many, of how many, how much is known of them; and for one customer, condition by condition, why."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import func, select

from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import compile_cut
from crm_data.cuts.conditions import ABSENT, CLASSES, EARLIEST, classes, window
from crm_data.cuts.cut import EACH, Cut, Filter, each_parts
from crm_data.cuts.facts import FACTS
from crm_data.cuts.periods import Period
from crm_data.cuts.privacy import small
from crm_data.cuts.query import Desk, ask
from crm_data.cuts.rows import FactRows
from crm_data.cuts.segments import INSIDE, Segment, with_segments

#: Stands for a segment that is not kept (yet).
TRIAL = 0


@dataclass(frozen=True)
class Coverage:
    """Of how many people and companies an optional field of the conditions is known."""

    dimension: str
    known: int
    total: int


@dataclass(frozen=True)
class Preview:
    """``inside`` of ``everybody``: people and companies known to the firm within the viewer's rights, leads and former
    customers too; ``customers`` of ``all_customers``: those of them who are customers on the period's last day. ``hidden``: so
    few are in it (or out of it) that the viewer's role may not be told how many; the numbers are then 0."""

    inside: int
    everybody: int
    customers: int
    all_customers: int
    coverage: tuple[Coverage, ...]
    on: date
    hidden: bool = False

    @property
    def share(self) -> float | None:
        return self.inside / self.everybody if self.everybody and not self.hidden else None


@dataclass(frozen=True)
class Line:
    """One condition against one customer. ``value``: the number, or the members (several for a field with several), None when
    not known; ``period``: the days a number is of; ``place`` among ``among`` customers for top and bottom."""

    condition: Filter
    passes: bool
    value: float | int | tuple[str, ...] | None
    unit: str = ""
    period: Period | None = None
    place: int | None = None
    among: int | None = None


def preview(filters: Sequence[Filter], every: bool, warehouse, *, scope: Scope, period: Period) -> Preview:
    """Count a segment that may not be kept yet. ``period`` is that of conditions without a window; its last day counts for all."""
    key = ("preview", warehouse.key, scope.key, tuple(filters), every, period)
    return ANSWERS.get(key, lambda: _preview(filters, every, warehouse, scope, period))


def _preview(filters: Sequence[Filter], every: bool, warehouse, scope: Scope, period: Period) -> Preview:
    trial, chosen = _trial(warehouse, filters, every)
    catalog = catalog_for(trial)
    optional = dict.fromkeys(f.dimension for f in filters if f.op != "is_empty" and catalog.dimension(f.dimension).optional)
    everybody = count((), trial, scope, period)
    coverage = tuple(Coverage(d, everybody - count((Filter(d, "is_empty"),), trial, scope, period), everybody) for d in optional)

    def standing(*more: Filter) -> int:
        return int(ask(Cut(("customers_total",), period=period, filters=more), trial, scope=scope).totals["customers_total"] or 0)
    inside, customers, whole, on = count((chosen,), trial, scope, period), standing(chosen), standing(), min(period.last, warehouse.as_of)
    if not scope.personal and any(small(n) for n in (inside, everybody - inside, customers, whole - customers, inside - customers)):
        return Preview(0, everybody, 0, whole, coverage, on, hidden=True)
    return Preview(inside, everybody, customers, whole, coverage, on)


def _trial(warehouse, filters: Sequence[Filter], every: bool):
    segment = Segment(TRIAL, "?", tuple(filters), every)
    return with_segments(warehouse, (*(s for s in warehouse.segments if s.id != TRIAL), segment)), Filter(segment.dimension, "is", (INSIDE,))


def count(filters: Iterable[Filter], warehouse, scope: Scope, period: Period) -> int:
    """People and companies that satisfy ``filters``, whenever they joined."""
    catalog = catalog_for(warehouse)
    rows = FactRows(FACTS["parties"], Cut(("_parties",), period=period, filters=tuple(filters)), scope, catalog)
    with warehouse.engine.connect() as connection:
        return int(connection.execute(select(func.count(rows.fact.id.distinct())).select_from(rows.source).where(*rows.where)).scalar() or 0)


# One customer -------------------------------------------------------------------------------------------------------
def explain(conditions: Sequence[Filter], every: bool, customer_id: int, warehouse, *, scope: Scope, period: Period) -> tuple[bool, tuple[Line, ...]]:
    """Whether a customer is in, and each condition: its value against what is asked, and whether it passes.

    Each condition is tested by the very statement a cut would use, so what is said here is what is counted there.
    """
    key = ("explain", warehouse.key, scope.key, tuple(conditions), every, customer_id, period)
    return ANSWERS.get(key, lambda: _explain(conditions, every, customer_id, warehouse, scope, period))


def _explain(conditions: Sequence[Filter], every: bool, customer_id: int, warehouse, scope: Scope, period: Period) -> tuple[bool, tuple[Line, ...]]:
    who = Filter("customer", "is", (str(customer_id),))
    lines = []
    for f in conditions:
        trial, chosen = _trial(warehouse, (f,), True)
        passes = count((who, chosen), trial, scope, period) > 0
        lines.append(_number(f, passes, customer_id, warehouse, scope, period) if f.dimension.startswith(EACH)
                     else Line(f, passes, _members(f.dimension, customer_id, warehouse, scope, period)))
    passed = [line.passes for line in lines]
    return (all(passed) if every else any(passed)), tuple(lines)


def _number(f: Filter, passes: bool, customer_id: int, warehouse, scope: Scope, period: Period) -> Line:
    catalog, (measure, span) = catalog_for(warehouse), each_parts(f.dimension)
    days = window(span, Cut((measure,), period=period), catalog)
    found = ask(Cut((measure,), period=days, filters=(Filter("customer", "is", (str(customer_id),)),)), warehouse, scope=scope).totals[measure]
    value = None if found is None else float(found)
    line = Line(f, passes, value, catalog.measure(measure).unit, None if days.first <= EARLIEST else days)
    return line if f.op not in ("top", "bottom") else _placed(line, measure, days, customer_id, warehouse, scope, catalog)


def _placed(line: Line, measure: str, days: Period, customer_id: int, warehouse, scope: Scope, catalog: Catalog) -> Line:
    """The customer's place by the measure, in the order top and bottom use."""
    each = compile_cut(Cut((measure,), by=("customer",), period=days), scope=scope, catalog=catalog).order_by(None).subquery()
    value, customer = each.c[measure], each.c.customer_id
    order = (value.desc() if line.condition.op == "top" else value.asc(), customer.asc())
    ranked = select(customer.label("id"), func.row_number().over(order_by=order).label("place"), func.count().over().label("among")).where(
        value.is_not(None), customer.is_not(None)).subquery()
    with warehouse.engine.connect() as connection:
        row = connection.execute(select(ranked.c.place, ranked.c.among).where(ranked.c.id == customer_id)).first()
    return line if row is None else replace(line, place=int(row.place), among=int(row.among))


def _members(dimension: str, customer_id: int, warehouse, scope: Scope, period: Period) -> tuple[str, ...] | None:
    """The customer's members of a dimension; None when not known."""
    cut = Cut(("_parties",), by=(dimension,), period=Period(EARLIEST, period.last), filters=(Filter("customer", "is", (str(customer_id),)),))
    with warehouse.engine.connect() as connection:
        desk = Desk(connection, scope, catalog_for(warehouse))
        rows = desk.run(replace(cut, period=desk.resolved(cut)))
    found = sorted({str(r[dimension]) for r in rows if r[dimension] is not None and r["_parties"]})
    return tuple(found) or None


# All customers at once, kept: the next customer's page asks nothing more -----------------------------------------------
def inside_of(segment: Segment, customer_id: int, warehouse, *, scope: Scope, period: Period) -> bool:
    """Whether a customer the viewer may see is in a segment. Who is in it is found once for all customers, and kept."""
    key = ("members", warehouse.key, scope.key, segment.filters, segment.every, period)
    ids = ANSWERS.get(key, lambda: _ids(segment, warehouse, scope, period))
    at = int(np.searchsorted(ids, customer_id))
    return at < len(ids) and int(ids[at]) == customer_id


def _ids(segment: Segment, warehouse, scope: Scope, period: Period) -> np.ndarray:
    trial, chosen = _trial(warehouse, segment.filters, segment.every)
    rows = FactRows(FACTS["parties"], Cut(("_parties",), period=period, filters=(chosen,)), scope, catalog_for(trial))
    with warehouse.engine.connect() as connection:
        found = connection.execute(select(rows.fact.id).distinct().select_from(rows.source).where(*rows.where)).scalars()
        return np.sort(np.fromiter(found, dtype=np.int64))


def classes_of(customer_id: int, warehouse, *, scope: Scope, period: Period) -> dict[str, str]:
    """The ready-made classes of a customer at the period's end."""
    found = {}
    for name, members in CLASSES.items():
        key = ("classes", warehouse.key, scope.key, name, period.last)
        ids, codes = ANSWERS.get(key, lambda name=name, members=members: _codes(name, members, warehouse, scope, period))
        at = int(np.searchsorted(ids, customer_id))
        found[name] = members[int(codes[at])] if at < len(ids) and int(ids[at]) == customer_id else ABSENT[name]
    return found


def _codes(name: str, members: tuple[str, ...], warehouse, scope: Scope, period: Period) -> tuple[np.ndarray, np.ndarray]:
    """Customer ids in order, and the place of each one's class among ``members``."""
    catalog = catalog_for(warehouse)
    place = {member: n for n, member in enumerate(members)}
    with warehouse.engine.connect() as connection:
        rows = connection.execute(classes(catalog.dimension(name), Cut(("customers",), period=period), scope, catalog)).all()
    ids = np.fromiter((r[0] for r in rows), dtype=np.int64, count=len(rows))
    codes = np.fromiter((place[r[1]] for r in rows), dtype=np.int8, count=len(rows))
    order = np.argsort(ids)
    return ids[order], codes[order]
