"""Explore: any measures by any dimensions, as a figure and a table; everything in them is a door to the next question."""
from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.intervals import answered
from crm_data.cuts.cut import Filter
from crm_data.errors import N_, MabatError
from pages.parts.ask_line import ask_line
from pages.parts.caution import caution_line
from pages.parts.empty import Empty
from pages.parts.explore_builder import builder
from pages.parts.explore_condition import condition_button
from pages.parts.explore_figure import chooser, figure_content, is_empty, problem, safely, title_of
from pages.parts.explore_paths import marks, only
from pages.parts.explore_state import Explored, put, read
from pages.parts.explore_strip import chosen_name, strip
from pages.parts.figure import Content, frame
from pages.parts.filter_bar import filter_bar
from pages.parts.page_head import page_head
from pages.parts.pivot_table import pivot_table
from pages.parts.ready_questions import ready_questions
from pages.parts.saved_menu import saved_menu
from pages.parts.text import md
from pages.parts.why import why_panel

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_WARNINGS = 3
_WHY = "explore_why_open"


def render(page: Page) -> None:
    """Draw the page."""
    page, explored = read(page)
    page_head(page, N_("Explore"), "explore")
    for wrong in explored.wrong[:MOST_WARNINGS]:
        st.warning(md(page.words.error(wrong)), icon=":material/link_off:")
    with st.container(border=True, key="frame_asking"):
        asking = st.container(horizontal=True, key="explore_ask", vertical_alignment="top", gap="small")
        # On a phone the answer comes first: what is asked stands in one line that opens.
        with st.expander(title_of(page, explored.cut), icon=":material/tune:", key="explore_fold") if page.narrow else nullcontext():
            builder(page, explored)
            if page.narrow:
                condition_button(page, explored)
        with st.container(horizontal=True, key="explore_filters", gap="small", vertical_alignment="center"):
            filter_bar(page)
            if not page.narrow:
                condition_button(page, explored)
    if explored.at and _holds(page, explored):
        strip(page, explored)
    with st.container(key="explore_pair"):
        frame(page, "figure", title_of(page, explored.cut), content=lambda: safely(lambda: figure_content(page, explored), explored.cut, page))
        _table(page, explored)
    # Filled in when the answer is on screen: the words it knows may have to be gathered first.
    with asking:
        _ask_line(page, explored)
    _beneath(page, explored)


def _ask_line(page: Page, explored: Explored) -> None:
    """One line to ask in words; beside it the questions that stand ready, and the cuts that were saved."""
    with st.container(key="explore_line"):
        ask_line(page, explored.cut)
    if explored.given:
        # Under a new key once one was chosen: it closes.
        with st.container(key="explore_ready", width="content"), st.popover(
                page.words.t(N_("Ready questions")), icon=":material/lightbulb:", key=f"ready_menu_{st.session_state.get('ready_chosen', 0)}", width="content"):
            ready_questions(page)
    saved_menu(page, explored.cut, explored.fig)


def _table(page: Page, explored: Explored) -> None:
    """The same numbers as a table; a cell chosen by key or mouse acts as a mark of the figure."""
    if _holds(page, explored):
        pivot_table(page, explored.cut, on_cell=chooser(explored), chosen=marks(explored.at))
        return
    words = page.words
    nothing = Empty(words.t(N_("Nothing to list")), words.t(N_("See what is said beside this.")), ":material/table_rows:")
    frame(page, "pivot", title_of(page, replace(explored.cut, compare="none")), content=Content(empty=nothing))


def _holds(page: Page, explored: Explored) -> bool:
    """Whether the question can be asked and has an answer; why not is said in the figure's place."""
    try:
        return problem(page, explored.cut) is None and not is_empty(answered(explored.cut, page.warehouse, scope=page.scope))
    except MabatError:
        return False


def _beneath(page: Page, explored: Explored) -> None:
    if not _holds(page, explored):
        return
    _why(page, explored)
    caution_line(page, answered(explored.cut, page.warehouse, scope=page.scope))
    if not explored.given:
        ready_questions(page)


def _why(page: Page, explored: Explored) -> None:
    """What the change is made of: of what is chosen, else of the whole. Computed only when it was asked for."""
    if explored.cut.compare == "none":
        return
    if st.session_state.get(_WHY):
        def narrow(member: Filter) -> None:
            filters = tuple(f for f in explored.cut.filters if f.dimension != member.dimension)
            put(replace(explored.cut, filters=(*filters, member)), explored.fig)
        why_panel(page, only(explored.cut, explored.at), explored.cut.measures[0], chosen=chosen_name(page, explored), on_narrow=narrow)
        return
    name = chosen_name(page, explored)
    label = page.words.t(N_("Why did it change?")) + (f" · {md(name)}" if name else "")
    st.button(label, key="explore_why", icon=":material/troubleshoot:", on_click=lambda: st.session_state.update({_WHY: True}))
