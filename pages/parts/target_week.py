"""What was expected a week ago for today, against what happened: a sentence, and a table of the members."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_course import cut_of
from crm_data.analysis.target_week import Week, WeekBoard
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.table import table
from pages.parts.target_view import View, key_of, whose
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_ROWS = 12


def week_words(page: Page, unit: str, found: WeekBoard | None) -> str:
    """Last week we expected X by today; it is Y. Empty where nothing was expected."""
    if found is None or found.whole.by_today is None:
        return ""
    value = page.formats.value
    return page.words.t(N_("Last week we expected {expected} by today; it is {actual}."), expected=value(found.whole.by_today, unit), actual=value(found.whole.reached, unit))


def week_content(page: Page, view: View, found: WeekBoard | None, on_click: Callable[[str], None]) -> Content:
    """Each member's week; a row opens its target."""
    words = page.words
    if found is None or found.whole.by_today is None or view.whole is None:
        return Content(empty=Empty(words.t(N_("Nothing was expected a week ago")), words.t(N_("The period had only begun then; a rate says nothing in its first tenth.")),
                                   ":material/calendar_today:"))
    unit = view.whole.unit
    if page.narrow or found.whole.landing_then is None:
        sentence = week_words(page, unit, found)
    else:
        sentence = week_words(page, unit, found) + " " + words.t(N_("Landing then {then}, now {now}."), then=page.formats.value(found.whole.landing_then, unit), now=page.formats.value(found.whole.landing, unit))
    keys = tuple(key_of(line.one.goal) if line.one else "" for line in found.lines)

    def opened(key: str) -> None:
        if key:
            on_click(key)
    notes = (words.t(N_("Expected is what the rate of a week ago, {day}, makes of today, by each member’s own working days; the whole is the sum of its members."),
                     day=page.formats.day(found.then)), words.t(N_("The past is reckoned from the data as they stand now.")))
    sheet = week_sheet(page, view, found)
    whole = Content(sheet=sheet, only_table=True, sentence=sentence, on_click=opened, row_keys=keys, cut=cut_of(view.whole, view.board.on, view.board.places), notes=notes)
    if len(sheet.rows) <= MOST_ROWS:
        return whole
    # The furthest from what was expected, where there are many.
    first = sorted(range(len(sheet.rows)), key=lambda i: -abs(found.lines[i].difference or 0.0))[:MOST_ROWS]

    def first_ones() -> None:
        table(page, "week_first", Sheet(sheet.columns, tuple(sheet.rows[i] for i in first), sheet.total), on_row=lambda i: opened(keys[first[i]]), alt=sentence)
        st.caption(md(words.t(N_("The {n} furthest from it; “Table” in the menu shows all {all}."), n=page.formats.count(MOST_ROWS), all=page.formats.count(len(keys)))))
    return replace(whole, only_table=False, draw=first_ones)


def week_sheet(page: Page, view: View, found: WeekBoard) -> Sheet:
    """Members and the whole: expected by today, reached, the difference; and the landings then and now."""
    words, unit, whole = page.words, view.whole.unit if view.whole else "number", view.whole
    sign = f" {page.formats.symbol}" if unit == "money" else ""
    better = whole.better if whole is not None and whole.better != "none" else "up"
    narrow = page.narrow
    columns = (Column("name", words.t(N_("Whose")), width=92 if narrow else 124),
               Column("by_today", words.t(N_("Expected")) + sign, "number" if unit == "count" else unit, width=80 if narrow else 84, help=words.t(N_("What the rate of a week ago made of today."))),
               Column("reached", words.t(N_("Reached")) + sign, unit, width=80 if narrow else 84), Column("difference", words.t(N_("Difference")), "change", better=better, width=78),
               Column("landing_then", words.t(N_("Landing then")), unit, quiet=True, wide_only=True, width=92), Column("landing", words.t(N_("Landing now")), unit, wide_only=True, width=92))

    def row(name: str, line: Week) -> dict[str, object]:
        return {"name": name, "by_today": line.by_today, "reached": line.reached, "difference": line.difference / line.by_today if line.by_today and line.difference is not None else None,
                "landing_then": line.landing_then, "landing": line.landing}
    rows = tuple(row(whose(page, line.one.goal) if line.one else words.t(N_("Without a target")), line) for line in found.lines)
    return Sheet(columns, rows, row(words.t(N_("Total")), found.whole) if rows else None)
