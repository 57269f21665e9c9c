"""The plain way from a Cut to one SELECT, kept as a reference: every name is joined to every row, and rows are added up at once.

Slow on many rows, short, and close to how the numbers are defined; what the product's own compiler gives must be the same.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Balance, Base, Distinct, Exact, Formula, Measure
from crm_data.cuts.periods import buckets, next_bucket
from crm_data.cuts.rows import FactRows, used_dimensions
from crm_data.errors import N_, InputError
from crm_data.model import dialects
from crm_data.model import schema as s

Keys = tuple[object, ...]


class Members:
    """Restriction to (or away from) some members of ``by[0]``: the ones a top N chose, or the others."""

    def __init__(self, dimension: str, keys: Keys, keep: bool) -> None:
        self.dimension, self.keys, self.keep = dimension, keys, keep

    def condition(self, rows: FactRows) -> ColumnElement:
        d = rows.catalog.dimension(self.dimension)
        column = rows.key(d) if d.keyed else rows.column(d)
        known = [k for k in self.keys if k is not None]
        inside = column.in_(known) if known else literal_column("1") == literal_column("0")
        if None in self.keys:
            return or_(inside, column.is_(None)) if self.keep else and_(column.is_not(None), ~inside)
        return inside if self.keep else or_(column.is_(None), column.not_in(known))


def compile_cut(cut: Cut, *, scope: Scope, catalog: Catalog, members: Members | None = None,
                reach: tuple[str, ...] = ()) -> Select:
    """The SELECT of ``cut`` for a viewer with ``scope``.

    Columns: each dimension by its name (keyed ones also ``<name>_id``), ``period`` (first day of the bucket, with a grain),
    then each measure. ``reach``: dimensions the facts must have though the rows are not cut by them, so that a total is of
    the same facts as its parts. ``cut.period`` must be set (``ask`` resolves names and "everything"). Raises InputError for what
    cannot be cut.
    """
    if cut.period is None:
        raise InputError(N_("The cut has no period."))
    wanted = tuple(dict.fromkeys((*used_dimensions(cut), *reach)))
    for name in cut.measures:
        catalog.check(name, wanted)
    _refuse_personal(cut, scope, catalog)
    parts = tuple(dict.fromkeys(p for m in cut.measures for p in catalog.parts(m)))
    groups = _groups(parts, wanted, catalog)
    stacked = [_stacked(query, own, parts, cut, catalog) for query, own in _aggregates(groups, cut, scope, catalog, members)]
    labels = _labels(cut, catalog)
    together = union_all(*stacked).subquery("together")
    merged = select(*(together.c[n] for n in labels), *(func.coalesce(func.max(together.c[p]), literal_column("0")).label(p) for p in parts))
    merged = merged.group_by(*(together.c[n] for n in labels)) if labels else merged
    values = merged.subquery("merged")
    found = {p: values.c[p] for p in parts}
    final = select(*(values.c[n] for n in labels), *(evaluate(m, found, catalog).label(m) for m in cut.measures))
    return _ordered(final, cut, catalog, found, values)


def _refuse_personal(cut: Cut, scope: Scope, catalog: Catalog) -> None:
    if not scope.personal and "age" in cut.by:
        raise InputError(N_("Ages of single years are personal data. Use the dimension “age_band”."))
    if not scope.personal and "mean_age" in cut.measures and "customer" in used_dimensions(cut):
        raise InputError(N_("The age of one customer is personal data. Leave out the dimension “customer”."))


def _groups(parts: tuple[str, ...], wanted: tuple[str, ...], catalog: Catalog) -> dict[tuple[str, tuple[str, ...]], list[Base]]:
    """Parts that can be aggregated in one pass: by kind and facts."""
    groups: dict[tuple[str, tuple[str, ...]], list[Base]] = {}
    for part in parts:
        measure = catalog.measure(part)
        kind = "balance" if isinstance(measure, Balance) else "distinct" if isinstance(measure, Distinct) and measure.of != "contacts" else (
            "reached" if isinstance(measure, Distinct) else "rows")
        groups.setdefault((kind, catalog.fact_of(part, wanted)), []).append(measure)
    return groups


def _labels(cut: Cut, catalog: Catalog) -> list[str]:
    labels = []
    for name in cut.by:
        labels += [name, f"{name}_id"] if catalog.dimension(name).keyed else [name]
    return labels + (["period"] if cut.grain else [])


def _grouping(rows: FactRows, cut: Cut, catalog: Catalog, *, bucketed: bool = True) -> list[ColumnElement]:
    columns: list[ColumnElement] = []
    for name in cut.by:
        d = catalog.dimension(name)
        columns.append(rows.column(d).label(name))
        if d.keyed:
            columns.append(rows.key(d).label(f"{name}_id"))
    if cut.grain and bucketed:
        columns.append(dialects.bucket(cut.grain, rows.fact.date, catalog.week_start).label("period"))
    return columns


def _in_period(rows: FactRows, cut: Cut) -> list[ColumnElement]:
    assert cut.period is not None
    return [rows.fact.date >= cut.period.first, rows.fact.date <= cut.period.last]


def _aggregates(groups, cut: Cut, scope: Scope, catalog: Catalog, members: Members | None):
    """(SELECT, names of the parts it computes) for each group of parts."""
    for (kind, facts), measures in groups.items():
        def rows_of(fact: str) -> FactRows:
            rows = FactRows(catalog.fact(fact), cut, scope, catalog)  # noqa: B023 - used at once
            if members:
                rows.where.append(members.condition(rows))
            return rows
        if kind == "distinct":
            query = _distinct(measures, [rows_of(f) for f in facts], cut, catalog)
        elif kind == "balance":
            query = _balance(measures, rows_of(facts[0]), cut, catalog)
        else:
            query = _plain(measures, rows_of(facts[0]), cut, catalog, customers_only=kind == "reached")
        yield query, tuple(m.name for m in measures)


def _plain(measures: list[Base], rows: FactRows, cut: Cut, catalog: Catalog, customers_only: bool) -> Select:
    group = _grouping(rows, cut, catalog)
    if customers_only:
        rows.where.append(rows.entity("customer").c.relation.in_(("customer", "former")))
    values = [aggregate(m, rows).label(m.name) for m in measures]
    query = select(*group, *values).select_from(rows.source).where(*_in_period(rows, cut), *rows.where)
    return query.group_by(*(g.element for g in group)) if group else query


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


def _distinct(measures: list[Base], sources: list[FactRows], cut: Cut, catalog: Catalog) -> Select:
    """Customers with business: the distinct customers of all facts together, then what is asked of them."""
    selects = []
    for rows in sources:
        group = _grouping(rows, cut, catalog)
        customer = rows.need(rows.fact.keys["customer"]).label("who")
        selects.append(select(*group, customer).select_from(rows.source).where(*_in_period(rows, cut), *rows.where).distinct())
    seen = (union_all(*selects) if len(selects) > 1 else selects[0]).subquery("seen")
    names = _labels(cut, catalog)
    once = select(*(seen.c[n] for n in names), seen.c.who).distinct().subquery("once")
    person = s.customer
    joined = once.join(person, person.c.id == once.c.who)
    year, month_day = dialects.day_parts(sources[0].day)
    if cut.grain:
        # In a bucket, ages are those of the bucket's last day: it equals the cut of its own days.
        spine = _spine(cut, catalog)
        joined = joined.join(spine, spine.c.period == once.c.period)
        year, month_day = spine.c.year, spine.c.month_day
    age = dialects.age_at(year, month_day, person.c.birth_date, person.c.birth_year)
    # Each customer stands once in a cell, so nothing below needs DISTINCT any more.
    meaning = {"count": func.count(once.c.who), "age_sum": func.sum(age), "age_known": func.count(age)}
    values = [meaning[m.of].label(m.name) for m in measures if isinstance(m, Distinct)]
    return select(*(once.c[n] for n in names), *values).select_from(joined).where(
        person.c.relation.in_(("customer", "former"))).group_by(*(once.c[n] for n in names))


def _balance(measures: list[Base], rows: FactRows, cut: Cut, catalog: Catalog) -> Select:
    assert cut.period is not None
    moved = rows.fact.table.c.moved
    until = rows.fact.date <= min(cut.period.last, catalog.as_of)
    group = _grouping(rows, cut, catalog, bucketed=False)
    if not cut.grain:
        query = select(*group, *(func.sum(moved).label(m.name) for m in measures)).select_from(rows.source).where(until, *rows.where)
        return query.group_by(*(g.element for g in group)) if group else query
    start = dialects.bucket(cut.grain, rows.fact.date, catalog.week_start)
    moves = select(*group, start.label("moved_in"), func.sum(moved).label("moved")).select_from(rows.source).where(
        until, *rows.where).group_by(*(g.element for g in group), start).subquery("moves")
    spine = _spine(cut, catalog)
    names = [n for n in _labels(cut, catalog) if n != "period"]
    return select(*(moves.c[n] for n in names), spine.c.period, *(func.sum(moves.c.moved).label(m.name) for m in measures)).select_from(
        spine.join(moves, moves.c.moved_in <= spine.c.period)).group_by(*(moves.c[n] for n in names), spine.c.period)


def _spine(cut: Cut, catalog: Catalog) -> Subquery:
    """All buckets of the cut: first day, and the year and month-and-day of the last day that counts."""
    assert cut.period is not None and cut.grain is not None
    rows = []
    for start in buckets(cut.period, cut.grain, catalog.week_start):
        year, month_day = dialects.day_parts(min(next_bucket(start, cut.grain) - timedelta(days=1), cut.period.last, catalog.as_of))
        rows.append(select(literal_column(f"DATE '{start.isoformat()}'", Date).label("period"), year.label("year"), month_day.label("month_day")))
    return union_all(*rows).subquery("spine")


def _stacked(query: Select, own: tuple[str, ...], parts: tuple[str, ...], cut: Cut, catalog: Catalog) -> Select:
    """``query`` widened to all parts, those of other facts empty, so that results can be stacked."""
    q = query.subquery()
    empty = {p: cast(null(), Exact if catalog.measure(p).unit == "money" or _summed(catalog.measure(p)) else Integer) for p in parts}
    return select(*(q.c[n] for n in _labels(cut, catalog)), *((q.c[p] if p in own else empty[p]).label(p) for p in parts))


def _summed(m: Base) -> bool:
    return isinstance(m, Measure) and m.agg == "sum"


def evaluate(name: str, found: Mapping[str, ColumnElement], catalog: Catalog) -> ColumnElement:
    """The SQL of a measure over the merged sums ``found``."""
    measure = catalog.measure(name)
    if not isinstance(measure, Formula):
        return found[name]
    assert measure.value is not None
    return measure.value({p: evaluate(p, found, catalog) for p in measure.parts})


def _ordered(final: Select, cut: Cut, catalog: Catalog, found, values) -> Select:
    """Rows in the order asked, ties broken by the members, so that the same cut has the same order on every engine."""
    def member(name: str) -> list[ColumnElement]:
        d, column = catalog.dimension(name), values.c[name]
        text = column if d.kind == "number" else dialects.in_code_order(column)
        return [text.asc().nulls_last(), *([values.c[f"{name}_id"].asc()] if d.keyed else [])]
    order: list[ColumnElement] = []
    asked = cut.order_by or ("" if not cut.by or catalog.dimension(cut.by[0]).ordered else cut.measures[0])
    if asked in cut.measures and cut.by:
        value = evaluate(asked, found, catalog)
        order.append((value.desc() if cut.descending else value.asc()).nulls_last())
    elif asked in cut.by:
        first, *rest = member(asked)
        column = first.element.element if hasattr(first.element, "element") else values.c[asked]
        order += [(column.asc() if not cut.descending else column.desc()).nulls_last(), *rest]
    for name in cut.by:
        order += member(name)
    if cut.grain:
        order.append(values.c.period)
    ordered = final.order_by(*order) if order else final
    return ordered.limit(cut.limit) if cut.limit is not None and len(cut.by) == 1 and not cut.grain else ordered
