"""The rows behind a number: the records that sum exactly to it, under the same filters and scope."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Number
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import value_of
from crm_data.cuts.cut import Cut
from crm_data.cuts.facts import Fact
from crm_data.cuts.measures import Balance, Base, Distinct, Formula, Measure
from crm_data.cuts.privacy import K, small, whole_hidden
from crm_data.cuts.query import Desk
from crm_data.cuts.rows import FactRows, used_dimensions
from crm_data.errors import N_, InputError
from crm_data.model import schema as s

COLUMNS = ("kind", "day", "reference", "customer_id", "customer", "branch", "owner", "product", "detail", "currency", "value")
DETAILS = 3


@dataclass(frozen=True)
class Behind:
    """``rows``: newest first, columns ``COLUMNS``; ``total``: sum of ``value`` over *all* rows, ``count`` and ``customers``
    of all rows even when ``rows`` was limited; ``measure``: whose rows these are; ``exact``: whether ``total`` is the number
    itself (for ratios it is what stands above the line)."""

    rows: pd.DataFrame
    total: Number
    count: int
    customers: int
    measure: str
    exact: bool


def rows_behind(cut: Cut, warehouse, *, scope: Scope, measure: str | None = None, limit: int | None = None) -> Behind:
    """Records behind ``measure`` (the first of the cut) within the cut's period, filters and scope: those of
    the cut's total. Its dimensions only say which facts the number is of. Raises InputError where a role without personal data
    would see the rows of fewer than five customers."""
    catalog, name = catalog_for(warehouse), measure or cut.measures[0]
    with warehouse.engine.connect() as connection:
        period = Desk(connection, scope, catalog).resolved(cut)
        plain = replace(cut, measures=(name,), by=(), grain=None, period=period, compare="none", limit=None, order_by="")
        # The same facts as the number: customers by topic are those with contacts.
        reach = used_dimensions(cut)
        catalog.check(name, reach)
        queries = list(_queries(name, plain, scope, catalog, reach))
        together = (union_all(*queries) if len(queries) > 1 else queries[0]).subquery("behind")
        # A record of nobody known counts as somebody's.
        people = func.count(func.coalesce(together.c.customer_id, -together.c.record).distinct())
        total, count, customers, somebody = connection.execute(
            select(func.sum(together.c.value), func.count(), func.count(together.c.customer_id.distinct()), people)).one()
        if not scope.personal and (small(somebody) or whole_hidden(plain, connection, scope, catalog, reach)):
            raise InputError(N_("These rows are of fewer than {least} customers, or would tell what is hidden of them: your role does not see them."), least=K)
        rows = select(together).order_by(together.c.day.desc().nulls_last(), together.c.reference, together.c.kind, together.c.record,
                                         together.c.value).limit(limit)
        found = connection.execute(rows).mappings().all()
    frame = pd.DataFrame({c: pd.Series([_text(r) if c == "detail" else r[c] for r in found], dtype=object) for c in COLUMNS})
    whole = isinstance(total, Decimal) and catalog.measure(name).unit == "count"
    return Behind(frame, int(total or 0) if whole else total or 0, int(count), int(customers), name, catalog.measure(name).adds_up or name == "customers")


def records(name: str, cut: Cut, scope: Scope, catalog: Catalog) -> Subquery:
    """The rows behind measure ``name`` of a cut with its period resolved, to be added up within a statement. Not for viewers who do not
    see persons: nothing is hidden here."""
    queries = list(_queries(name, cut, scope, catalog, used_dimensions(cut)))
    return (union_all(*queries) if len(queries) > 1 else queries[0]).subquery("behind")


def _queries(name: str, cut: Cut, scope: Scope, catalog: Catalog, reach: tuple[str, ...]) -> Iterator[Select]:
    measure = catalog.measure(name)
    signed = measure.rows if isinstance(measure, Formula) else ((name, 1),)
    for part, sign in signed:
        base = catalog.measure(part)
        if isinstance(base, Formula):
            yield from _queries(part, cut, scope, catalog, reach)
        elif isinstance(base, Distinct):
            yield _customers(cut, scope, catalog, reach)
        else:
            yield _records(base, sign, cut, scope, catalog, reach)


def _details(fact: Fact) -> list[ColumnElement]:
    """What a person wants to see of the record, each as text."""
    shown = []
    for name, _, prefix in (c.partition(":") for c in fact.shows):
        if name in fact.table.c:
            text = cast(fact.table.c[name], String)
            shown.append(literal_column(f"'{prefix}'") + text if prefix else text)
    nothing = [cast(literal_column("NULL"), String)] * (DETAILS - len(shown[:DETAILS]))
    return [c.label(f"detail_{i}") for i, c in enumerate((*shown[:DETAILS], *nothing))]


_AMOUNTS = re.compile(r"([×−] )(-?\d+(?:\.\d+)?)")
_ZEROS = re.compile(r"(\.\d*?)0+$")


def told(detail: str, turn: Callable[[Decimal], Decimal]) -> str:
    """Details of a record with their amounts ("2 × 21.9 − 9.42": price and discount) turned into another unit."""
    return _AMOUNTS.sub(lambda found: f"{found[1]}{_bare(turn(Decimal(found[2])))}", detail)


def _bare(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(row: Mapping[str, object]) -> str:
    """The details of a record as one text: "2 × 21.9 − 9.42", "phone · customer · Price"; without empty ones and zeros at the end."""
    text = ""
    for piece in (str(row[f"detail_{i}"]) for i in range(DETAILS) if row[f"detail_{i}"] not in (None, "")):
        sign, number = (piece[:2], piece[2:]) if piece[:2] in ("× ", "− ") else ("", piece)
        if number.replace(".", "", 1).lstrip("-").isdigit() and "." in number:
            number = _ZEROS.sub(r"\1", number).rstrip(".")
        if sign == "− " and number == "0":
            continue
        text += (" " if sign else " · ") + sign + number if text else sign + number
    return text


def _name(reference: ColumnElement, rows: FactRows) -> ColumnElement:
    """The number people call the record by, or its key."""
    key = cast(reference, String)
    return key if rows.fact.reference is None else func.coalesce(rows.need(rows.fact.reference), key)


def _shape(rows: FactRows, kind: str, day: ColumnElement, reference: ColumnElement, value: ColumnElement, *, owner: bool = True) -> list[ColumnElement]:
    person = rows.entity("customer")
    name = person.c.name if rows.scope.personal else person.c.number
    nothing = cast(literal_column("NULL"), String)
    product = rows.entity("product").c.name if "product" in rows.fact.keys else nothing
    return [literal_column(f"'{kind}'").label("kind"), day.label("day"), _name(reference, rows).label("reference"),
            person.c.id.label("customer_id"), name.label("customer"), rows.entity("branch").c.name.label("branch"),
            (rows.entity("owner").c.name if owner else nothing).label("owner"), product.label("product"), *_details(rows.fact),
            (nothing if rows.fact.currency is None else func.coalesce(cast(rows.need(rows.fact.currency), String), literal_column("''"))).label("currency"), value.label("value"), cast(reference, BigInteger).label("record")]


def _records(base: Base, sign: int, cut: Cut, scope: Scope, catalog: Catalog, reach: tuple[str, ...]) -> Select:
    rows = FactRows(catalog.fact(catalog.fact_of(base.name, reach)[0]), cut, scope, catalog)
    assert cut.period is not None
    signed = literal_column(str(sign))
    if isinstance(base, Balance):
        fact = rows.fact
        shape = _shape(rows, base.name, func.min(fact.date), fact.id, func.sum(fact.table.c.moved) * signed)
        plain = [c.element for c in shape[3:8]]
        query = select(*shape).select_from(rows.source).where(fact.date <= cut.period.last, *rows.where)
        return query.group_by(fact.id, *(c for c in plain if "NULL" not in str(c))).having(func.sum(fact.table.c.moved) != 0)
    assert isinstance(base, Measure)
    inside = [rows.fact.date >= cut.period.first, rows.fact.date <= cut.period.last, *rows.where]
    if base.where is not None:
        inside.append(base.where)
    if base.agg == "count" and rows.fact.name != base.fact:
        return _parents(base, rows, inside, cut, scope, catalog)
    value = value_of(base, rows) * signed if base.agg == "sum" else signed
    shape = _shape(rows, base.name.lstrip("_"), rows.fact.date, rows.fact.id, value, owner=not (rows.split and base.agg == "count"))
    query = select(*shape).select_from(rows.source).where(*inside)
    if base.agg == "sum":
        return query.where(value_of(base, rows).is_not(None))
    return query.distinct() if rows.split else query


def _parents(base: Measure, lines: FactRows, inside, cut: Cut, scope: Scope, catalog: Catalog) -> Select:
    """Orders behind a number counted over their lines: each order once."""
    chosen = select(dict(base.instead)[lines.fact.name]).select_from(lines.source).where(*inside)
    orders = FactRows(catalog.fact(base.fact), replace(cut, filters=()), scope, catalog)
    shape = _shape(orders, base.name, orders.fact.date, orders.fact.id, literal_column("1"), owner=not orders.split)
    query = select(*shape).select_from(orders.source).where(orders.fact.id.in_(chosen))
    return query.distinct() if orders.split else query


def _customers(cut: Cut, scope: Scope, catalog: Catalog, reach: tuple[str, ...]) -> Select:
    """Customers with business in the period, each once."""
    assert cut.period is not None
    seen = []
    for fact in catalog.fact_of("customers", reach):
        rows = FactRows(catalog.fact(fact), cut, scope, catalog)
        customer = rows.need(rows.fact.keys["customer"]).label("who")
        seen.append(select(customer, rows.fact.date.label("day")).select_from(rows.source).where(
            rows.fact.date >= cut.period.first, rows.fact.date <= cut.period.last, *rows.where))
    once = union_all(*seen).subquery("seen") if len(seen) > 1 else seen[0].subquery("seen")
    latest = select(once.c.who, func.max(once.c.day).label("day")).group_by(once.c.who).subquery("latest")
    c, b, o = s.customer, s.branch, s.staff
    nothing = cast(literal_column("NULL"), String)
    name = c.c.name if scope.personal else c.c.number
    joined = latest.join(c, c.c.id == latest.c.who).outerjoin(b, b.c.id == c.c.branch_id).outerjoin(o, o.c.id == c.c.owner_id)
    return select(literal_column("'customers'").label("kind"), latest.c.day.label("day"), cast(c.c.id, String).label("reference"),
                  c.c.id.label("customer_id"), name.label("customer"), b.c.name.label("branch"), o.c.name.label("owner"),
                  nothing.label("product"), c.c.number.label("detail_0"), *(nothing.label(f"detail_{i}") for i in range(1, DETAILS)), nothing.label("currency"), literal_column("1").label("value"), c.c.id.label("record")).select_from(joined).where(
        c.c.relation.in_(("customer", "former")))
