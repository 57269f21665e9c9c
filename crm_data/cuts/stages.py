"""The first stage of a statement: the rows of a fact, filtered, and added up by keys before any name is joined to them.

A fact has millions of rows; its keys (branch, product, customer) and buckets make thousands of groups. So rows are added up by
key first, and names, ages and classes are joined to the groups. Sums of sums are exact, so the numbers are the same ones.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    and_,
    case,
    cast,
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
from crm_data.cuts.facts import FACTS, Fact
from crm_data.cuts.measures import Balance, Base, Distinct, Exact, Measure
from crm_data.cuts.periods import bucket_start
from crm_data.cuts.rows import ENTITIES, FactRows, used_dimensions
from crm_data.model import dialects
from crm_data.model import schema as s


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


def bounded(fact: Fact, cut: Cut) -> Fact:
    """``fact`` whose joined orders are only those of the period: a line has the day of its order."""
    if fact.name != "sales" or cut.period is None:
        return fact
    order = s.sales_order
    inside = order.c.ordered_on.between(cut.period.first, cut.period.last)
    return replace(fact, joins=tuple((t, and_(on, inside) if t is order else on) for t, on in fact.joins))


def bare(fact: Fact, q: Question) -> FactRows:
    """Rows of ``fact`` in the scope, split or not as the dimensions and filters need, without the conditions of the filters."""
    plain = tuple(d for d in used_dimensions(q.cut) if not d.startswith(EACH))
    rows = FactRows(bounded(fact, q.cut), replace(q.cut, by=plain, filters=(), grain=None, order_by="", limit=None), q.scope, q.catalog)
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


def worth_folding(q: Question) -> bool:
    """Whether keys make far fewer groups than there are rows: not customers by product, nor by the month."""
    own = [d for d in q.dimensions() if d.root != "customer"]
    by_customer = len(own) < len(q.cut.by)
    return not (by_customer and (q.cut.grain or any(d.root not in ("branch", "owner") for d in own)))


def keys_of(rows: FactRows, q: Question, *, grain: bool = True) -> list[ColumnElement]:
    """The columns groups are told apart by: keys of entities, the fact's own columns, the bucket."""
    found: dict[str, ColumnElement] = {}
    for d in q.dimensions():
        if d.entity:
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
    own = {d.name: table.c[f"own_{d.name}"] for d in q.dimensions() if f"own_{d.name}" in table.c}
    return Fact(f"folded_{fact.name}", fact.label, table, column("customer_key"), column("day"), keys, own, hour=own.get("hour"))


def rows_of_groups(fact: Fact, q: Question) -> FactRows:
    """Rows of groups that were filtered and put in scope when they were made; only the late filters remain."""
    bare = replace(q.cut, filters=(), order_by="", limit=None)
    rows = FactRows(fact, bare, Scope(None, None, q.scope.personal), q.catalog)
    rows.cut, rows.scope = q.cut, q.scope
    return rows


def folded(measures: Sequence[Base], fact: Fact, q: Question, *, customers_only: bool = False):
    """Groups of ``fact`` with the sums and counts of ``measures``; None where that would not be exact or not less work."""
    rows = rows_of(fact, q)
    if not worth_folding(q) or any(is_again(m, rows) for m in measures) or (fact.table is s.customer and any(d.root == "customer" for d in q.dimensions())):
        return None
    if customers_only:
        rows.where.append(of_customers(rows))
    keys = keys_of(rows, q)
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
    """Customers (``customer_key``) with business in the period, once in each group of keys."""
    found = []
    for name in facts:
        rows = rows_of(FACTS[name], q)
        who = rows.need(rows.fact.keys["customer"]).label("customer_key")
        keys = [k for k in keys_of(rows, q) if k.name != who.name]
        found.append(select(*keys, who).select_from(rows.source).where(*in_period(rows, q.cut), *rows.where).distinct())
    together = union_all(*found).subquery() if len(found) > 1 else found[0].subquery()
    people = select(s.customer.c.id).where(s.customer.c.relation.in_(("customer", "former")))
    return select(*together.c).where(together.c.customer_key.in_(people)).distinct()


def moves(measures: Sequence[Balance], fact: Fact, q: Question):
    """Movements up to the period's last day, added up by keys and the bucket they fall in; earlier ones in the first."""
    assert q.cut.period is not None
    rows = rows_of(fact, q)
    keys = keys_of(rows, q, grain=False)
    if q.cut.grain:
        first = bucket_start(q.cut.period.first, q.cut.grain, q.catalog.week_start)
        start = literal_column(f"DATE '{first.isoformat()}'", Date())
        keys.append(case((rows.fact.date < start, start), else_=dialects.bucket(q.cut.grain, rows.fact.date, q.catalog.week_start)).label("moved_in"))
    until = rows.fact.date <= min(q.cut.period.last, q.catalog.as_of)
    query = select(*keys, func.sum(rows.fact.table.c.moved).label("moved")).select_from(rows.source).where(until, *rows.where)
    return query.group_by(*(k.element for k in keys)) if keys else query.having(func.count() > literal_column("0"))
