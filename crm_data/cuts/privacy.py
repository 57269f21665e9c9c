"""Small cells: what rests on fewer than five customers is not shown to roles without the right to personal data.

Nor may it be found by subtraction: when one cell of a row or column with its total would be hidden alone, the next smallest
is hidden with it. Cells are hidden per measure; measures that share parts (revenue, orders, average order) are hidden together.
Rules are pure functions over counts; ``guarded`` asks for the counts and applies them to an answer.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import Members
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.people import ALL, Key, fewest, people
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.small_cells import OTHERS, K, hidden_cells, small

__all__ = ["OTHERS", "K", "Counts", "guarded", "hidden_cells", "protected", "related", "small", "told_by_filters", "whole_hidden"]
#: Where a number is hidden: part of the answer, row, measure.
Place = tuple[str, int, str]


# An answer --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Counts:
    """Customers behind each measure: of each cell and total of one period, and of what a top N left out; ``always``: by
    measure, what is hidden because another filter shows or hides it."""

    cells: Mapping[Key, Mapping[str, int]]
    others: Mapping[str, int] | None = None
    always: Mapping[str, Collection[Key]] = field(default_factory=dict)


def protected(answer: Answer, now: Counts, before: Counts | None, together: Sequence[Sequence[str]], flat: Mapping[str, Collection[int]]) -> Answer:
    """``answer`` without what rests on too few customers. ``together``: measures hidden as one; ``flat``: see ``hidden_cells``."""
    rows, totals, others, away = _masked(answer, answer.rows, answer.totals, answer.others, now, together, flat)
    told: dict = {"rows": rows, "totals": totals, "others": others, "coverage": _coverage(answer), "margins": {}, "margins_before": {}}
    if answer.before is not None and before is not None:
        early, totals_before, others_before, gone = _masked(answer, answer.before, answer.totals_before or {}, answer.others_before, before, together, flat)
        told |= {"before": early, "totals_before": totals_before, "others_before": others_before}
        away |= {({"rows": "before"}.get(part, f"{part}_before"), i, m) for part, i, m in gone}
    return replace(answer, hidden=frozenset(away), **told)


def _masked(answer: Answer, frame: pd.DataFrame, totals: Mapping[str, Number], others: Mapping[str, Number] | None, counts: Counts,
            together: Sequence[Sequence[str]], flat: Mapping[str, Collection[int]]):
    """Frame, totals and others with None for what is hidden, and where that was."""
    keys = _row_keys(answer, frame)
    kept = list(dict.fromkeys(k[0] for k in keys)) if answer.cut.by and others is not None else None
    frame, totals, others, away = frame.copy(), dict(totals), None if others is None else dict(others), set()
    whole = (ALL,) * (len(answer.cut.by) + bool(answer.cut.grain))
    for group in together:
        rest = None if others is None or counts.others is None else fewest(counts.others[m] for m in group)
        cells = {key: fewest(row[m] for m in group) for key, row in counts.cells.items()}
        gone = hidden_cells(cells, flat=[a for m in group for a in flat.get(m, ())], kept=kept, others=rest,
                            always={key for m in group for key in counts.always.get(m, ())})
        if not gone:
            continue
        places = {i for i, key in enumerate(keys) if key in gone}
        for m in group:
            frame[m] = pd.Series([None if i in places else v for i, v in enumerate(frame[m])], dtype=object, index=frame.index)
            away |= {("rows", i, m) for i in places}
            if whole in gone:
                totals[m] = None
                away.add(("totals", 0, m))
            if others is not None and OTHERS in gone:
                others[m] = None
                away.add(("others", 0, m))
    frame, away = _hidden_last(answer, frame, away)
    return frame, totals, others, away


def _row_keys(answer: Answer, frame: pd.DataFrame) -> list[Key]:
    columns = [f"{d}_id" if f"{d}_id" in frame else d for d in answer.cut.by] + (["period"] if answer.cut.grain else [])
    if not columns:
        return [()] * len(frame)
    return [tuple(None if v is None or v != v else v for v in row) for row in frame[columns].itertuples(index=False)]


def _hidden_last(answer: Answer, frame: pd.DataFrame, away: set[Place]) -> tuple[pd.DataFrame, set[Place]]:
    """Members with something hidden stand after the others, by name: their place would tell their size."""
    if not answer.cut.by or not away:
        return frame, away
    keys = [key[:len(answer.cut.by)] for key in _row_keys(answer, frame)]
    gone = {keys[i] for part, i, _ in away if part == "rows"}
    order = sorted(range(len(keys)), key=lambda i: (keys[i] in gone, repr(keys[i]) if keys[i] in gone else "", i))
    at = {old: new for new, old in enumerate(order)}
    return frame.iloc[order].reset_index(drop=True), {(part, at[i] if part == "rows" else i, m) for part, i, m in away}


def _coverage(answer: Answer) -> dict[str, Mapping[str, int]]:
    return {name: c for name, c in answer.coverage.items() if not any(small(n) for n in (c["known"], c["total"] - c["known"], c["total"]))}


# Asking -----------------------------------------------------------------------------------------------------------------
def guarded(cut: Cut, warehouse, scope: Scope, answer_of: Callable[[Cut, object, Scope], Answer]) -> Answer:
    """The answer to ``cut`` as a role without personal data may see it; ``answer_of`` answers it in full."""
    catalog = catalog_for(warehouse)
    single = "customer" in cut.by
    # The order of single customers would tell what is hidden of them.
    asked = replace(cut, order_by="customer", descending=False) if single else cut
    answer = replace(answer_of(asked, warehouse, scope), cut=cut)
    reach = used_dimensions(cut)
    with warehouse.engine.connect() as connection:
        def counts(period, over, frame: pd.DataFrame | None, others) -> Counts | None:
            if period is None or frame is None:
                return None
            plain = replace(cut, period=period, over=over, compare="none", limit=None, order_by="")
            if single:
                return _of_singles(replace(plain, by=(), grain=None), answer, frame, others, connection, scope, catalog, reach)
            cells = people(plain, connection, scope=scope, catalog=catalog, reach=reach)
            return Counts(cells, _of_others(plain, answer, others, connection, scope, catalog, reach),
                          told_by_filters(plain, cells, connection, scope, catalog, reach))
        over = cut.over
        now = counts(answer.period, over and over.clipped(catalog.as_of), answer.rows, answer.others)
        before = counts(answer.period_before, over and over.compared(cut.compare, catalog.as_of), answer.before, answer.others_before)  # type: ignore[arg-type]
    assert now is not None
    return protected(answer, now, before, related(cut.measures, catalog), _flat(cut, catalog))


def _flat(cut: Cut, catalog: Catalog) -> dict[str, tuple[int, ...]]:
    """Of balances, the buckets are no parts."""
    last = len(cut.by)
    return {m: ((last,) if cut.grain and any(catalog.measure(p).kind == "balance" for p in catalog.parts(m)) else ()) for m in cut.measures}


def whole_hidden(cut: Cut, connection, scope: Scope, catalog: Catalog, reach: tuple[str, ...]) -> bool:
    """Whether the total of a cut (its first measure, its period set) is hidden from a role without personal data."""
    plain = replace(cut, by=(), grain=None, compare="none", limit=None, order_by="")
    cells = people(plain, connection, scope=scope, catalog=catalog, reach=reach)
    name = cut.measures[0]
    return small(cells[()][name]) or () in told_by_filters(plain, cells, connection, scope, catalog, reach).get(name, ())


def _of_singles(plain: Cut, answer: Answer, frame: pd.DataFrame, others, connection, scope, catalog, reach) -> Counts:
    """By single customers each cell is one customer's; only the total can be shown."""
    total = people(plain, connection, scope=scope, catalog=catalog, reach=reach)[()]
    axes = len(answer.cut.by) + bool(answer.cut.grain)
    cells = {key: dict.fromkeys(answer.cut.measures, 1) for key in _row_keys(answer, frame)}
    told = told_by_filters(plain, {(): total}, connection, scope, catalog, reach)
    always = {m: [(ALL,) * axes] for m, keys in told.items() if () in keys}
    return Counts({**cells, (ALL,) * axes: total}, None if others is None else dict.fromkeys(answer.cut.measures, 1), always)


def _of_others(plain: Cut, answer: Answer, others, connection, scope, catalog, reach) -> Mapping[str, int] | None:
    if others is None:
        return None
    rest = Members(plain.by[0], tuple(dict.fromkeys(k[0] for k in _row_keys(answer, answer.rows))), False)
    return people(replace(plain, by=(), grain=None), connection, scope=scope, catalog=catalog, reach=reach, members=rest)[()]


def related(measures: Iterable[str], catalog: Catalog) -> list[list[str]]:
    """Measures in groups that share parts: of revenue, orders and average order, two would give away the third."""
    groups: list[tuple[set[str], list[str]]] = []
    for m in measures:
        parts, own = set(catalog.parts(m)), [m]
        for group in [g for g in groups if g[0] & parts]:
            groups.remove(group)
            parts, own = parts | group[0], [*group[1], *own]
        groups.append((parts, own))
    return [own for _, own in groups]


# Filters ------------------------------------------------------------------------------------------------------------------
def told_by_filters(plain: Cut, cells: Mapping[Key, Mapping[str, int]], connection, scope: Scope, catalog: Catalog, reach: tuple[str, ...]) -> dict[str, set[Key]]:
    """Cells and totals of ``plain`` that a cut by one of its filters' dimensions would hide, or that would give such a one away.

    By branch, two branches are hidden: so is each of them when one filters on it, and all but one of them.
    """
    found: dict[str, set[Key]] = {m: set() for m in plain.measures}
    for one in plain.filters:
        if one.dimension not in catalog.dimensions:
            continue  # conditions on measures of each customer have no members
        others = tuple(f for f in plain.filters if f is not one)
        if one.dimension == "customer":
            wide = people(replace(plain, filters=others), connection, scope=scope, catalog=catalog, reach=reach)
            for m in plain.measures:
                found[m] |= {key for key, row in cells.items() if small(wide.get(key, row)[m] - row[m])}
            continue
        by = (one.dimension, *(d for d in plain.by if d != one.dimension))
        wide = people(replace(plain, by=by, filters=others), connection, scope=scope, catalog=catalog, reach=reach)
        members = {key[0] for key in wide} - {ALL}
        chosen = _passing(one, members) if not catalog.dimension(one.dimension).keyed else None
        if chosen is None:
            chosen = {key[0] for key in people(replace(plain, by=(one.dimension,), grain=None), connection, scope=scope, catalog=catalog, reach=reach)} - {ALL}
        for group in related(plain.measures, catalog):
            flat = [a for m in group for a in _flat(replace(plain, by=by), catalog)[m]]
            counts = {key: fewest(row[m] for m in group) for key, row in wide.items()}
            away = _given_away(counts, hidden_cells(counts, flat=flat), chosen, cells=one.dimension in plain.by)
            for m in group:
                found[m] |= {_placed(key, one.dimension, plain) for key in away}
    return found


def _passing(one: Filter, members: Collection[object]) -> set[object] | None:
    """The members a filter on names lets through; None where that is for the database to say."""
    if one.op not in ("is", "is_not", "is_empty"):
        return None
    if one.op == "is_empty":
        return {m for m in members if m is None}
    return {m for m in members if (m is not None and str(m) in one.values) == (one.op == "is")}


def _given_away(counts: Mapping[Key, int], hidden: set[Key], chosen: Collection[object], cells: bool) -> set[Key]:
    """Of a cut by a filter's dimension first: hidden cells of the members chosen (where they are ``cells`` of the answer), and
    totals (``ALL`` first) of the chosen that would tell one."""
    away = {key for key in hidden if cells and key[0] in chosen}
    lines: dict[Key, tuple[list[int], list[int]]] = {}
    for key in hidden:
        if key[0] is not ALL:
            lines.setdefault(key[1:], ([], []))[key[0] not in chosen].append(counts[key])
    for rest, (inside, outside) in lines.items():
        total = (ALL, *rest)
        if _alone(inside) or (_alone(outside) and total not in hidden):
            away.add(total)
    return away


def _alone(customers: list[int]) -> bool:
    return len(customers) == 1 or (bool(customers) and sum(customers) < K)


def _placed(key: Key, dimension: str, plain: Cut) -> Key:
    """The key in the order of ``plain``, which may not be cut by the dimension at all."""
    rest = list(key[1:])
    if dimension in plain.by:
        rest.insert(plain.by.index(dimension), key[0])
    return tuple(rest)
