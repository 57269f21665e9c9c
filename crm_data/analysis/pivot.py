"""A pivot: the cells of a cut with every total, subtotal and corner, each asked of the database and none summed from cells.

So distinct counts, averages and rates are right at each level, and all of them are of the same facts as the cells: of
customers by topic, the total counts customers with contacts.

How a cut lies:

=====================  ============================  ==============
dimensions and grain   rows                          columns
=====================  ============================  ==============
none                   one row, the total            the measures
a grain                buckets                       the measures
one                    its members                   the measures
one and a grain        its members                   buckets
two                    the first                     the second
two and a grain        the second inside the first   buckets
three                  the third inside the first    the second
three and a grain      third in second in first      buckets
=====================  ============================  ==============

A further dimension leaves the table as it was and splits its rows: what were rows are now subtotals. A top N limits the
outermost rows; inner rows and columns show :data:`MOST_INSIDE` members. What is left out stands as "all others", asked too.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from crm_data.analysis.pivot_fold import OTHERS_NUMBER, Folded, is_others
from crm_data.analysis.pivot_guard import hidden_of, without
from crm_data.analysis.pivot_shape import PERIOD, Cell, Head, Key, Part, Path, Pivot, layout
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Distinct
from crm_data.cuts.periods import Period, buckets
from crm_data.cuts.query import Desk, ask
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.cuts.views import View

#: Members of a column or of inner rows; those with an order of their own (hours, ages) may be more.
MOST_INSIDE, MOST_ORDERED = 12, 24
#: Outermost rows, and cells of a measure, at most; fewer rows where there are many columns.
MOST_ROWS, MOST_CELLS, LEAST_ROWS = 200, 8000, 10
#: Rows now and before (None without a comparison).
Asked = tuple[Sequence[Mapping], Sequence[Mapping] | None]


def pivot(cut: Cut, warehouse, *, scope: Scope) -> Pivot:
    """The pivot of ``cut`` for a viewer with ``scope``. Raises InputError with a sentence for what cannot be asked."""
    key = ("pivot", warehouse.key, scope.key, cut, definitions(used_dimensions(cut), warehouse))
    return ANSWERS.get(key, lambda: _pivot(cut, warehouse, scope))


def _pivot(cut: Cut, warehouse, scope: Scope) -> Pivot:
    answer, catalog = ask(cut, warehouse, scope=scope), catalog_for(warehouse)
    with warehouse.engine.connect() as connection:
        table = _Table(cut, answer, catalog, Desk(connection, scope, catalog, reach=used_dimensions(cut), warehouse=warehouse))
        return table.filled()


class _Table:
    """Asks what a pivot is made of. ``now`` and ``earlier`` are the cut over the answer's own periods, so that running
    periods and partial buckets are the same everywhere."""

    def __init__(self, cut: Cut, answer: Answer, catalog: Catalog, desk: Desk) -> None:
        self.cut, self.answer, self.catalog, self.desk = cut, answer, catalog, desk
        self.row_axes, self.column_axis = layout(cut)
        self.axes = tuple(a for a in (*self.row_axes, self.column_axis) if a)
        self.dimensions = tuple(a for a in self.axes if a != PERIOD)
        plain = replace(cut, compare="none", limit=None, order_by="", descending=True)
        self.now = replace(plain, period=answer.period, over=cut.over.clipped(catalog.as_of) if cut.over else None)
        earlier = cut.over.compared(cut.compare, catalog.as_of) if cut.over else None
        self.earlier = replace(plain, period=answer.period_before, over=earlier) if answer.period_before else None
        self.starts = self._starts(answer.period)
        self.counts_customers = any(isinstance(catalog.measure(p), Distinct) for m in cut.measures for p in catalog.parts(m))
        before = answer.before
        self._answered: Asked = answer.rows.to_dict("records"), before.to_dict("records") if before is not None else None
        #: Rows by one axis that were asked to find its members; axes whose members stand in the order of their totals.
        self.single: dict[str, Asked] = {}
        self.by_total: tuple[str, ...] = ()
        self.heads: dict[str, dict[Key, Head]] = {}
        self.folds: dict[str, tuple[Key, ...]] = {}
        zero = {m: None if self._undefined(m) else 0 for m in cut.measures}
        self.nothing = Cell(zero, zero if self.earlier else {})

    def _undefined(self, measure: str) -> bool:
        about = self.catalog.measure(measure)
        return about.kind == "formula" and not about.adds_up

    def _starts(self, period: Period) -> list:
        return buckets(period, self.cut.grain, self.catalog.week_start) if self.cut.grain else []

    # Heads ---------------------------------------------------------------------------------------------------
    def _members(self, axis: str) -> None:
        """The members of an axis; which of them are folded into the others; in what order they stand, where that is known."""
        seen: dict[Key, Head] = {}
        for row in (*self._answered[0], *(self._answered[1] or ())):
            seen.setdefault(self._key(axis, row), Head(self._key(axis, row), row[axis]))
        outer, limited = axis == self.row_axes[0], axis == self.row_axes[0] and self.cut.limit is not None
        most = self._most(axis)
        alone = outer and len(self.axes) == 1
        if limited or len(seen) <= most and (alone or (outer and (self.cut.order_by == axis or self._own_order(axis)))):
            keys = list(seen)  # the answer's own order, so that figure and table agree
        elif len(seen) > most or self.cut.order_by == axis or self._own_order(axis):
            beside = self.answer.margins, self.answer.margins_before
            asked = tuple(self._frame(c, axis, m) if c else None for c, m in zip((self.now, self.earlier), beside, strict=True))
            rows = [*asked[0], *(asked[1] or ())]  # type: ignore[misc]
            seen = {self._key(axis, r): Head(self._key(axis, r), r[axis]) for r in reversed(rows)}
            keys = list(dict.fromkeys(self._key(axis, r) for r in rows))
            if len(keys) <= most:
                self.single[axis] = asked  # type: ignore[assignment]
        else:
            keys, self.by_total = list(seen), (*self.by_total, axis)
        if len(keys) > most or (limited and (self.answer.others is not None or self.answer.others_before is not None)):
            self.folds[axis] = tuple(keys[:most])
        self.heads[axis] = {k: seen[k] for k in sorted(keys[:most], key=lambda k: k is None)}

    def _most(self, axis: str) -> int:
        if axis != self.row_axes[0]:
            return MOST_ORDERED if self.catalog.dimension(axis).ordered else MOST_INSIDE
        columns = len(self.starts) if self.column_axis == PERIOD else 1
        return min(self.cut.limit or MOST_ROWS, max(LEAST_ROWS, MOST_CELLS // max(columns, 1)))

    def _own_order(self, axis: str) -> bool:
        return self.catalog.dimension(axis).ordered and not (axis == self.row_axes[0] and self.cut.order_by)

    def _frame(self, cut: Cut, axis: str, beside: Mapping) -> list[dict]:
        outer = axis == self.row_axes[0]
        order = self.cut.order_by if axis == self.cut.order_by or (outer and self.cut.order_by in self.cut.measures) else ""
        one = replace(cut, by=(axis,), grain=None, order_by=order, descending=self.cut.descending if order or outer else True)
        rows = self.desk.framed(beside[axis,], one) if (axis,) in beside else self.desk.rows(one, None)
        return rows.to_dict("records")

    def _in_order_of_totals(self, axis: str, now: Iterable[Mapping], before: Iterable[Mapping]) -> None:
        """Puts the members of an axis in the order of what they come to, the largest first; the unknown one last."""
        outer = axis == self.row_axes[0]
        measure = self.cut.order_by if outer and self.cut.order_by in self.cut.measures else self.cut.measures[0]
        sign = 1 if outer and not self.cut.descending else -1
        amounts: dict[Key, list[float]] = {}
        for place, rows in enumerate((now, before)):
            for row in rows:
                if row[measure] is not None:
                    amounts.setdefault(self._key(axis, row), [math.inf, math.inf])[place] = sign * float(row[measure])
        heads = self.heads[axis]
        order = sorted(heads, key=lambda k: (k is None, amounts.get(k, [math.inf, math.inf]), str(heads[k].name)))
        self.heads[axis] = {k: heads[k] for k in order}

    def _key(self, axis: str, row: Mapping[str, object]) -> Key:
        value = row[self.desk.key_of(axis)]
        if value is None or value != value:
            return None
        return Part.OTHERS if is_others(value) else value

    # Cells ---------------------------------------------------------------------------------------------------
    def filled(self) -> Pivot:
        for axis in self.dimensions:
            self._members(axis)
        levels = [(depth, (*self.row_axes[:depth], *([column] if column else [])))
                  for depth in range(len(self.row_axes) + 1) for column in (("", self.column_axis) if self.column_axis else ("",))]
        cells: dict[tuple[Path, Key], Cell] = {((), Part.TOTAL): Cell(self._only(self.answer.totals), self._only(self.answer.totals_before))}
        known = {axes: self._known(axes) for _, axes in levels if axes}
        known |= {(axis,): self.single.get(axis) for axis in self.by_total if (axis,) not in known}
        asked = self._asked([axes for axes, rows in known.items() if rows is None])
        for axis in self.by_total:
            now, before = known[axis,] or asked[axis,]
            self._in_order_of_totals(axis, now, before or ())
        starts = self._starts(self.answer.period_before) if self.answer.period_before else []
        for depth, axes in levels:
            if axes:
                now, before = known[axes] or asked[axes]
                early, late = self._by_place(now, axes, depth, self.starts), self._by_place(before or (), axes, depth, starts)
                for place in dict.fromkeys((*early, *late)):
                    old = self._only(late.get(place) or self.nothing.before) if self.earlier else {}
                    cells[place] = Cell(self._only(early.get(place) or self.nothing.now), old)
        return self._pivot(cells if self.desk.scope.personal else self._guarded(cells))

    def _guarded(self, cells: dict[tuple[Path, Key], Cell]) -> dict[tuple[Path, Key], Cell]:
        """Without what rests on too few customers; members with something hidden stand last, by name: a place would tell a size."""
        starts = self._starts(self.answer.period_before) if self.answer.period_before else []
        now = hidden_of(self.now, self.desk, self.folds, self.starts)
        before = hidden_of(self.earlier, self.desk, self.folds, starts) if self.earlier else {}
        for place, axis in enumerate(self.now.by):
            away = {key[place] for side in (now, before) for keys in side.values() for key in keys if len(key) > place}
            heads = self.heads[axis]
            order = sorted(heads, key=lambda k: (k in away, str(heads[k].name) if k in away else ""))
            self.heads[axis] = {k: heads[k] for k in order}
        return without(cells, self.cut, self.row_axes, self.column_axis, now, before)

    def _only(self, row: Mapping[str, Number] | None) -> dict[str, Number]:
        return {m: row[m] for m in self.cut.measures} if row is not None else {}

    def _known(self, axes: tuple[str, ...]) -> Asked | None:
        """Rows of a level, now and before, that have been asked already."""
        if len(axes) == 1 and axes[0] in self.single:
            return self.single[axes[0]]
        if set(axes) == set(self.axes) and not self.folds:
            return self._answered
        if len(self.axes) == 1 and self.cut.limit is not None and not self.catalog.dimension(axes[0]).multi:
            return self._with_others(axes[0])
        if not any(a in self.folds for a in axes):
            some = tuple(a for a in (*self.cut.by, PERIOD) if a in axes)
            now, before = self.answer.margins.get(some), self.answer.margins_before.get(some)
            return (now, before) if now is not None and (before is not None or not self.earlier) else None
        return None

    def _with_others(self, axis: str) -> Asked:
        """Of a top N by one dimension the answer has all there is: its members and the others."""
        def and_others(rows: Sequence[Mapping], others: Mapping[str, Number] | None) -> list[Mapping]:
            return [*rows, *([{self.desk.key_of(axis): OTHERS_NUMBER, **others}] if others is not None else [])]
        now, before = self._answered
        return and_others(now, self.answer.others), and_others(before, self.answer.others_before) if before is not None else None

    def _asked(self, levels: list[tuple[str, ...]]) -> dict[tuple[str, ...], Asked]:
        """The other levels, in one statement for each period."""
        if not levels:
            return {}
        views = [self._view(axes) for axes in levels]
        used = tuple(d for d in self.dimensions if any(d in v.by for v in views))
        grain = self.cut.grain if any(v.grain for v in views) else None
        now, before = (self.desk.several(replace(c, by=used, grain=grain), views) if c else None for c in (self.now, self.earlier))
        return {axes: (now[i], before[i] if before else None) for i, axes in enumerate(levels)}  # type: ignore[index]

    def _view(self, axes: tuple[str, ...]) -> View:
        by = tuple(a for a in axes if a != PERIOD)
        kept = {a: self.folds[a] for a in by if a in self.folds}
        return View(by, self.cut.grain if PERIOD in axes else None, Folded(kept, self.counts_customers) if kept else None)

    def _by_place(self, rows: Iterable[Mapping], axes: tuple[str, ...], depth: int, starts: Sequence) -> dict[tuple[Path, Key], Mapping]:
        index = {day: i for i, day in enumerate(starts)}
        found = {}
        for row in rows:
            keys = tuple(index.get(row[PERIOD], -1) if a == PERIOD else self._key(a, row) for a in axes)
            found[(keys[:depth], keys[depth] if depth < len(axes) else Part.TOTAL)] = row
        return found

    def _pivot(self, cells: dict[tuple[Path, Key], Cell]) -> Pivot:
        for axis in self.axes:
            if axis == PERIOD:
                self.heads[axis] = {i: Head(i, start=day) for i, day in enumerate(self.starts)}
            elif axis in self.folds:
                self.heads[axis][Part.OTHERS] = Head(Part.OTHERS)
        alive = [place for place, cell in cells.items() if any(v for v in (*cell.now.values(), *cell.before.values()))]
        lines, columns = {path for path, _ in alive}, {column for _, column in alive}
        shown = tuple(k for k in self.heads.get(self.column_axis, {}) if self.column_axis == PERIOD or k in columns)
        return Pivot(self.cut, self.answer, self.row_axes, self.column_axis, tuple(self._lines((), lines)), shown, self.heads, cells, self.nothing)

    def _lines(self, above: Path, alive: set[Path]) -> Iterator[Path]:
        """Paths in the order shown. Members with nothing at all, now or before, are left out; buckets are not."""
        if len(above) == len(self.row_axes):
            return
        axis = self.row_axes[len(above)]
        for key in self.heads[axis]:
            path = (*above, key)
            if axis == PERIOD or path in alive:
                yield path
                yield from self._lines(path, alive)
