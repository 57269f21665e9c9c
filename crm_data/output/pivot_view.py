"""A pivot as a table: its sheet in one of six modes, the marks its cells stand for, and how strongly each is shaded.

Values, totals and comparison come with the pivot; here they are only set beside each other. The pivot is taken as it is
given (``crm_data.analysis.pivot.Pivot``), so that nothing here can ask the database.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from crm_data.cuts.answer import change
from crm_data.cuts.measures import Distinct
from crm_data.cuts.periods import next_bucket, plain_name
from crm_data.errors import N_
from crm_data.output.figure_marks import PERIOD, choosable, mark_key
from crm_data.output.formats import Formats, plain
from crm_data.output.pivot_shades import shades
from crm_data.output.tables import Column, Kind, Sheet
from crm_data.output.views import OTHERS, View, member_key

Mode = Literal["value", "change", "change_percent", "share_total", "share_row", "share_column"]
MODES: tuple[Mode, ...] = get_args(Mode)
CHANGES, SHARES = ("change", "change_percent"), ("share_total", "share_row", "share_column")
MEMBER, TOTAL = "member", "total"
#: Before the name of a row inside another: wide spaces, one step for each level.
STEP = "\u2003"


@dataclass(frozen=True)
class PivotView:
    """``sheet``: the rows in the pivot's order, the grand total last. ``mode``: the one shown (``value`` where the one asked for
    is not possible; then ``why`` says so). For each row, the total included: ``keys`` gives by column the mark of the cell
    (none where it cannot be chosen), ``strengths`` the shading from -1 to 1 (below 0 only in diverging ones).

    ``subtotals``: numbers of rows that hold others; ``total_column``: name of the column of row totals ("" without one);
    ``measures``: column -> measure; ``diverging``: measures whose shading has two directions; ``cut_short``: some bucket holds only
    a part of its days (its head ends in *, its help says which). ``rests``: for each row, by column, how many cases an average or share
    rests on (left out where it does not rest on cases or nobody counted them).
    """

    sheet: Sheet
    mode: Mode
    why: str
    keys: tuple[Mapping[str, str], ...]
    strengths: tuple[Mapping[str, float], ...]
    subtotals: frozenset[int]
    total_column: str
    measures: Mapping[str, str]
    diverging: frozenset[str]
    cut_short: bool
    rests: tuple[Mapping[str, int], ...] = ()


def pivot_view(pivot: Any, view: View, *, mode: Mode = "value", measure: str = "", flat: bool = False) -> PivotView:
    """The table of ``pivot`` (a ``Pivot``). Where its columns are members or buckets it shows ``measure`` (the first of the cut unless
    given). ``flat`` is for files: every measure, and a column for each level of rows."""
    made = _Maker(pivot, view, mode, measure, flat)
    return made.table()


def refusal(pivot: Any, view: View, mode: Mode, measure: str) -> str:
    """Why ``measure`` cannot be shown in ``mode`` here, as a sentence; empty if it can."""
    words, catalog, about = view.words, view.catalog, view.catalog.measure(measure)
    if mode in CHANGES and not pivot.compared:
        return words.t(N_("Nothing to compare with: choose a comparison to see what changed."))
    if mode == "share_row" and not pivot.column_axis:
        return words.t(N_("A share of the row needs columns: choose a second dimension or a grain."))
    if mode not in SHARES:
        return ""
    name = words.label(about)
    axes = {"share_row": (pivot.column_axis,), "share_column": pivot.row_axes}.get(mode, (*pivot.row_axes, pivot.column_axis))
    if PERIOD in axes and about.kind == "balance":
        return words.t(N_("“{measure}” is what stands on a day: days do not add up, so there is no share."), measure=name)
    if catalog.adds_up(measure, tuple(a for a in axes if a and a != PERIOD)) and pivot.nothing.now[measure] is not None:
        return ""
    if isinstance(about, Distinct):
        return words.t(N_("“{measure}” counts each customer once, and one may stand in several parts: they do not add up, so there is no share."), measure=name)
    if about.kind == "formula":
        return words.t(N_("“{measure}” is one thing over another: its parts do not add up, so there is no share."), measure=name)
    return words.t(N_("One of “{measure}” may stand in several of these parts: they do not add up, so there is no share."), measure=name)


class _Maker:
    def __init__(self, pivot: Any, view: View, mode: Mode, measure: str, flat: bool) -> None:
        self.pivot, self.view, self.flat = pivot, view, flat
        all_measures = pivot.cut.measures
        lead = measure if measure in all_measures else all_measures[0]
        asked = list(all_measures) if flat or not pivot.column_axis else [lead]
        refused = {m: refusal(pivot, view, mode, m) for m in asked}
        able = [m for m in asked if not refused[m]]
        self.mode: Mode = mode if able else "value"
        self.shown = able or asked
        self.why = next((text for text in refused.values() if text), "")
        self.total_key = pivot.total

    def table(self) -> PivotView:
        pivot = self.pivot
        places = self._places()
        rows = [self._row(line, places) for line in pivot.lines]
        total = self._row((), places)
        heads = self._head_columns()
        columns = [Column(name, self._head(m, key), self._kind(m), self.view.catalog.measure(m).better, help=self._help(key)) for name, (m, key) in places.items()]
        full = len(pivot.row_axes)
        strengths, diverging = shades([(line, rows[i]) for i, line in enumerate(pivot.lines) if len(line) == full and not self._is_others(line)],
                                      {name: m for name, (m, key) in places.items() if not self._total_or_others(key)}, self.mode, self.view.catalog)
        return PivotView(
            Sheet((*heads, *columns), tuple(rows), total), self.mode, self.why, tuple(self._keys(line, places) for line in (*pivot.lines, ())),
            tuple(strengths.get(line, {}) for line in (*pivot.lines, ())), frozenset(i for i, line in enumerate(pivot.lines) if len(line) < full),
            TOTAL if pivot.column_axis and not self.flat else "", {name: m for name, (m, _) in places.items()}, frozenset(diverging),
            any(self._short(k) for k in pivot.heads.get(PERIOD, ())), tuple(self._rests(line, places) for line in (*pivot.lines, ())))

    # Columns -------------------------------------------------------------------------------------------------
    def _places(self) -> dict[str, tuple[str, object]]:
        """Columns of values: name -> (measure, column key of the pivot)."""
        pivot = self.pivot
        if not pivot.column_axis:
            return {m: (m, self.total_key) for m in self.shown}
        found = {}
        for n, m in enumerate(self.shown):
            tail = f"_{n}" if n else ""
            found |= {f"c{i}{tail}": (m, key) for i, key in enumerate(pivot.columns)}
            found[TOTAL + tail] = (m, self.total_key)
        return found

    def _head(self, measure: str, key: object) -> str:
        words, about = self.view.words, self.view.catalog.measure(measure)
        if not self.pivot.column_axis:
            return words.label(about) if self.mode != "value" else self.view.head(measure)
        text = self._total_name(measure) if key is self.total_key else self.label(self.pivot.column_axis, key)
        return f"{text} · {self.view.head(measure)}" if self.flat else text

    def _total_name(self, measure: str) -> str:
        about = self.view.catalog.measure(measure)
        if about.kind == "balance" and self.pivot.column_axis == PERIOD:
            return self.view.words.t(N_("At the end"))
        return self.view.words.t(N_("Total")) if self.pivot.nothing.now[measure] is not None else self.view.words.t(N_("All"))

    def _help(self, key: object) -> str:
        """Of a bucket the period cuts short: which days it holds."""
        if self.pivot.column_axis != PERIOD or key is self.total_key:
            return ""
        short = self._short(key)
        return self.view.words.t(N_("Only {period}."), period=self.view.formats.period(*short)) if short else ""

    def _short(self, key: object) -> tuple[date, date] | None:
        """First and last day of a bucket that the period cuts short."""
        period, start = self.pivot.answer.period, self.pivot.heads[PERIOD][key].start
        end = next_bucket(start, self.pivot.cut.grain) - timedelta(days=1)
        within = max(start, period.first), min(end, period.last)
        return within if within != (start, end) else None

    def _kind(self, measure: str) -> Kind:
        unit = self.view.catalog.measure(measure).unit
        if self.mode in CHANGES:
            return "points" if unit == "share" else "change" if self.mode == "change_percent" else unit  # type: ignore[return-value]
        return "part" if self.mode in SHARES else unit  # type: ignore[return-value]

    # Rows ----------------------------------------------------------------------------------------------------
    def _head_columns(self) -> list[Column]:
        axes, label = self.pivot.row_axes, self._axis_label
        if self.flat and axes:
            return [Column(f"{MEMBER}{i}", label(a)) for i, a in enumerate(axes)]
        return [Column(MEMBER, " / ".join(label(a) for a in axes))]

    def _axis_label(self, axis: str) -> str:
        words = self.view.words
        return words.t(GRAIN_NAMES[plain_name(self.pivot.cut.grain)]) if axis == PERIOD else words.label(self.view.catalog.dimension(axis))

    def label(self, axis: str, key: object) -> str:
        head = self.pivot.heads[axis][key]
        if axis == PERIOD:
            return self.view.formats.bucket(head.start, self.pivot.cut.grain) + ("*" if self._short(key) else "")
        return self.view.words.t(N_("All others")) if key is self.pivot.others else plain(self.view.words.member(axis, head.name))

    def _row(self, line: tuple, places: Mapping[str, tuple[str, object]]) -> dict[str, Any]:
        names = [self.label(axis, key) for axis, key in zip(self.pivot.row_axes, line, strict=False)]
        if self.flat and self.pivot.row_axes:
            whole = self.view.words.t(N_("Total"))
            texts = {f"{MEMBER}{i}": names[i] if i < len(names) else whole for i in range(len(self.pivot.row_axes))}
        else:
            texts = {MEMBER: STEP * (len(line) - 1) + names[-1] if names else self._grand_name()}
        return {**texts, **{name: self._value(line, key, m) for name, (m, key) in places.items()}}

    def _rests(self, line: tuple, places: Mapping[str, tuple[str, object]]) -> dict[str, int]:
        """Cases behind each cell, where they were asked with the measures."""
        found = {}
        for name, (m, key) in places.items():
            cases = self.pivot.at(line, key).now.get(self.view.catalog.measure(m).n or "")
            if cases is not None:
                found[name] = int(cases)
        return found

    def _grand_name(self) -> str:
        plain_sums = all(self.pivot.nothing.now[m] is not None for m in self.shown)
        return self.view.words.t(N_("Total")) if plain_sums else self.view.words.t(N_("All"))

    def _value(self, line: tuple, column: object, measure: str) -> float | None:
        cell = self.pivot.at(line, column)
        now, before = cell.now.get(measure), cell.before.get(measure)
        if self.mode == "value":
            return _number(now)
        if self.mode in CHANGES:
            if self.mode == "change_percent" and self.view.catalog.measure(measure).unit != "share":
                return change(now, before)
            return None if now is None or before is None else _number(now - before)  # type: ignore[operator]
        base = {"share_total": self.pivot.at(), "share_row": self.pivot.at(line), "share_column": self.pivot.at((), column)}[self.mode].now.get(measure)
        return None if now is None or not base or base < 0 else float(now) / float(base)

    # Marks ---------------------------------------------------------------------------------------------------
    def _keys(self, line: tuple, places: Mapping[str, tuple[str, object]]) -> dict[str, str]:
        row = self._mark(self.pivot.row_axes, line)
        found = {}
        for name, (_, column) in places.items():
            mark = row | ({} if column is self.total_key else self._mark((self.pivot.column_axis,), (column,)))
            if choosable(mark):
                found[name] = mark_key(mark)
        return found

    def _mark(self, axes: Iterable[str], line: tuple) -> dict[str, str]:
        mark = {}
        for axis, key in zip(axes, line, strict=False):
            head = self.pivot.heads[axis][key]
            mark[axis] = head.start.isoformat() if axis == PERIOD else OTHERS if key is self.pivot.others else member_key(
                axis, {axis: head.name, f"{axis}_id": key} if self.view.catalog.dimension(axis).keyed else {axis: head.name})
        return mark

    def _is_others(self, line: tuple) -> bool:
        return any(key is self.pivot.others for key in line)

    def _total_or_others(self, key: object) -> bool:
        return bool(self.pivot.column_axis) and (key is self.total_key or key is self.pivot.others)


GRAIN_NAMES = {"day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year")}


def _number(value: Any) -> float | None:
    """As a number that files and grids take; whole counts stay whole."""
    if value is None or value != value:
        return None
    return value if isinstance(value, int) else float(value)


def cell_value(value: float | None, unit: str, mode: Mode, formats: Formats) -> float | None:
    """A value of the sheet as the grid holds it: amounts in the unit told; shares and relative changes have none."""
    return formats.shown(value) if unit == "money" and mode in ("value", "change") else value


def cell_words(value: float | None, unit: str, mode: Mode, formats: Formats, short: bool = False) -> str:
    """A cell as read on the screen; money (from :func:`cell_value`) without its sign, which stands beside the measure. ``short``: 412K, where room is scarce."""
    if value is None:
        return "–"
    if mode in SHARES:
        return formats.share(value, 1)
    if mode == "change_percent" and unit != "share":
        arrow = "↑ " if round(value, 3) > 0 else "↓ " if round(value, 3) < 0 else ""
        return arrow + formats.change(abs(value))
    signed = mode in CHANGES
    if unit == "share":
        return formats.signed(value, "share") if signed else formats.share(value)
    if unit == "money":
        return formats.bare(value, short, signed)
    if unit == "count":
        return formats.count(value, full=not short, signed=signed)
    return formats.number(value, 1 if unit in ("days", "hours", "minutes", "years") else None, signed)
