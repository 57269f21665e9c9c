"""Ready-made questions as buttons of one line each: a click shows the answer in Explore."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.questions import Question, ready
from crm_data.errors import N_
from pages.parts import asking, explore_state

if TYPE_CHECKING:
    from pages.parts.context import Page

ICONS = {"contacted": ":material/call:", "main": ":material/forum:", "age": ":material/cake:", "best": ":material/trophy:", "largest": ":material/trophy:", "brings": ":material/payments:",
         "how": ":material/call_made:", "habit": ":material/repeat:", "by": ":material/groups:"}


def questions_of(page: Page) -> tuple[Question, ...]:
    """The questions this viewer's data can answer."""
    def find() -> tuple[Question, ...]:
        return ready(page.catalog, asking.rows_by_table(page), lambda dimension: asking.splits(page, dimension))
    return asking.kept("ready_questions", page, find)  # type: ignore[return-value]


def ready_questions(page: Page) -> None:
    """Draw them; on Explore, whose address a click writes."""
    found = questions_of(page)
    if not found:
        return
    with st.container(key="ready_questions", gap="small"):
        st.caption(page.words.t(N_("Questions other firms ask, answered of your customers over the last 12 months")))
        with st.container(horizontal=True, key="ready_list", gap="small"):
            for question in found:
                st.button(page.words.t(question.text), key=f"ready_{question.name}", icon=ICONS.get(question.name.split("_")[0]), on_click=_show, args=(page, question))


def _show(page: Page, question: Question) -> None:
    st.session_state["ready_chosen"] = st.session_state.get("ready_chosen", 0) + 1
    explore_state.put(question.cut(page.catalog), question.figure)
