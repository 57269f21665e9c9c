"""A ``Sheet`` on the screen: numbers stay numbers (sorting), their texts, arrows and colours are put on by a Styler."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from crm_data.errors import N_
from crm_data.output.charts import Theme, theme
from crm_data.output.formats import plain
from crm_data.output.tables import Column, Sheet, cell_text, head_of, tone
from pages.parts.grid_keys.component import by_keys, grid_keys
from pages.parts.text import heading

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Stands for "not known" in a column of numbers: the grid prints None otherwise.
#: Within what a browser counts exactly.
MISSING = -1e15
#: Ends the name of the column that holds a bar alone.
_BAR = " (bar)"
#: Column widths on a phone, so that name, value and change stand side by side; others 92.
_PHONE = {"text": 142, "link": 142, "change": 82, "points": 82, "difference": 82, "rank": 40, "move": 60}
#: What a table has on a phone of 390.
_PHONE_WIDTH = 338
_NUMBERS = frozenset({"money", "count", "number", "share", "part", "change", "points", "difference", "days", "hours", "minutes", "years", "score", "tenth", "rank", "move"})


def table(page: Page, key: str, sheet: Sheet, *, on_row: Callable[[int], None] | None = None, on_cell: Callable[[int, str], None] | None = None,
          height: str | int = "content", alt: str = "") -> None:
    """Draw a sheet. ``on_row`` gets the number of the row whose cell is chosen (keyboard or mouse), ``on_cell`` its column's name too;
    the total row is not chosen."""
    look = theme(page.theme)
    columns = [shown for c in sheet.columns if not (c.wide_only and page.narrow) for shown in _in_digits(c, page)]
    columns = _whole(columns) if page.narrow else columns
    frame = pd.DataFrame({c.name: _cells(c, sheet, page) for c in columns})
    order = [c.name for c in (reversed(columns) if page.words.rtl else columns)]
    options: dict[str, Any] = {
        "hide_index": True, "row_height": 36, "height": height, "column_order": order, "alt": alt or None, "placeholder": "–",
        "column_config": {c.name: _config(c, sheet, look, page) for c in columns}}
    styled = _styled(frame, columns, sheet, page, look)
    if on_row is None and on_cell is None:
        st.dataframe(styled, key=key, **options)
        return
    turns = f"turn_{key}"
    widget = f"{key}_{st.session_state.get(turns, 0)}"

    def chosen(entered: bool = False) -> None:
        if by_keys(key) and not entered:
            return
        cells = st.session_state[widget]["selection"]["cells"]
        if cells and cells[0][0] < len(sheet.rows):
            st.session_state[turns] = st.session_state.get(turns, 0) + 1
            if on_cell is not None:
                on_cell(cells[0][0], str(cells[0][1]).removesuffix(_BAR))
            elif on_row is not None:
                on_row(cells[0][0])

    st.dataframe(styled, key=widget, on_select=chosen, selection_mode="single-cell", **options)
    grid_keys(key, widget, lambda: chosen(True))


def _whole(columns: list[Column]) -> list[Column]:
    """On a phone the columns seen first fill the width, so that none is cut: half a number reads as another number. The rest is scrolled to."""
    widths = [c.width or _PHONE.get(c.kind, 92) for c in columns]
    seen = next((n for n in range(len(widths), 0, -1) if sum(widths[:n]) <= _PHONE_WIDTH), 1)
    if seen == len(columns):
        return columns
    wide = next((i for i, c in enumerate(columns[:seen]) if c.kind in ("text", "link")), 0)
    widths[wide] += max(0, _PHONE_WIDTH - sum(widths[:seen]))
    return [replace(c, width=width) for c, width in zip(columns, widths, strict=True)]


def _in_digits(column: Column, page: Page) -> list[Column]:
    """A bar writes its number itself, with 0 to 9. Whoever wants other digits has the number in a column and the bar, without one, beside it
    (on a phone the number alone)."""
    if not column.bar or page.formats.digits == "latin":
        return [column]
    bar = replace(column, name=column.name + _BAR, head=" ", help="", width=column.width and max(column.width - 62, 48))
    return [replace(column, bar=False, width=column.width if page.narrow else 72), *([] if page.narrow else [bar])]


def _cells(column: Column, sheet: Sheet, page: Page) -> list[Any]:
    """What the grid holds: it is what people copy out of it and what bars are drawn by, so amounts are in the unit told."""
    values = [row.get(column.name.removesuffix(_BAR)) for row in sheet.all_rows]
    if column.kind == "money":
        values = [page.formats.shown(v) for v in values]
    if column.bar and column.kind in ("part", "share"):
        return [None if v is None else float(v) * 100 for v in values]
    if column.kind in _NUMBERS:
        return [MISSING if v is None or v != v else float(v) for v in values]
    if column.kind == "trend":
        return [[float(x) if x is not None else 0.0 for x in v] if v is not None else [] for v in values]
    if column.kind == "date":
        return [v if v is not None else None for v in values]
    if column.kind == "class":
        return [[plain(v)] if v else [] for v in values]
    return ["" if v is None else plain(v) for v in values]


def _head(column: Column, sheet: Sheet, page: Page) -> str:
    """What stands over a column; the unit of amounts where no other head that is seen says it: there is little room."""
    said = any(c.kind == "money" and page.formats.symbol in c.head for c in sheet.columns if not (c.wide_only and page.narrow))
    return column.head if said or column.name.endswith(_BAR) else head_of(column, page.formats)


def _config(column: Column, sheet: Sheet, look: Theme, page: Page) -> Any:
    width = column.width or (_PHONE.get(column.kind, 92) if page.narrow else None)
    shared = {"label": heading(_head(column, sheet, page), page.words.rtl), "width": width, "help": column.help or None}
    kinds = st.column_config
    if column.kind == "trend":
        return kinds.LineChartColumn(**shared, color=look.comparison)
    if column.bar and column.kind in ("part", "share"):
        return kinds.ProgressColumn(**shared, format=" " if column.name.endswith(_BAR) else "%.0f%%", min_value=0, max_value=100, color=look.comparison if column.quiet else look.accent)
    if column.bar:
        top = max([abs(v) for v in _cells(column, sheet, page)[:len(sheet.rows)] if v > MISSING] or [1.0]) or 1.0
        return kinds.ProgressColumn(**shared, format=" " if column.name.endswith(_BAR) else "compact", min_value=0, max_value=top * 1.02, color=look.comparison if column.quiet else look.accent)
    if column.kind == "class":
        return kinds.MultiselectColumn(**shared, options=["A", "B", "C", "D"], color=[look.accent, "#64748B", look.comparison_soft, look.bad])
    if column.kind == "link":
        return kinds.LinkColumn(**shared, display_text=r"#(.+)$")
    if column.kind == "date":
        # Without a format of its own, so that it shows what the Styler says; it sorts by the day itself.
        return kinds.DateColumn(**shared, alignment="right" if page.words.rtl else None)
    return kinds.NumberColumn(**shared) if column.kind in _NUMBERS else kinds.TextColumn(**shared)


def _styled(frame: pd.DataFrame, columns: list[Column], sheet: Sheet, page: Page, look: Theme) -> Any:
    formats = page.formats
    plain_text = [c for c in columns if c.kind in _NUMBERS and not c.bar]

    def shown(column: Column) -> Callable[[Any], str]:
        def text(value: Any) -> str:
            if value is None or value <= MISSING:
                return page.words.t(N_("new")) if column.kind == "move" else "–"
            if column.kind == "money":
                # The currency stands in the head; the grid holds the amount as it is told.
                return formats.bare(value)
            if column.kind in ("rank", "count"):
                return formats.count(value, full=True)
            if column.kind == "move":
                return ("↑ " if value > 0 else "↓ " if value < 0 else "· ") + (formats.count(abs(value)) if value else "")
            return cell_text(column, value, formats)
        return text

    days = {c.name: lambda v: formats.day_figures(v) if isinstance(v, date) and v == v else "" for c in columns if c.kind == "date"}
    styler = frame.style.format({c.name: shown(c) for c in plain_text} | days)
    for column in plain_text:
        if column.kind in ("change", "points", "difference", "move"):
            styler = styler.map(lambda v, c=column: f"color: {look.tone(tone(c, v)) if v > MISSING else look.accent if c.kind == 'move' else look.muted}", subset=[column.name])
        elif column.quiet:
            styler = styler.map(lambda _: f"color: {look.muted}", subset=[column.name])
    if any(row.get("_quiet") for row in sheet.rows):
        quiet = [row.get("_quiet") or () for row in sheet.all_rows]
        styler = styler.apply(lambda row: [f"color: {look.muted}" if quiet[row.name] is True or (quiet[row.name] and c in quiet[row.name]) else "" for c in row.index], axis=1)
    if sheet.total is not None:
        last = len(frame) - 1
        tint = "#F3F5F8" if look.name == "light" else "#1F2630"
        styler = styler.apply(lambda row: [f"background-color: {tint}" if row.name == last else ""] * len(row), axis=1)
    return styler
