"""The first stage of a statement: the rows of a fact, filtered, and added up by keys before any name is joined to them.

A fact has millions of rows; its keys (branch, product, customer) and buckets make thousands of groups. So rows are added up by
key first, and names, ages and classes are joined to the groups. Sums of sums are exact, so the numbers are the same ones.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    case,
    cast,
    extract,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, Cut, Filter
from crm_data.cuts.dimensions import Dimension
from crm_data.cuts.facts import Fact
from crm_data.cuts.measures import Balance, Base, Distinct, Exact, Measure
from crm_data.cuts.periods import IN_JALALI, bucket_start, buckets, calendar_of
from crm_data.cuts.rows import ENTITIES, FactRows, used_dimensions
from crm_data.cuts.views import View
from crm_data.model import dialects
from crm_data.model import schema as s

#: A bit, and how many a number has to give.
ONE_BIT, MOST_BITS = literal_column("CAST(1 AS BIGINT)"), 62


@dataclass(frozen=True)
class Question:
    """What the stages of one statement have in common. ``cut`` has its period, and all dimensions its rows are needed by."""

    cut: Cut
    scope: Scope
    catalog: Catalog
    #: First days of rates; None: not known, so that activities are priced by the day.
    rate_days: tuple[date, ...] | None = None

    def of(self, dimensions: Iterable[str], grain) -> Question:
        """The same for rows needed by these dimensions alone."""
        return replace(self, cut=replace(self.cut, by=tuple(dict.fromkeys(dimensions)), grain=grain, order_by="", limit=None))

    def dimensions(self) -> list[Dimension]:
        return [self.catalog.dimension(d) for d in self.cut.by]

    def late(self) -> list[Filter]:
        """Filters on a dimension of several members a customer that the rows are cut by: they choose members, not customers."""
        return [f for f in self.cut.filters if f.dimension in self.cut.by and self.catalog.dimension(f.dimension).multi]


def bare(fact: Fact, q: Question) -> FactRows:
    """Rows of ``fact`` in the scope, split or not as the dimensions and filters need, without the conditions of the filters."""
    plain = tuple(d for d in used_dimensions(q.cut) if not d.startswith(EACH))
    rows = FactRows(fact, replace(q.cut, by=plain, filters=(), grain=None, order_by="", limit=None), q.scope, q.catalog)
    rows.cut = q.cut
    return rows


def rows_of(fact: Fact, q: Question) -> FactRows:
    """Rows of ``fact`` in the scope, with the conditions of the filters, but for the late ones; the period is the caller's."""
    rows = bare(fact, q)
    late = q.late()
    rows.where += conditions(rows, [f for f in q.cut.filters if f not in late], q)
    return rows


def conditions(rows: FactRows, filters: Sequence[Filter], q: Question) -> list[ColumnElement]:
    """Filters on what a key refers to become conditions on the key: tested once for each customer, not once for each row."""
    found, by_key = [], dict[str, list[Filter]]()
    for f in filters:
        d = q.catalog.dimension(f.dimension)
        if not d.entity or d.root not in rows.fact.keys or _by_id(f, d):
            found.append(rows.condition(f))
        else:
            by_key.setdefault(d.root, []).append(f)
    for root, tests in by_key.items():
        look = FactRows(_members(root), replace(q.cut, by=(), filters=(), grain=None, order_by="", limit=None), Scope(None, None, q.scope.personal), q.catalog)
        look.cut, look.scope = q.cut, q.scope
        passing = [look.condition(f) for f in tests]
        key = rows.need(rows.key_column(root))
        inside = key.in_(select(look.fact.id).select_from(look.source).where(*passing))
        found.append(or_(key.is_(None), inside) if all(f.op in ("is_not", "is_empty") for f in tests) else inside)
    return found


def _by_id(f: Filter, d: Dimension) -> bool:
    return d.keyed and f.op in ("is", "is_not") and (d.name == "customer" or all(v.startswith("#") for v in f.values))


def _members(root: str) -> Fact:
    """The rows of an entity as a fact, so that its fields can be tested by themselves."""
    table = ENTITIES[root][0]
    return Fact(f"each_{root}", root, table, table.c.id, literal_column("NULL"), {root: table.c.id})


# Folding -------------------------------------------------------------------------------------------------------------
def in_period(rows: FactRows, cut: Cut) -> list[ColumnElement]:
    assert cut.period is not None
    return [rows.fact.date >= cut.period.first, rows.fact.date <= cut.period.last]


def value_of(m: Base, rows: FactRows) -> ColumnElement:
    """What one row of the fact adds to ``m`` (its column, or its share of it)."""
    if isinstance(m, Distinct):
        return rows.fact.id
    assert isinstance(m, Measure) and m.value is not None
    value = dict(m.instead).get(rows.fact.name, m.value)
    return value * rows.share if m.agg == "sum" and rows.share is not None else value


def aggregate(m: Base, rows: FactRows) -> ColumnElement:
    value = value_of(m, rows)
    where = m.where if isinstance(m, Measure) else None
    chosen = value if where is None else case((where, value))
    if isinstance(m, Measure) and m.agg == "sum":
        return cast(func.sum(chosen), Exact) if m.unit == "money" else func.sum(chosen)
    again = rows.split or (isinstance(m, Measure) and rows.fact.name != m.fact)
    return func.count(chosen.distinct()) if again else func.count(chosen)


def is_again(m: Base, rows: FactRows) -> bool:
    """Whether rows hold the thing counted more than once, so that counts of groups cannot be added."""
    return isinstance(m, Measure) and m.agg == "count" and (rows.split or rows.fact.name != m.fact)


def told_once(m: Base, fact: str, view: View, q: Question) -> Base:
    """``m``; of a count of what has several rows in ``fact`` (orders over their lines), a count of the first row of each that a member
    of the view holds, where that is the same: then counts of groups add up. ``q``: what all views of the statement need."""
    rows_of_fact = q.catalog.fact(fact)
    if not (isinstance(m, Measure) and m.agg == "count" and m.fact != fact and m.where is None and rows_of_fact.firsts) or bare(rows_of_fact, q).split:
        return m
    level = _first_within(view, q)
    return m if level is None else replace(m, name=f"{m.name}_by_{level}", fact=fact, value=dict(m.instead)[fact], where=rows_of_fact.firsts[level], instead=())


def _first_within(view: View, q: Question) -> str | None:
    """Within the members of which dimension of products a view needs the first line of an order ("": of none); None where no line
    is told to be that: some products are left out, or several members are one."""
    def of_products(names: Iterable[str]) -> set[str]:
        return {d for d in names if q.catalog.dimension(d).root == "product"}
    by, filtered = of_products(view.by), of_products(f.dimension for f in q.cut.filters)
    if view.members and of_products(view.members.blurred(view.by)):
        return None
    if by - {"product_category"}:
        return "product"
    return None if filtered - by else "product_category" if by else ""


def named(q: Question) -> set[str]:
    """Dimensions whose members rows are told apart by at once: fields of customers, where customers make too many groups (by product,
    or by the month)."""
    of_customers = {d.name for d in q.dimensions() if d.root == "customer"}
    own = [d for d in q.dimensions() if d.root != "customer"]
    if any(d.name == "customer" or d.multi for d in q.dimensions()) or not (q.cut.grain or any(d.root not in ("branch", "owner") for d in own)):
        return set()
    return of_customers


def worth_folding(q: Question) -> bool:
    """Whether keys make far fewer groups than there are rows: not customers by product, nor by the month."""
    own = [d for d in q.dimensions() if d.root != "customer"]
    by_customer = len(own) < len(q.cut.by) and not named(q)
    return not (by_customer and (q.cut.grain or any(d.root not in ("branch", "owner") for d in own)))


def keys_of(rows: FactRows, q: Question, *, grain: bool = True, names: Collection[str] = ()) -> list[ColumnElement]:
    """The columns groups are told apart by: keys of entities (the member itself of the dimensions ``names``), the fact's own columns,
    the bucket."""
    found: dict[str, ColumnElement] = {}
    for d in q.dimensions():
        if d.entity and d.name not in names:
            found[f"{d.root}_key"] = rows.need(rows.key_column(d.root))
        elif d.name == "weekday":
            # Any day of that weekday does: 1 January 2001 was a Monday.
            found["day"] = type_coerce(literal_column("DATE '2001-01-01'", Integer) + dialects.weekday(rows.fact.date) - literal_column("1"), Date())
        else:
            found[f"own_{d.name}"] = rows.column(d)
    if grain and q.cut.grain:
        found["period"] = dialects.bucket(q.cut.grain, rows.fact.date, q.catalog.week_start)
    return [column.label(name) for name, column in found.items()]


def as_fact(fact: Fact, table: FromClause, q: Question) -> Fact:
    """Groups of ``fact`` as a fact of their own: to be joined and cut like any other."""
    def column(name: str) -> ColumnElement:
        return table.c[name] if name in table.c else literal_column("NULL")
    keys = {root: table.c[f"{root}_key"] for root in fact.keys if f"{root}_key" in table.c}
    own = {d.name: table.c[f"own_{d.name}"] for d in q.dimensions() if f"own_{d.name}" in table.c and not d.entity}
    return Fact(f"folded_{fact.name}", fact.label, table, column("customer_key"), column("day"), keys, own, hour=own.get("hour"))


def rows_of_groups(fact: Fact, q: Question, made_for: Question) -> FactRows:
    """Rows of groups that were filtered and put in scope when they were made for ``made_for``; only the late filters remain."""
    bare = replace(q.cut, filters=(), order_by="", limit=None)
    rows = FactRows(fact, bare, Scope(None, None, q.scope.personal), q.catalog)
    rows.cut, rows.scope = q.cut, q.scope
    rows._made.update({d.name: fact.table.c[f"own_{d.name}"] for d in made_for.dimensions() if d.entity and f"own_{d.name}" in fact.table.c})
    return rows


def folds(measures: Sequence[Base], fact: Fact, q: Question) -> bool:
    """Whether adding up by keys first is exact and less work."""
    rows = bare(fact, q)
    return worth_folding(q) and not any(is_again(m, rows) for m in measures) and not (fact.table is s.customer and any(d.root == "customer" for d in q.dimensions()))


def folded(measures: Sequence[Base], fact: Fact, q: Question, *, customers_only: bool = False):
    """Groups of ``fact`` with the sums and counts of ``measures``; None where that would not be exact or not less work."""
    if not folds(measures, fact, q):
        return None
    rows = rows_of(fact, q)
    if customers_only:
        rows.where.append(of_customers(rows))
    keys = keys_of(rows, q, names=named(q))
    values = [aggregate(m, rows).label(m.name) for m in measures]
    query = select(*keys, *values).select_from(rows.source).where(*in_period(rows, q.cut), *rows.where)
    # Without a key a group would be there though no row is.
    return query.group_by(*(k.element for k in keys)) if keys else query.having(func.count() > literal_column("0"))


def of_customers(rows: FactRows) -> ColumnElement:
    """Rows of those who are, or were, customers."""
    people = select(s.customer.c.id).where(s.customer.c.relation.in_(("customer", "former")))
    return rows.need(rows.fact.keys["customer"]).in_(people)


def sum_of(m: Base, column: ColumnElement) -> ColumnElement:
    """The sum of a measure's sums, of the type the measure has when added up at once."""
    if isinstance(m, Measure) and m.agg == "sum":
        return cast(func.sum(column), Exact) if m.unit == "money" else func.sum(column)
    return cast(func.sum(column), BigInteger)


def seen(facts: Sequence[str], q: Question):
    """Customers (``customer_key``) with business in the period, once in each group of keys; with a grain the buckets of each are the bits
    of ``buckets``, or a group of their own (``period``) where they are too many."""
    bits = bits_of(q.cut, q.catalog)
    found = []
    for name in facts:
        rows = rows_of(q.catalog.fact(name), q)
        who = rows.need(rows.fact.keys["customer"]).label("customer_key")
        keys = [k for k in keys_of(rows, q, grain=not bits) if k.name != who.name]
        if bits:
            keys.append(_bucket_number(q, rows.fact.date).label("bucket"))
        found.append(select(*keys, who).select_from(rows.source).where(*in_period(rows, q.cut), *rows.where))
    together = union_all(*found).subquery() if len(found) > 1 else found[0].subquery()
    own = [c for c in together.c if c.name != "bucket"]
    once = select(*own, *([func.bit_or(ONE_BIT.op("<<")(together.c.bucket)).label("buckets")] if bits else [])).group_by(*own).subquery()
    people = select(s.customer.c.id).where(s.customer.c.relation.in_(("customer", "former")))
    return select(*once.c).where(once.c.customer_key.in_(people))


def bits_of(cut: Cut, catalog: Catalog) -> dict[date, int]:
    """The bit of each bucket; empty without a grain, and where they are more than a number has."""
    starts = buckets(cut.period, cut.grain, catalog.week_start) if cut.grain and cut.period else ()
    return {start: 1 << n for n, start in enumerate(starts)} if len(starts) <= MOST_BITS else {}


def _bucket_number(q: Question, day: ColumnElement) -> ColumnElement:
    """0 for days in the first bucket, 1 in the next ..."""
    assert q.cut.period is not None and q.cut.grain is not None
    grain, first = q.cut.grain, bucket_start(q.cut.period.first, q.cut.grain, q.catalog.week_start)
    if grain in ("day", "week"):
        days = dialects.days_between(literal_column(f"DATE '{first.isoformat()}'", Date()), day)
        return cast(days if grain == "day" else func.floor(days / literal_column("7.0")), Integer)
    if grain.startswith(IN_JALALI):
        in_year, calendar = {"jalali_year": 1, "jalali_quarter": 4, "jalali_month": 12}[grain], calendar_of(grain)
        year, month, _ = calendar.parts(first)
        return dialects.jalali_number(grain, day) - literal_column(str(year * in_year + (month - 1) * in_year // 12))
    year = cast(extract("year", day), Integer)
    if grain == "year":
        return year - literal_column(str(first.year))
    parts, unit = (12, "month") if grain == "month" else (4, "quarter")
    before = first.year * parts + (first.month if grain == "month" else (first.month + 2) // 3)
    return year * literal_column(str(parts)) + cast(extract(unit, day), Integer) - literal_column(str(before))


def moves(measures: Sequence[Balance], fact: Fact, q: Question):
    """Movements up to the period's last day, added up by keys and the bucket they fall in; earlier ones in the first."""
    assert q.cut.period is not None
    rows = rows_of(fact, q)
    keys = keys_of(rows, q, grain=False, names=named(q))
    if q.cut.grain:
        first = bucket_start(q.cut.period.first, q.cut.grain, q.catalog.week_start)
        start = literal_column(f"DATE '{first.isoformat()}'", Date())
        keys.append(case((rows.fact.date < start, start), else_=dialects.bucket(q.cut.grain, rows.fact.date, q.catalog.week_start)).label("moved_in"))
    until = rows.fact.date <= min(q.cut.period.last, q.catalog.as_of)
    query = select(*keys, func.sum(rows.fact.table.c.moved).label("moved")).select_from(rows.source).where(until, *rows.where)
    return query.group_by(*(k.element for k in keys)) if keys else query.having(func.count() > literal_column("0"))
