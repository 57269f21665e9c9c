"""The pivot of a cut on the screen: value, change or share; shaded cells; totals tinted; a cell is chosen by click or Enter."""
from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from crm_data.analysis.intervals import counted
from crm_data.analysis.pivot import pivot
from crm_data.analysis.pivot_shape import Pivot
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import plain_name
from crm_data.errors import N_
from crm_data.output.caution import MARK, level
from crm_data.output.charts import Theme, theme
from crm_data.output.charts.theme import blend, ink_on
from crm_data.output.pivot_view import (
    CHANGES,
    MEMBER,
    MODES,
    SHARES,
    Mode,
    PivotView,
    cell_value,
    cell_words,
    pivot_view,
    refusal,
)
from crm_data.output.views import View
from pages.parts import asking, figure_menu
from pages.parts.figure import Content, frame
from pages.parts.grid_keys.component import by_keys, grid_keys
from pages.parts.table import MISSING
from pages.parts.text import heading, md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Heights in pixels: of a row, and rows shown at once before the grid scrolls.
ROW, MOST_SHOWN = 36, 16
#: Pixels: the half of a page a table has, a letter, what stands around a cell's text. Beyond it numbers are shortened.
ROOM, LETTER, PADDING = 560, 7.0, 18
#: Cells beyond this are not tinted one by one: the browser would wait for the server.
MOST_TINTED = 6000
_KINDS = {"value": N_("Value"), "change": N_("Change"), "share": N_("Share")}
_FINE = {"change": N_("Difference"), "change_percent": N_("% difference"), "share_total": N_("Of the total"), "share_row": N_("Of the row"),
         "share_column": N_("Of the column")}


def pivot_table(page: Page, cut: Cut, *, key: str = "pivot", mode: Mode = "value", on_cell: Callable[[str], None] | None = None,
                chosen: Collection[str] = ()) -> None:
    """A card with the pivot of ``cut`` (period, comparison and filters in it). ``on_cell`` gets the mark key of a chosen cell
    (:func:`crm_data.output.figure_marks.mark_filters` reads it; a total leaves its key out; it runs in a callback). ``chosen``: mark
    keys of cells to light. ``mode`` is the one to begin with; what people choose then stays in the session under ``key``.
    What goes wrong is said in the card."""
    def inside() -> Content:
        view = asking.view(page)
        # What averages rest on is asked with them and not shown as a column.
        found = replace(pivot(counted(cut, page.catalog), page.warehouse, scope=page.scope), cut=cut)

        def draw() -> None:
            shown, measure = _tools(page, key, found, view, mode)
            table = pivot_view(found, view, mode=shown, measure=measure)
            if table.why:
                st.caption(md(table.why))
            _grid(page, key, found, table, on_cell, frozenset(chosen))
            if table.cut_short:
                st.caption(page.words.t(N_("\\* The period holds only some days of it: point at the head to see which.")))
        return Content(draw=draw, title=title(page, cut), sentence=_sentence(page, found, on_cell is not None))
    frame(page, key, title(page, cut), content=inside, menu=False)


def title(page: Page, cut: Cut) -> str:
    """Revenue by branch and quarter."""
    words = page.words
    measures = words.listed(words.label(page.catalog.measure(m)) for m in cut.measures)
    parts = [words.label(page.catalog.dimension(d)).lower() for d in cut.by]
    if cut.grain:
        parts.append(words.t({"day": N_("day"), "week": N_("week"), "month": N_("month"), "quarter": N_("quarter"), "year": N_("year")}[plain_name(cut.grain)]))
    if not parts:
        return measures
    *rest, last = parts
    joined = words.t(N_("{first} and {last}"), first=words.listed(rest), last=last) if rest else last
    return words.t(N_("{measures} by {dimensions}"), measures=measures, dimensions=joined)


def _sentence(page: Page, found: Pivot, clickable: bool) -> str:
    words = page.words
    money = any(page.catalog.measure(m).unit == "money" for m in found.cut.measures)
    return asking.sentence(page, words.t(N_("totals asked of the database")), words.t(N_("click a cell for its rows")) if clickable else "",
                           asking.period_text(page, found.answer), asking.versus(page, found.answer), page.formats.symbol if money else "")


# Choices -----------------------------------------------------------------------------------------------------
def _tools(page: Page, key: str, found: Pivot, view: View, first: Mode) -> tuple[Mode, str]:
    """Draw the choices over the grid; returns the mode and the measure shown."""
    words, measures = page.words, found.cut.measures
    with st.container(horizontal=True, key=f"head_tools_{key}", vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, key=f"pivot_tools_{key}", vertical_alignment="center"):
            measure = measures[0]
            if len(measures) > 1 and found.column_axis:
                measure = st.selectbox(words.t(N_("Measure")), measures, key=f"measure_{key}", label_visibility="collapsed", width=190,
                                       format_func=lambda m: words.label(page.catalog.measure(m)))
            mode = _mode(page, key, found, view, measure, first)
        _menu(page, key, found, view, mode, measure)
    return mode, measure


def _mode(page: Page, key: str, found: Pivot, view: View, measure: str, first: Mode) -> Mode:
    """Value, change or share; beside it which change and which share, of those that are possible here."""
    words = page.words
    kinds = [k for k in _KINDS if k != "change" or found.compared]
    widget, begin = f"kind_{key}", "value" if first == "value" else "change" if first in CHANGES else "share"
    if st.session_state.get(widget) not in kinds:
        st.session_state[widget] = begin if begin in kinds else "value"
    kind = st.segmented_control(words.t(N_("Show as")), kinds, key=widget, required=True, label_visibility="collapsed", format_func=lambda k: words.t(_KINDS[k]))
    if kind not in ("change", "share"):
        return "value"
    group = CHANGES if kind == "change" else SHARES
    # Where the measures are the columns, a share of the column is one of the total.
    among = [m for m in MODES if m in group and (found.column_axis or m != "share_column")]
    able = [m for m in among if any(not refusal(found, view, m, one) for one in ((measure,) if found.column_axis else found.cut.measures))]
    if len(able) < 2:
        return able[0] if able else among[0]
    fine = f"fine_{kind}_{key}"
    if st.session_state.get(fine) not in able:
        st.session_state[fine] = first if first in able else able[0]
    return st.selectbox(words.t(_KINDS[kind]), able, key=fine, label_visibility="collapsed", width=150, format_func=lambda m: words.t(_FINE[m]))


def _menu(page: Page, key: str, found: Pivot, view: View, mode: Mode, measure: str) -> None:
    """The frame's menu: rows behind, explain, export of the whole pivot (every measure), link."""
    whole = pivot_view(found, view, mode=mode, flat=True)
    name = title(page, found.cut)
    about = _sentence(page, found, False)
    detail = page.words.t(_FINE[whole.mode]) if whole.mode != "value" else ""
    content = Content(sheet=whole.sheet, cut=found.cut, answer=found.answer, measure=measure, number=found.answer.totals.get(measure), only_table=True)
    figure_menu.actions(page, key, name, asking.sentence(page, detail, about), content)


# Grid --------------------------------------------------------------------------------------------------------
def _grid(page: Page, key: str, found: Pivot, table: PivotView, on_cell: Callable[[str], None] | None, chosen: frozenset[str]) -> None:
    columns = table.sheet.columns
    frame_ = pd.DataFrame({c.name: [_cell(page, table, row.get(c.name), c.name) for row in table.sheet.all_rows] for c in columns})
    order = [c.name for c in (reversed(columns) if page.words.rtl else columns)]
    lines = len(table.sheet.all_rows)
    options: dict[str, Any] = {
        "hide_index": True, "row_height": ROW, "column_order": order, "placeholder": "–", "alt": title(page, found.cut),
        "height": "content" if lines <= MOST_SHOWN else ROW * (MOST_SHOWN + 1) + 3,
        "column_config": {c.name: _config(page, c, len(columns)) for c in columns}}
    styled = _styled(page, frame_, table, chosen)
    if on_cell is None:
        st.dataframe(styled, key=f"grid_{key}", **options)
        return
    widget = f"grid_{key}_{_turn(key, chosen)}"

    def picked(entered: bool = False) -> None:
        if by_keys(f"grid_{key}") and not entered:
            return
        cells = st.session_state[widget]["selection"]["cells"]
        mark = table.keys[cells[0][0]].get(str(cells[0][1])) if cells and cells[0][0] < len(table.keys) else None
        if mark is not None:
            st.session_state[f"picked_{key}"] = mark
            on_cell(mark)

    st.dataframe(styled, key=widget, on_select=picked, selection_mode="single-cell", **options)
    grid_keys(f"grid_{key}", widget, lambda: picked(True))


def _turn(key: str, chosen: frozenset[str]) -> int:
    """Part of the grid's key: a new grid, with nothing selected, when its choice has been given up elsewhere. Otherwise it stays
    the same, so that the keyboard keeps its place in it."""
    turns, mine = f"turn_{key}", f"picked_{key}"
    if st.session_state.get(mine) and st.session_state[mine] not in chosen:
        st.session_state[turns] = st.session_state.get(turns, 0) + 1
        del st.session_state[mine]
    return st.session_state.get(turns, 0)


def _cell(page: Page, table: PivotView, value: Any, name: str) -> Any:
    """What the grid holds: it is what people copy out of it, so it is what they read."""
    if name == MEMBER:
        return value
    return MISSING if value is None else float(_value(page, table, name, value))


def _value(page: Page, table: PivotView, name: str, value: Any) -> Any:
    return cell_value(value, page.catalog.measure(table.measures[name]).unit, table.mode, page.formats)


def _config(page: Page, column: Any, count: int) -> Any:
    if column.name == MEMBER:
        # Pinned only where the columns scroll away: it is drawn pale, and always at the left end, not where reading begins at the right.
        pinned = not page.words.rtl and (page.narrow or count > 9)
        return st.column_config.TextColumn(heading(column.head, page.words.rtl), pinned=pinned, width=124 if page.narrow else 170 if count > 7 else None)
    return st.column_config.NumberColumn(heading(column.head, page.words.rtl), width=78 if page.narrow else 104 if count > 12 else None, help=column.help or None)


def _styled(page: Page, frame_: pd.DataFrame, table: PivotView, chosen: frozenset[str]) -> Any:
    look = theme(page.theme)
    catalog, names = page.catalog, [c.name for c in table.sheet.columns]

    short = page.narrow or _wide(page, table) > ROOM

    def said(name: str) -> Callable[[Any], str]:
        unit = catalog.measure(table.measures[name]).unit
        return lambda v: cell_words(None if v <= MISSING else v, unit, table.mode, page.formats, short)

    def colours(_: pd.DataFrame) -> pd.DataFrame:
        rows = [[_css(look, table, i, name, chosen, catalog) for name in names] for i in range(len(frame_))]
        return pd.DataFrame(rows, index=frame_.index, columns=names)

    def with_mark(name: str) -> Callable[[Any], str]:
        text = said(name)
        return lambda v: text(v) if v <= MISSING else text(v) + MARK

    styler = frame_.style.format({n: said(n) for n in table.measures})
    for name in table.measures:
        some = [i for i, rests in enumerate(table.rests) if level(rests.get(name)) == "some"]
        if some:
            styler = styler.format(with_mark(name), subset=pd.IndexSlice[some, [name]])
    return styler.apply(colours, axis=None) if frame_.size <= MOST_TINTED else styler


def _wide(page: Page, table: PivotView) -> float:
    """About how many pixels the grid needs for numbers in full; the total row has the longest of what adds up."""
    names = max(len(str(row[MEMBER])) for row in table.sheet.all_rows)
    letters = [max(len(column.head), *(len(cell_words(_value(page, table, column.name, row.get(column.name)), page.catalog.measure(table.measures[column.name]).unit, table.mode, page.formats))
                                       for row in (*table.sheet.all_rows[:1], *table.sheet.all_rows[-1:]))) for column in table.sheet.columns if column.name != MEMBER]
    return min(names, 24) * LETTER + PADDING + sum(n * LETTER + PADDING for n in letters)


def _css(look: Theme, table: PivotView, row: int, name: str, chosen: frozenset[str], catalog: Any) -> str:
    mark = table.keys[row].get(name)
    if mark is not None and mark in chosen and name != MEMBER:
        return f"background-color: {look.accent}; color: {ink_on(look.accent)}"
    if table.rests and level(table.rests[row].get(name)) == "few":
        # Too few to compare: neither tinted nor dark.
        return f"color: {look.muted}; font-style: italic" + (f"; background-color: {total_tint(look)}" if row == len(table.sheet.rows) else "")
    value = table.sheet.all_rows[row].get(name)
    if row == len(table.sheet.rows) or name == table.total_column or row in table.subtotals:
        return f"background-color: {total_tint(look)}; color: {look.ink}"
    if name == MEMBER:
        return f"color: {look.ink}"
    strength = table.strengths[row].get(name)
    if not value or strength is None:
        return f"color: {look.muted}" if not value else ""
    measure = table.measures[name]
    judged = catalog.measure(measure).better in ("up", "down")
    colour = tint(look, strength, judged and measure in table.diverging)
    return f"background-color: {colour}" if colour else ""


def total_tint(look: Theme) -> str:
    return "#F3F5F8" if look.name == "light" else "#1F2630"


def tint(look: Theme, strength: float, judged: bool = False) -> str:
    """The ground of a cell, light enough for its number to be read; teal and orange (never green and red) where it is a judgement."""
    if abs(strength) < 0.04:
        return ""
    hue = look.accent if strength > 0 and not judged else look.comparison if not judged else look.good if strength > 0 else look.bad
    return blend(look.surface, hue, 0.04 + (0.30 if look.name == "light" else 0.36) * abs(strength))
