"""Writing about a customer: a note, a task with who does it until when, a decision; and marking one as done."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import Profile
from crm_data.analysis.keeping import (
    MOST_NOTE,
    MOST_TASK,
    add_decision,
    add_note,
    add_task,
    finish_decision,
    finish_task,
)
from crm_data.errors import N_, MabatError
from pages.parts.days import Entered, day_input, given
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def note_dialog(page: Page, who: Profile) -> None:
    st.dialog(page.words.t(N_("Note about {name}"), name=md(who.name)))(note_body)(page, who)


def task_dialog(page: Page, who: Profile) -> None:
    st.dialog(page.words.t(N_("Task for {name}"), name=md(who.name)))(task_body)(page, who)


def decision_dialog(page: Page, who: Profile) -> None:
    st.dialog(page.words.t(N_("Decision about {name}"), name=md(who.name)))(decision_body)(page, who)


def note_body(page: Page, who: Profile) -> None:
    words = page.words
    with st.form("note_form", border=False):
        text = st.text_area(words.t(N_("What should be remembered")), max_chars=MOST_NOTE, height=140, key="note_text")
        if st.form_submit_button(words.t(N_("Save note")), type="primary"):
            saved(page, lambda: add_note(page.appdb, page.user, who.key, text, page.today))


def task_body(page: Page, who: Profile) -> None:
    words = page.words
    with st.form("task_form", border=False):
        text = st.text_area(words.t(N_("What is to be done")), max_chars=MOST_TASK, height=100, key="task_text")
        owner, due = _owner_and_day(page, who)
        if st.form_submit_button(words.t(N_("Save task")), type="primary"):
            saved(page, lambda: add_task(page.appdb, page.user, who.key, text, given(due), owner))


def decision_body(page: Page, who: Profile) -> None:
    words = page.words
    with st.form("decision_form", border=False):
        text = st.text_area(words.t(N_("What was decided")), max_chars=MOST_NOTE, height=100, key="decision_text")
        owner, due = _owner_and_day(page, who)
        if st.form_submit_button(words.t(N_("Save decision")), type="primary"):
            saved(page, lambda: add_decision(page.appdb, page.user, who.key, text, given(due), owner))


def _owner_and_day(page: Page, who: Profile) -> tuple[str, Entered]:
    """Who does it (whoever writes and whoever looks after the customer are offered), and until when."""
    words, writer = page.words, getattr(page.user, "full_name", "") or page.user.name
    offered = list(dict.fromkeys(name for name in (writer, who.owner) if name))
    with st.container(horizontal=True, key="who_and_when"):
        owner = st.selectbox(words.t(N_("Who")), offered, key="task_owner", accept_new_options=True, width="stretch")
        due = day_input(page, words.t(N_("Until")), None, "task_due")
    return (owner or "")[:200], due


def done(page: Page, key: str, what: str, number: int) -> None:
    """Mark a task or decision as done and draw the page anew."""
    saved(page, lambda: (finish_task if what == "task" else finish_decision)(page.appdb, page.user, key, number))


def saved(page: Page, write: Callable[[], object]) -> None:
    """Write; what is wrong is said where one is, else the page is drawn anew with what was written."""
    try:
        write()
    except MabatError as error:
        st.warning(page.words.error(error))
        return
    st.rerun()
