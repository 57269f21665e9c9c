"""The records behind a figure on two snapshots, beside each other: those that count differently, by the document they belong to.

Records are the same where their key in the source is the same; ids are of a snapshot. What is looked at is narrowed by day first: days
whose records are the same in number, sum and checksum on both sides are passed over.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, cast, func, literal_column, or_, select

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import records
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Base, Distinct, Formula, Measure
from crm_data.cuts.periods import Period
from crm_data.cuts.rows import used_dimensions
from crm_data.model import schema as s

#: A record in the source: its table, the system it came from and its key there.
Key = tuple[str, str, str]
_CHECKSUM = 9973
#: Tables behind facts whose rows are movements or that are called otherwise.
_MADE_OF = {"receivable": "invoice", "overdue": "invoice", "pipeline": "opportunity", "weighted": "opportunity", "waiting": "complaint", "standing": "customer"}
#: Tables of the activities that cost; all others are contacts.
_DRIVERS = {"complaint": "complaint", "order": "sales_order", "return": "sales_order", "delivery": "sales_order", "late_day": "invoice"}


@dataclass
class Document:
    """An order with its lines, a contact, a complaint ...: what it adds to the figure on both sides (money exact), and its records."""

    then: Decimal = Decimal(0)
    now: Decimal = Decimal(0)
    days: set[date] = field(default_factory=set)
    customers: set[Key] = field(default_factory=set)
    records: set[Key] = field(default_factory=set)
    #: Whether it counts by what activities cost, and so by the rates.
    priced: bool = False


#: Records of a part that differ, as they were and as they are, by key; what is shared by the figures of one question.
Pairs = dict[tuple[Key, str], "tuple[_Told | None, _Told | None]"]
Memo = dict[tuple[str, Cut], Pairs]


def differing(measure: str, cut: Cut, sides: Mapping[str, Any], *, scope: Scope, days: Period, memo: Memo | None = None) -> dict[Key, Document]:
    """Documents that count differently in ``measure`` on the warehouses ``sides`` ("then" and "now") in some ``days`` of ``cut`` (which has a
    period and no dimensions). ``memo``: what was read already of the same sides under the same scope: records are read once for all
    days of the cut, except where what stands in some days cannot be told by the day of the record."""
    found: dict[Key, Document] = {}
    known = {} if memo is None else memo
    for part, sign in signed_parts(measure, catalog_for(sides["now"])):
        by_day = isinstance(catalog_for(sides["now"]).measure(part), Measure)
        asked = replace(cut, measures=(part,)) if by_day else replace(cut, measures=(part,)).in_days(days)
        if (part, asked) not in known:
            known[part, asked] = _pairs(part, asked, sides, scope)
        for at, pair in known[part, asked].items():
            old, new = (one if one is not None and (not by_day or one.day is not None and days.first <= one.day <= days.last) else None for one in pair)
            if (old.value if old else 0) != (new.value if new else 0):
                _add(found, at, old, new, sign)
    return found


def _pairs(part: str, cut: Cut, sides: Mapping[str, Any], scope: Scope) -> Pairs:
    """Records that differ in value or day."""
    days = _differing_days(part, cut, sides, scope)
    if not days:
        return {}
    then, now = (dict(_told(part, cut, sides[name], scope, days)) for name in ("then", "now"))
    both = {at: (then.get(at), now.get(at)) for at in then.keys() | now.keys()}
    return {at: (old, new) for at, (old, new) in both.items() if old is None or new is None or (old.value, old.day) != (new.value, new.day)}


@dataclass
class _Told:
    """One record in a figure: its value, and the key of the document and the customer it belongs to."""

    value: Decimal
    day: date | None
    customer: Key | None
    document: Key
    priced: bool


def _add(found: dict[Key, Document], at: tuple[Key, str], old: _Told | None, new: _Told | None, sign: int) -> None:
    document = found.setdefault((new or old).document, Document())  # type: ignore[union-attr]
    document.then += sign * (old.value if old else 0)
    document.now += sign * (new.value if new else 0)
    document.records.add(at[0])
    for told in (old, new):
        if told:
            document.priced |= told.priced
            document.days |= {told.day} if told.day else set()
            document.customers |= {told.customer} if told.customer else set()


def signed_parts(measure: str, catalog: Catalog) -> list[tuple[str, int]]:
    """The plain measures a figure is the signed sum of; of a ratio what it is computed from (without counts of the rows whose sums are taken)."""
    found = catalog.measure(measure)
    if not isinstance(found, Formula):
        return [(measure, 1)]
    if not found.adds_up:
        parts = {part: catalog.measure(part) for part in catalog.parts(measure)}
        summed = {m.fact for m in parts.values() if isinstance(m, Measure) and m.agg == "sum"}
        return [(name, 1) for name, m in parts.items() if not (m.hidden and isinstance(m, Measure) and m.agg == "count" and m.fact in summed)]
    return [(name, sign * own) for part, sign in found.rows for name, own in signed_parts(part, catalog)]


def adds_up(measure: Base) -> bool:
    """Whether the effects of records add up to the difference of a figure: a count of customers too."""
    return measure.adds_up or measure.name == "customers"


def _differing_days(part: str, cut: Cut, sides: Mapping[str, Any], scope: Scope) -> set[date | None]:
    """Days whose records differ between the sides."""
    seen = []
    for warehouse in sides.values():
        rows = records(part, cut, scope, catalog_for(warehouse))
        marked = func.sum(rows.c.value * (rows.c.record % literal_column(str(_CHECKSUM))))
        query = select(rows.c.day, func.count(), func.sum(rows.c.value), marked).group_by(rows.c.day)
        with warehouse.engine.connect() as connection:
            seen.append({(r[0], r[1], exact(r[2]), exact(r[3])) for r in connection.execute(query)})
    return {row[0] for row in seen[0] ^ seen[1]}


def _told(part: str, cut: Cut, warehouse, scope: Scope, days: set[date | None]) -> Iterator[tuple[tuple[Key, str], _Told]]:
    """((key of the record, what it is), the record) of those on ``days``; those of one key together (shares of credit)."""
    catalog = catalog_for(warehouse)
    rows = records(part, cut, scope, catalog)
    known = sorted(d for d in days if d is not None)
    on_days = or_(*([rows.c.day.in_(known)] if known else []), *([rows.c.day.is_(None)] if None in days else []))
    found: dict[tuple[Key, str], _Told] = {}
    with warehouse.engine.connect() as connection:
        priced = part == "cost_to_serve"
        drivers = connection.execute(select(rows.c.detail_0).where(on_days).distinct()).scalars().all() if priced else []
        for table, kinds in _tables(part, catalog, used_dimensions(cut), drivers):
            for r in connection.execute(_query(rows, table, [on_days, *([rows.c.detail_0.in_(kinds)] if priced else [])])):
                key, what = (table, r.source, r.source_id), r.detail_0 if priced else ""
                before = found.get((key, what))
                document = ("sales_order", r.of_source, r.of_id) if table == "order_line" else key
                whose = ("customer", r.whose, r.who) if r.who is not None else None
                found[key, what] = _Told(exact(r.value) + (before.value if before else 0), r.day, whose, document, priced)
    yield from found.items()


def _query(rows, table: str, where: list):
    """Records with their keys in the source, that of their customer and of the order a line is of."""
    t, c, order = s.TABLES[table], s.customer.alias("whose"), s.sales_order.alias("of_order")
    source = rows.join(t, t.c.id == rows.c.record).outerjoin(c, c.c.id == cast(rows.c.customer_id, BigInteger))
    wanted = [rows.c.value, rows.c.day, rows.c.detail_0, t.c.source, t.c.source_id, c.c.source.label("whose"), c.c.source_id.label("who")]
    if table == "order_line":
        source = source.join(order, order.c.id == t.c.order_id)
        wanted += [order.c.source.label("of_source"), order.c.source_id.label("of_id")]
    return select(*wanted).select_from(source).where(*where)


def _tables(part: str, catalog: Catalog, reach: tuple[str, ...], drivers: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Tables the records of a part stand in; with the drivers of each where it is what activities cost."""
    measure = catalog.measure(part)
    if isinstance(measure, Distinct):
        return [("customer", [])]
    fact = catalog.fact_of(part, reach)[0]
    if fact == "costs":
        found: dict[str, list[str]] = {}
        for driver in drivers:
            found.setdefault(_DRIVERS.get(driver, "interaction"), []).append(driver)
        return list(found.items())
    if isinstance(measure, Measure) and measure.agg == "count":
        # Counted over its parts, it is told by itself: an order with two products is one.
        fact = measure.fact
    return [(_MADE_OF.get(fact) or catalog.fact(fact).table.name, [])]


def exact(value: object) -> Decimal:
    """A number of the database without its zeros at the end."""
    number = value if isinstance(value, Decimal) else Decimal(str(value if value is not None else 0))
    return number.normalize() if number else Decimal(0)
