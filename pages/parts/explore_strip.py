"""What is chosen in a figure or table: its name, its number, and the ways on. One click clears it."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.cut import describe_filter
from crm_data.cuts.periods import plain_name
from crm_data.errors import N_, MabatError
from pages.parts import asking, rows_dialog
from pages.parts.explore_figure import chosen_number
from pages.parts.explore_paths import Step, bucket_of, members_of, one_number, only, steps
from pages.parts.explore_state import Explored, put
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

STEP_WORDS = {"year": N_("By year"), "quarter": N_("By quarter"), "month": N_("By month"), "week": N_("By week"), "day": N_("By day")}
MOST_NUMBERS = 3


def chosen_name(page: Page, explored: Explored) -> str:
    """What is chosen, in words: "Haifa · 2026 Q3"."""
    names = [page.words.member(f.dimension, f.values[0]) if f.values else describe_filter(f, page.words, page.catalog) for f in members_of(explored.at)]
    start = bucket_of(explored.at)
    return page.words.in_line([*names, *([page.formats.bucket(start, explored.cut.grain)] if start and explored.cut.grain else [])])


def strip(page: Page, explored: Explored) -> None:
    """Draw the strip; nothing when nothing is chosen."""
    if not explored.at:
        return
    with st.container(horizontal=True, key="explore_strip", vertical_alignment="center", gap="small"):
        st.button(_label(page, explored), key="explore_clear", icon=":material/ads_click:", help=page.words.t(N_("Let go of what is chosen")), on_click=put,
                  args=(explored.cut, explored.fig))
        try:
            numbers = [(m, *chosen_number(page, explored, m)) for m in explored.cut.measures[:MOST_NUMBERS]]
        except MabatError as error:
            st.caption(md(page.words.error(error)))
            return
        st.markdown(_numbers(page, explored, numbers), width="content")
        st.space("stretch")
        _rows(page, explored, numbers)
        _steps(page, explored)
        st.button(page.words.t(N_("Only this")), key="explore_only", icon=":material/filter_alt:", on_click=put, args=(only(explored.cut, explored.at), explored.fig),
                  help=page.words.t(N_("Turns what is chosen into filters of the whole page")))


def _label(page: Page, explored: Explored) -> str:
    return f"{md(chosen_name(page, explored))} ✕"


def _numbers(page: Page, explored: Explored, numbers: list[tuple]) -> str:
    """The numbers chosen with their changes, and what they are compared with, said once."""
    words, texts, compared = page.words, [], False
    for measure, now, before in numbers:
        about = page.catalog.measure(measure)
        delta = page.formats.delta(now, before, about.unit, about.better)
        name = "" if len(numbers) == 1 else f"{md(words.label(about))} "
        text = f"{name}**{md(page.formats.value(now, about.unit, True))}**"
        if explored.cut.compare != "none" and delta.full:
            colour = {"good": "green", "bad": "red"}.get(delta.tone)
            text += f" :{colour}[{md(delta.full)}]" if colour else f" {md(delta.full)}"
            compared = True
        texts.append(text)
    than = words.t(N_("than last year") if explored.cut.compare == "last_year" else N_("than the period before")) if compared else ""
    return " · ".join(texts) + (f" {md(than)}" if than else "")


def _rows(page: Page, explored: Explored, numbers: list[tuple]) -> None:
    """The primary button: the rows that add up to the number; with several measures it asks whose."""
    words, values = page.words, {m: now for m, now, _ in numbers}
    chosen = None
    if len(values) == 1:
        chosen = next(iter(values)) if st.button(words.t(N_("Rows behind")), key="explore_rows", type="primary", icon=":material/table_rows:") else None
    else:
        chosen = st.menu_button(words.t(N_("Rows behind")), list(values), key="explore_rows", type="primary", icon=":material/table_rows:",
                                format_func=lambda m: words.label(page.catalog.measure(m)))
    if chosen:
        rows_dialog.open_rows(page, "explore", chosen_name(page, explored), one_number(explored.cut, explored.at, chosen), chosen, values[chosen])


def _steps(page: Page, explored: Explored) -> None:
    for place, step in enumerate(steps(explored.cut, explored.at, page.catalog, personal=page.scope.personal, told=_told(page))):
        st.button(_step_name(page, step), key=f"explore_step_{place}", icon=":material/arrow_downward:", on_click=put, args=(step.cut,))


def _step_name(page: Page, step: Step) -> str:
    if step.time:
        return page.words.t(STEP_WORDS[plain_name(step.to)])
    return page.words.t(N_("By {name}"), name=page.words.label(page.catalog.dimension(step.to)).lower())


def _told(page: Page) -> set[str] | None:
    """Dimensions the data can tell apart, from the size of its tables alone."""
    rows = asking.rows_by_table(page)
    tables = {"branch": "branch", "branch_region": "branch", "owner": "staff", "team": "staff", "product": "product", "product_category": "product_category", "campaign": "campaign"}
    return {d for d in page.catalog.dimensions if d not in tables or rows.get(tables[d], 2) > 1}
