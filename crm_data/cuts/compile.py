"""A Cut becomes one SELECT.

Each fact is aggregated by itself (by its keys first, see :mod:`crm_data.cuts.stages`), the results are stacked and merged by the
dimensions (never joined to each other), and formulas are computed over the merged sums at the grain asked. One statement may give
several views of the same rows: members, their total, what a top N left out. Nothing here runs a query.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    func,
    literal_column,
    select,
    union_all,
)

from crm_data.cuts import stages
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.costs import folded_costs
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.facts import Fact
from crm_data.cuts.measures import Balance, Base, Distinct, Measure
from crm_data.cuts.merged import evaluate, labels_of, ordered, stacked
from crm_data.cuts.periods import buckets, next_bucket
from crm_data.cuts.rows import FactRows, used_dimensions
from crm_data.cuts.stages import Question, aggregate
from crm_data.cuts.stages import value_of as value_of
from crm_data.cuts.views import TOTAL as TOTAL
from crm_data.cuts.views import Keys as Keys
from crm_data.cuts.views import Members, View
from crm_data.errors import N_, InputError
from crm_data.model import dialects
from crm_data.model import schema as s


def compile_cut(cut: Cut, *, scope: Scope, catalog: Catalog, members: Members | None = None,
                reach: tuple[str, ...] = ()) -> Select:
    """The SELECT of ``cut`` for a viewer with ``scope``.

    Columns: each dimension by its name (keyed ones also ``<name>_id``), ``period`` (first day of the bucket, with a grain),
    then each measure. ``reach``: dimensions the facts must have though the rows are not cut by them, so that a total is of
    the same facts as its parts. ``cut.period`` must be set (``ask`` resolves names and "everything"). Raises InputError for what
    cannot be cut.
    """
    views = (View(cut.by, cut.grain, members),)
    return _compiled(cut, views, scope, catalog, reach, None)


def compile_views(cut: Cut, views: Sequence[View], *, scope: Scope, catalog: Catalog, reach: tuple[str, ...] = (),
                  rate_days: tuple[date, ...] | None = None) -> Select:
    """Several views of a cut in one SELECT, ``cut`` being the first of them with rows (it says their order and how many).

    Columns as of :func:`compile_cut`, and before them ``view`` (place in ``views``; rows come in this order) and ``held`` (rows a
    line rests on; 0 for a total of nothing). Dimensions a view is not cut by are NULL in its rows. ``rate_days``: all first
    days of rates and days after their last.
    """
    return _compiled(cut, tuple(views), scope, catalog, reach, rate_days)


def shares(cut: Cut, views: Sequence[View], *, scope: Scope, catalog: Catalog, reach: tuple[str, ...] = ()) -> bool:
    """Whether the views are made of one pass over the rows, so that a further one costs little."""
    question = Question(cut, scope, catalog)
    parts = tuple(dict.fromkeys(p for m in cut.measures for p in catalog.parts(m)))
    groups = _groups(parts, tuple(dict.fromkeys((*used_dimensions(cut), *reach))), tuple(views), question)
    return all(_is_shared(kind, facts, [stages.told_once(m, facts[0], views[-1], question) if kind == "rows" else m for m in measures], _wide(views, question))
               for (kind, facts), measures in groups.items())


def _is_shared(kind: str, facts: tuple[str, ...], measures: Sequence[Base], wide: Question) -> bool:
    """Whether groups by keys are made once for all views: not where credit is split for some of them alone."""
    if any(stages.bare(wide.catalog.fact(f), wide).split and not stages.bare(wide.catalog.fact(f), wide.of((), None)).split for f in facts):
        return False
    return kind in ("distinct", "balance") or facts[0] == "costs" or stages.folds(measures, wide.catalog.fact(facts[0]), wide)


def _compiled(cut: Cut, views: tuple[View, ...], scope: Scope, catalog: Catalog, reach: tuple[str, ...], rate_days: tuple[date, ...] | None) -> Select:
    if cut.period is None:
        raise InputError(N_("The cut has no period."))
    wanted = tuple(dict.fromkeys((*used_dimensions(cut), *reach)))
    for name in cut.measures:
        catalog.check(name, wanted)
    _refuse_personal(cut, scope, catalog)
    parts = tuple(dict.fromkeys(p for m in cut.measures for p in catalog.parts(m)))
    labels, several = labels_of(cut, catalog), len(views) > 1
    question = stages.Question(cut, scope, catalog, rate_days)
    groups = _groups(parts, wanted, views, question)
    found_rows = [found for (kind, facts), measures in groups.items() for found in _aggregates(kind, facts, measures, views, question)]
    # Those with members first: a stack takes the types of its columns from there.
    found_rows.sort(key=lambda found: -len(views[found[0]].by) - bool(views[found[0]].grain))
    stack = [stacked(query, n if several else None, own, parts, cut, catalog) for n, query, own in found_rows]
    together = (union_all(*stack) if len(stack) > 1 else stack[0]).subquery("together")
    names = (["view"] if several else []) + labels
    found = {p: func.max(together.c[p]) if len(groups) > 1 else together.c[p] for p in parts}
    held = [func.sum(together.c.held).label("held") if len(groups) > 1 else together.c.held] if several else []
    merged = select(*(together.c[n] for n in names), *held, *(func.coalesce(found[p], literal_column("0")).label(p) for p in parts))
    merged = merged.group_by(*(together.c[n] for n in names)) if names and len(groups) > 1 else merged
    values = merged.subquery("merged")
    known = {p: values.c[p] for p in parts}
    columns = [values.c[n] for n in (*names, *(["held"] if several else []))]
    final = select(*columns, *(evaluate(m, known, catalog).label(m) for m in cut.measures))
    return ordered(final, cut, catalog, known, values, single_rows=sum(not v.by and not v.grain for v in views) if several else None)


def _refuse_personal(cut: Cut, scope: Scope, catalog: Catalog) -> None:
    if not scope.personal and "age" in cut.by:
        raise InputError(N_("Ages of single years are personal data. Use the dimension “age_band”."))
    if not scope.personal and "mean_age" in cut.measures and "customer" in used_dimensions(cut):
        raise InputError(N_("The age of one customer is personal data. Leave out the dimension “customer”."))


def _groups(parts: tuple[str, ...], wanted: tuple[str, ...], views: tuple[View, ...], q: Question) -> dict[tuple[str, tuple[str, ...]], list[Base]]:
    """Parts that can be aggregated in one pass: by kind and facts."""
    groups: dict[tuple[str, tuple[str, ...]], list[Base]] = {}
    for part in parts:
        measure = q.catalog.measure(part)
        facts = q.catalog.fact_of(part, wanted)
        groups.setdefault((_kind(measure, facts[0], views, q), facts), []).append(measure)
    return groups


def _kind(measure: Base, fact: str, views: tuple[View, ...], q: Question) -> str:
    if isinstance(measure, Balance):
        return "balance"
    if isinstance(measure, Distinct):
        return "reached" if measure.of == "contacts" else "distinct"
    again = isinstance(measure, Measure) and measure.agg == "count" and measure.fact != fact
    return "again" if again and any(stages.told_once(measure, fact, view, _wide(views, q)) is measure for view in views) else "rows"


def _wide(views: Sequence[View], q: Question) -> Question:
    """The question whose rows all views can be made of."""
    return q.of([d for v in views for d in v.dimensions], next((v.grain for v in views if v.grain), None))


def _grouping(rows: FactRows, view: View, catalog: Catalog, *, bucketed: ColumnElement | None = None) -> list[ColumnElement]:
    columns: list[ColumnElement] = []
    for name in view.by:
        d = catalog.dimension(name)
        columns.append(rows.column(d).label(name))
        if d.keyed:
            columns.append(rows.key(d).label(f"{name}_id"))
    if view.grain and bucketed is not None:
        columns.append(bucketed.label("period"))
    return columns


def _aggregates(kind: str, facts: tuple[str, ...], measures: list[Base], views: tuple[View, ...], question: Question) -> Iterator[tuple[int, Select, tuple[str, ...]]]:
    """(number of the view, SELECT, names of the parts it computes) of a group of parts, for each view.

    The views share one table of groups, unless credit is split: then only those by people are of split rows.
    """
    own = tuple(m.name for m in measures)
    wide = _wide(views, question)
    told = [[stages.told_once(m, facts[0], view, wide) for m in measures] if kind == "rows" else measures for view in views]
    everything = list({m.name: m for one in told for m in one}.values())
    split = any(stages.bare(question.catalog.fact(f), wide).split and not stages.bare(question.catalog.fact(f), question.of((), None)).split for f in facts)
    shared = _first_stage(kind, facts, everything, wide) if len(views) > 1 and not split else None
    table = shared.cte() if shared is not None else None
    for n, view in enumerate(views):
        q = question.of(view.dimensions, view.grain)
        first = table
        if first is None and (len(views) == 1 or split or kind in ("distinct", "balance")):
            alone = _first_stage(kind, facts, told[n], q)
            first = alone.subquery() if alone is not None else None
        yield n, _second_stage(kind, facts, told[n], own, view, q, first, wide if table is not None else q), own


def _first_stage(kind: str, facts: tuple[str, ...], measures: Sequence[Base], q: Question) -> Select | None:
    """Groups by keys; None where the rows are better taken one by one."""
    if kind == "distinct":
        return stages.seen(facts, q)
    if kind == "balance":
        return stages.moves([m for m in measures if isinstance(m, Balance)], q.catalog.fact(facts[0]), q)
    if facts[0] == "costs":
        return folded_costs(measures, q)
    return stages.folded(measures, q.catalog.fact(facts[0]), q, customers_only=kind == "reached")


def _second_stage(kind: str, facts: tuple[str, ...], measures: list[Base], own: tuple[str, ...], view: View, q: Question, table: FromClause | None, made_for: Question) -> Select:
    """The SELECT of a view: from the groups of the first stage, or from the rows themselves."""
    if table is None:
        return _from_rows(measures, own, q.catalog.fact(facts[0]), view, q, customers_only=kind == "reached")
    fact = stages.as_fact(q.catalog.fact(facts[0]), table, made_for)
    rows = stages.rows_of_groups(fact, q, made_for)
    _narrow(rows, view, made_for.late())
    if kind == "distinct":
        return _distinct(measures, rows, view, q)
    if kind == "balance":
        return _balance(measures, rows, view, q)
    period = table.c.period if view.grain else None
    group = _grouping(rows, view, q.catalog, bucketed=period)
    values = [stages.sum_of(m, table.c[m.name]).label(name) for m, name in zip(measures, own, strict=True)]
    query = select(*group, func.count().label("held"), *values).select_from(rows.source).where(*rows.where)
    return query.group_by(*(g.element for g in group)) if group else query


def _narrow(rows: FactRows, view: View, late: Sequence[Filter]) -> None:
    """The conditions left for a view: filters that choose members where it is cut by them (else customers), and its own members."""
    rows.cut = replace(rows.cut, by=view.by)
    rows.where += [rows.condition(f) for f in late]
    if view.members:
        rows.where.append(view.members.condition(rows))


def _from_rows(measures: list[Base], own: tuple[str, ...], fact: Fact, view: View, q: Question, customers_only: bool) -> Select:
    """A view of rows that are not worth folding: names are joined to them."""
    rows = stages.rows_of(fact, q)
    _narrow(rows, view, q.late())
    group = _grouping(rows, view, q.catalog, bucketed=dialects.bucket(view.grain, rows.fact.date, q.catalog.week_start) if view.grain else None)
    if customers_only:
        rows.where.append(stages.of_customers(rows))
    values = [aggregate(m, rows).label(name) for m, name in zip(measures, own, strict=True)]
    query = select(*group, func.count().label("held"), *values).select_from(rows.source).where(*stages.in_period(rows, q.cut), *rows.where)
    return query.group_by(*(g.element for g in group)) if group else query


def _distinct(measures: list[Base], rows: FactRows, view: View, q: Question) -> Select:
    """What is asked of the customers of each cell, each once."""
    groups, names = rows.fact.table, labels_of(view, q.catalog)
    bits = _bits(q) if view.grain and "buckets" in groups.c else None
    group = _grouping(rows, view, q.catalog, bucketed=None if not view.grain else groups.c.period if bits is None else bits.c.period)
    # What is grouped by joined its tables to the rows.
    asked_of = rows.source if bits is None else rows.source.join(bits, groups.c.buckets.op("&")(bits.c.bit) != literal_column("0"))
    seen = select(*group, groups.c.customer_key).select_from(asked_of).where(*rows.where)
    once = (seen if _told_by(view, groups, q.catalog) else seen.distinct()).subquery()
    meaning: dict[str, ColumnElement] = {"count": func.count()}
    source: FromClause = once
    asked = [m for m in measures if isinstance(m, Distinct)]
    if any(m.of != "count" for m in asked):
        person = s.customer
        source = once.join(person, person.c.id == once.c.customer_key)
        assert q.cut.period is not None
        # Mean ages are of the period's own last day, also in a bucket looked into: it is what stood in the bucket.
        year, month_day = dialects.day_parts(min(q.cut.period.last, q.catalog.as_of))
        if view.grain:
            # In a bucket, ages are those of the bucket's last day: it equals the cut of its own days.
            spine = _spine(q.cut, q.catalog)
            source = source.join(spine, spine.c.period == once.c.period)
            year, month_day = spine.c.year, spine.c.month_day
        age = dialects.age_at(year, month_day, person.c.birth_date, person.c.birth_year)
        meaning |= {"age_sum": func.sum(age), "age_known": func.count(age)}
    query = select(*(once.c[n] for n in names), func.count().label("held"), *(meaning[m.of].label(m.name) for m in asked)).select_from(source)
    return query.group_by(*(once.c[n] for n in names)) if names else query


def _bits(q: Question) -> Subquery:
    """The buckets of the cut with their bits."""
    return union_all(*(select(literal_column(f"DATE '{start.isoformat()}'", Date).label("period"), literal_column(str(bit), BigInteger).label("bit"))
                       for start, bit in stages.bits_of(q.cut, q.catalog).items())).subquery("bits")


def _told_by(view: View, groups: FromClause, catalog: Catalog) -> bool:
    """Whether the view's members tell the groups of a customer apart, so that nobody stands in a cell twice."""
    dimensions = [catalog.dimension(d) for d in view.by]
    if any(d.multi for d in (*dimensions, *([catalog.dimension(view.members.dimension)] if view.members else []))):
        return False
    told = {"customer_key", *(f"{d.root}_key" for d in dimensions if d.keyed), *(f"own_{d.name}" for d in dimensions if not d.entity),
            *(["day"] if "weekday" in view.by else []), *(["period"] if view.grain else []), "buckets"}
    return {c.name for c in groups.c} <= told


def _balance(measures: list[Base], rows: FactRows, view: View, q: Question) -> Select:
    moves = rows.fact.table
    group = _grouping(rows, view, q.catalog)
    if not view.grain:
        query = select(*group, func.count().label("held"), *(func.sum(moves.c.moved).label(m.name) for m in measures)).select_from(rows.source).where(*rows.where)
        return query.group_by(*(g.element for g in group)) if group else query
    named = select(*group, moves.c.moved_in, func.sum(moves.c.moved).label("moved")).select_from(rows.source).where(*rows.where).group_by(
        *(g.element for g in group), moves.c.moved_in).subquery()
    spine = _spine(q.cut, q.catalog)
    names = [n for n in labels_of(view, q.catalog) if n != "period"]
    return select(*(named.c[n] for n in names), spine.c.period, func.count().label("held"), *(func.sum(named.c.moved).label(m.name) for m in measures)).select_from(
        spine.join(named, named.c.moved_in <= spine.c.period)).group_by(*(named.c[n] for n in names), spine.c.period)


def _spine(cut: Cut, catalog: Catalog) -> Subquery:
    """All buckets of the cut: first day, and the year and month-and-day of the last day that counts."""
    assert cut.period is not None and cut.grain is not None
    rows = []
    for start in buckets(cut.period, cut.grain, catalog.week_start):
        year, month_day = dialects.day_parts(min(next_bucket(start, cut.grain) - timedelta(days=1), cut.period.last, catalog.as_of))
        rows.append(select(literal_column(f"DATE '{start.isoformat()}'", Date).label("period"), year.label("year"), month_day.label("month_day")))
    return union_all(*rows).subquery("spine")
