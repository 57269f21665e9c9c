"""Tables of the Targets page: people, other dimensions of the indicator shown, and all other targets."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_store import GROUP
from crm_data.analysis.targets import Progress
from crm_data.errors import N_
from crm_data.output.tables import Sheet
from pages.parts.figure import Content, frame
from pages.parts.table import table
from pages.parts.target_figures import other_sheet, progress_sheet
from pages.parts.target_view import View, key_of
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_ROWS = 12
Opener = Callable[[str], None]


def second_of(view: View, shown: Sequence[Progress]) -> dict[str, Progress]:
    """The owners' targets of one more indicator in the same period, shown beside the first."""
    rest = [p for p in shown if p.goal.dimension == "owner" and p.goal.measure != view.measure.name and (p.goal.first, p.goal.last) == (view.period.first, view.period.last)]
    return {p.goal.member: p for p in rest if p.goal.measure == rest[0].goal.measure}


def owners_content(page: Page, view: View, shown: Sequence[Progress], owners: list[Progress], opened: Opener) -> Content:
    """People by their gap at landing, the furthest behind first; a long list begins with the first of them."""
    words, firm = page.words, view.board.places
    owners = sorted(owners, key=lambda p: ((p.pace.landing or 0) - p.pace.target) if p.pace.landing is not None else -p.pace.target)
    beside = {name: firm.names.get(home, "") if home is not None else "" for name, home in firm.staff_branch.items()}
    second = second_of(view, shown)
    further = next(iter(second.values())).goal.measure if second else ""
    sheet = progress_sheet(page, owners, view.measure, words.t(N_("Owner")), view.flows, beside, second, words.label(page.catalog.measure(further)) if further else "")
    named = " & ".join([words.label(view.measure), *([words.label(page.catalog.measure(further))] if further else [])])
    sentence = " · ".join([words.t(N_("{measures}, {period}"), measures=named, period=page.formats.period(view.period.first, min(view.board.on, view.period.last))),
                           words.t(N_("sorted by gap at landing")) if view.flows else words.t(N_("sorted by target")),
                           words.n("{n} owner with a target", "{n} owners with a target", len(owners), n=page.formats.count(len(owners)))])
    keys = tuple(key_of(p.goal) for p in owners)
    if len(owners) <= MOST_ROWS:
        return Content(sheet=sheet, only_table=True, sentence=sentence, on_click=opened, row_keys=keys)

    def first_ones() -> None:
        table(page, "owners_first", Sheet(sheet.columns, sheet.rows[:MOST_ROWS]), on_row=lambda i: opened(keys[i]), alt=sentence)
        st.caption(md(words.t(N_("The first {n}; “Table” in the menu shows all {all}."), n=page.formats.count(MOST_ROWS), all=page.formats.count(len(owners)))))
    return Content(sheet=sheet, draw=first_ones, sentence=sentence, on_click=opened, row_keys=keys)


def dimension_tables(page: Page, view: View, shown: Sequence[Progress], opened: Opener, least: int = 3) -> dict[str, list[Progress]]:
    """Targets of the indicator and period by any other dimension (customer type, category ...), two tables beside each other."""
    found: dict[str, list[Progress]] = {}
    for p in shown:
        if p.goal.dimension not in ("", "branch", "owner", GROUP) and p.goal.measure == view.measure.name and (p.goal.first, p.goal.last) == (view.period.first, view.period.last):
            found.setdefault(p.goal.dimension, []).append(p)
    found = {name: sorted(group, key=lambda p: -p.pace.target) for name, group in found.items() if len(group) >= least}
    names = list(found)
    for pair in (names[i:i + 2] for i in range(0, len(names), 2)):
        for column, name in zip(st.columns(2), pair, strict=False):
            with column:
                head = page.words.label(page.catalog.dimension(name))
                sheet = progress_sheet(page, found[name], view.measure, head, view.flows, compact=True)
                sentence = page.words.t(N_("{measures}, {period}"), measures=page.words.label(view.measure),
                                        period=page.formats.period(view.period.first, min(view.board.on, view.period.last)))
                frame(page, f"by_{name}", page.words.t(N_("Targets by {dimension}"), dimension=head.lower()), sentence,
                      Content(sheet=sheet, only_table=True, on_click=opened, row_keys=tuple(key_of(p.goal) for p in found[name])))
    return found


def grouped(others: Sequence[Progress], view: View, most: int = 3) -> list[list[Progress]]:
    """Targets not drawn above: those of the indicator and period shown one by one, of others several of a dimension together."""
    def near(p: Progress) -> bool:
        return (p.goal.measure, p.goal.first, p.goal.last) == (view.measure.name, view.period.first, view.period.last)
    groups: dict[tuple, list[Progress]] = {}
    for p in sorted(others, key=lambda p: (not near(p), p.goal.measure != view.measure.name, p.label, p.goal.first, p.goal.last, p.goal.dimension, p.goal.member)):
        groups.setdefault((p.goal.measure, p.goal.first, p.goal.last, p.goal.dimension), []).append(p)
    return [part for group in groups.values() for part in ([group] if len(group) > most and not near(group[0]) else [[p] for p in group])]


def others_content(page: Page, groups: Sequence[Sequence[Progress]], opener: Opener) -> Content:
    """Targets not drawn above; a row of several opens them as the page's indicator and period."""
    words, many = page.words, sum(map(len, groups))
    sentence = words.n("{n} more target that holds on {day}", "{n} more targets that hold on {day}", many, n=page.formats.count(many),
                       day=page.formats.day(min(page.period.last, page.warehouse.as_of)))
    keys = {key_of(group[0].goal): group for group in groups}

    def opened(key: str) -> None:
        if len(keys[key]) == 1:
            opener(key)
        else:
            st.query_params["measure"], st.query_params["of"] = keys[key][0].goal.measure, keys[key][0].goal.period.to_text()
    return Content(sheet=other_sheet(page, groups), only_table=True, sentence=sentence, on_click=opened, row_keys=tuple(keys))
