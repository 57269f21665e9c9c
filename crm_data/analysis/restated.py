"""Restated since the last meeting: its figures, asked again of today's data for exactly the same days, and why they read differently."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from crm_data.analysis.restated_rows import Memo, adds_up, differing, exact
from crm_data.analysis.restated_why import changes_of
from crm_data.analysis.review import Cell, DataChange, Restated
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import NAMED, Period, calendar_of, next_bucket
from crm_data.cuts.query import EARLIEST, ask
from crm_data.errors import MabatError
from crm_data.model.manifest import Manifest

#: Figures whose rows are looked at; more are told without their reasons. Members named with each.
MOST_EXPLAINED, MOST_CELLS = 30, 8
#: Floats of ratios differ by rounding alone below this.
_SAME = 1e-9


def at_day(cut: Cut, day: date) -> Cut:
    """The cut with a named period as of ``day``: "month to date" of a meeting is that of its own data."""
    def of_day(period: Period | None) -> Period | None:
        return Period.named(period.name, day) if period and period.name in NAMED else period
    return replace(cut, period=of_day(cut.period), over=of_day(cut.over))


def restated(cut: Cut, now, then, *, scope: Scope, between: Sequence[Manifest] = ()) -> tuple[Restated, ...]:
    """Figures of ``cut`` on the warehouse ``then`` (as of its own last day) that read differently on ``now``; the newest days first.

    Of a cut by time each bucket is a figure, the last one up to the day ``then`` reaches; else the whole period is. ``between``: manifests of
    the snapshots after ``then`` up to ``now``, to tell when data arrived.
    """
    if now.key == then.key:
        return ()
    asked = _same_days(cut, then)
    catalog, known = catalog_for(now), catalog_for(then)
    measures = tuple(m for m in asked.measures if m in known.all_measures)
    if not measures or asked.period is None or asked.period.first > then.as_of:
        return ()
    asked = replace(asked, measures=measures, order_by="")
    found = list(_differences(asked, now, then, scope))
    # The cut's first measures are explained before others, the newest days before older ones.
    first = sorted(found, key=lambda f: (not adds_up(catalog.measure(f[0])), measures.index(f[0]), -f[1].last.toordinal()))[:MOST_EXPLAINED]
    memo: Memo = {}
    told = []
    for one in sorted(found, key=lambda f: (f[1].last, f[1].first), reverse=True):
        measure, days, old, new, cells = one
        base = catalog.measure(measure)
        changes, rest = _why(measure, asked, days, () if _differs(old, new) else cells, now, then, old, new, scope, memo) if one in first else ((), None)
        told.append(Restated(measure, base.label, base.unit, base.better, days.first, days.last, old, new, _arrived(changes, then, now, between), rest, cells, _calendar(cut)))
    return tuple(told)


def _same_days(cut: Cut, then) -> Cut:
    """The cut as the meeting asked it, its days fixed and cut to what its data reached."""
    fixed = at_day(cut, then.as_of)
    period = fixed.period.clipped(then.as_of) if fixed.period else Period(EARLIEST, then.as_of)
    over = Period(fixed.over.first, fixed.over.last) if fixed.over else None
    return replace(fixed, period=Period(period.first, period.last), over=over, compare="none")


def _calendar(cut: Cut) -> str:
    """What the days of its figures are reckoned in."""
    return calendar_of(cut.grain).name if cut.grain else cut.period.dated[2] if cut.period else ""


# What differs ---------------------------------------------------------------------------------------------------------
def _differences(cut: Cut, now, then, scope: Scope):
    """(measure, days, then, now, cells) of every figure that differs, or whose members do."""
    plain = replace(cut, by=(), limit=None)
    old, new = (_figures(ask(plain, w, scope=scope), cut) for w in (then, now))
    cells = _cells(cut, now, then, scope)
    for key in dict.fromkeys((*old, *new)):
        measure, start = key
        was, reads = old.get(key), new.get(key)
        differs = _differs(was, reads) and not (not scope.personal and (was is None or reads is None))
        if differs or cells.get(key):
            yield measure, _days(cut, start), was, reads, tuple(cells.get(key, ())[:MOST_CELLS])


def _figures(answer: Answer, cut: Cut) -> dict[tuple[str, date], Number]:
    assert cut.period is not None
    if not cut.grain:
        return {(m, cut.period.first): answer.totals.get(m) for m in cut.measures}
    return {(m, _day(row["period"])): row[m] for row in answer.rows.to_dict("records") for m in cut.measures}


def _cells(cut: Cut, now, then, scope: Scope) -> dict[tuple[str, date], list[Cell]]:
    """Members that read differently, by measure and bucket, the largest difference first. Of a top N those it had at the meeting."""
    if not cut.by or "customer" in cut.by and cut.limit is None:
        return {}
    assert cut.period is not None
    asked, of_top = cut, cut.limit is not None
    old = ask(asked, then, scope=scope)
    if of_top:
        members = tuple(dict.fromkeys(_member(old, r, cut.by[0]) for r in old.rows.to_dict("records")))
        named = tuple(m for m in members if m is not None)
        if not named or len(named) > 200 or cut.by[0] == "customer" or any(f.dimension == cut.by[0] for f in cut.filters):
            return {}
        asked = replace(cut, limit=None, filters=(*cut.filters, Filter(cut.by[0], "is", named)))
    new = ask(asked, now, scope=scope)
    rows = [{(tuple(_member(a, r, d) for d in cut.by), _day(r["period"]) if cut.grain else cut.period.first): r for r in a.rows.to_dict("records")} for a in (old, new)]
    found: dict[tuple[str, date], list[Cell]] = {}
    catalog = catalog_for(now)
    for members, start in dict.fromkeys((*rows[0], *rows[1])):
        for m in cut.measures:
            nothing = 0 if catalog.measure(m).adds_up else None
            was, reads = (side[members, start][m] if (members, start) in side else nothing for side in rows)
            if _differs(was, reads) and (scope.personal or None not in (was, reads)):
                found.setdefault((m, start), []).append(Cell(members, was, reads))
    return {key: sorted(some, key=lambda c: -abs(float(c.now or 0) - float(c.then or 0))) for key, some in found.items()}


def _member(answer: Answer, row: Mapping[str, Any], dimension: str) -> str | None:
    value = row[dimension]
    return None if value is None or value != value else str(value)


def _differs(was: Number, reads: Number) -> bool:
    if was is None or reads is None:
        return was is not reads
    if isinstance(was, float) or isinstance(reads, float):
        return abs(float(was) - float(reads)) > _SAME * max(1.0, abs(float(was)))
    return was != reads


def _day(value: object) -> date:
    return value.date() if hasattr(value, "date") else value  # type: ignore[return-value, union-attr]


def _days(cut: Cut, start: date) -> Period:
    """The days of a bucket within the cut's period."""
    assert cut.period is not None
    if not cut.grain:
        return cut.period
    return Period(max(start, cut.period.first), min(next_bucket(start, cut.grain) - timedelta(days=1), cut.period.last))


# Why ------------------------------------------------------------------------------------------------------------------
def _why(measure: str, cut: Cut, days: Period, moved: Sequence[Cell], now, then, old: Number, new: Number, scope: Scope, memo: Memo):
    """(changes, what they leave). ``moved``: members to look at where the figure itself is the same."""
    base, sides = catalog_for(now).measure(measure), {"then": then, "now": now}
    whole = replace(cut, measures=(measure,), by=(), grain=None, limit=None)
    sums = adds_up(base)
    try:
        documents = {}
        if moved:
            for one in moved:
                within = whole
                for dimension, member in zip(cut.by, one.members, strict=True):
                    within = _narrowed(within, dimension, member)
                for key, document in differing(measure, within, sides, scope=scope, days=days, memo=memo).items():
                    documents.setdefault(key, document)
        else:
            documents = differing(measure, whole, sides, scope=scope, days=days, memo=memo)
        changes = changes_of(documents, sides, sums=sums and not moved, scope=scope)
    except MabatError:
        return (), None  # a measure whose records cannot be told (of nobody known by dimension)
    if not sums or moved or any(c.hidden for c in changes):
        return changes, None
    return changes, exact(exact((new or 0) - (old or 0)) - exact(sum(c.amount or 0 for c in changes)))


def _narrowed(cut: Cut, dimension: str, member: str | None) -> Cut:
    chosen = Filter(dimension, "is_empty") if member is None else Filter(dimension, "is", (member,))
    return replace(cut, filters=(*cut.filters, chosen))


def _arrived(changes: Sequence[DataChange], then, now, between: Sequence[Manifest]) -> tuple[DataChange, ...]:
    """The changes with the days of the snapshots that can have brought them. Of several snapshots only added and removed records tell
    (a manifest counts rows and adds up amounts: a changed status is not seen in it)."""
    snapshots = tuple(between) or (now.manifest,)

    def days(change: DataChange) -> tuple[date, ...]:
        if len(snapshots) == 1:
            return (snapshots[0].created_at.date(),)
        if change.what not in ("added", "removed"):
            return ()
        before = (then.manifest, *snapshots[:-1])
        return tuple(dict.fromkeys(m.created_at.date() for m, b in zip(snapshots, before, strict=True) if m.tables.get(change.table) != b.tables.get(change.table)))
    return tuple(replace(c, arrived=days(c)) for c in changes)
