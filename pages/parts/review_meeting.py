"""The meeting itself: a new one, its title and people, closing it, and the list of old ones."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.accounts.users import all_users
from crm_data.analysis.meetings import change_review, create_review, delete_review
from crm_data.analysis.review import LONGEST_TITLE, Review
from crm_data.errors import N_, MabatError
from crm_data.output.formats import plain
from pages.parts import review_state
from pages.parts.days import day_input, given
from pages.parts.review_data import close, store
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_LISTED = 60


def name_of(page: Page, review: Review) -> str:
    """A meeting's own title, or "Weekly review", with its day."""
    return page.words.t(N_("{title}, {day}"), title=plain(review.title) or page.words.t(N_("Weekly review")), day=page.formats.day(review.held_on))


# A new one ------------------------------------------------------------------------------------------------------
def new_dialog(page: Page, last: Review | None) -> None:
    st.dialog(page.words.t(N_("New review")), width="medium")(new_body)(page, last)


def new_body(page: Page, last: Review | None = None) -> None:
    words = page.words
    day = day_input(page, words.t(N_("Day of the meeting")), max(date.today(), page.today), "review_day")
    title = st.text_input(words.t(N_("Title")), key="review_title", max_chars=LONGEST_TITLE, placeholder=words.t(N_("Weekly review")))
    people = _people(page, last.participants if last else ())
    same = last is not None and st.checkbox(words.t(N_("The agenda of the last meeting")), value=True, key="review_same", help=words.t(N_("Otherwise the usual one is made, with the saved cuts pinned to the review.")))
    if st.button(words.t(N_("Start the review")), type="primary", key="review_start"):
        try:
            made = create_review(page.appdb, page.user, store(), held_on=given(day), title=title, participants=people,
                                 agenda=last.agenda if same and last is not None else None, calendar=page.formats.calendar)
        except MabatError as error:
            st.warning(words.error(error))
            return
        review_state.go(review=made.id)
        st.rerun()


def _people(page: Page, chosen: Sequence[str], number: int = 0) -> list[str]:
    """Who takes part. Administrators, who know the users, are offered them; anybody types names."""
    known = [u.full_name or u.name for u in all_users(page.appdb)] if page.user.administers else [page.user.full_name or page.user.name]
    return st.multiselect(page.words.t(N_("Participants")), list(dict.fromkeys([*chosen, *known])), default=list(chosen), key=f"review_people_{number}", accept_new_options=True,
                          placeholder=page.words.t(N_("None; choose or type a new one")))


# One that is there ----------------------------------------------------------------------------------------------
def edit_dialog(page: Page, review: Review) -> None:
    st.dialog(page.words.t(N_("Title and participants")), width="medium")(edit_body)(page, review)


def edit_body(page: Page, review: Review) -> None:
    words = page.words
    title = st.text_input(words.t(N_("Title")), value=review.title, key=f"review_title_{review.id}", max_chars=LONGEST_TITLE, placeholder=words.t(N_("Weekly review")))
    people = _people(page, review.participants, review.id)
    if st.button(words.t(N_("Save")), type="primary", key="review_save"):
        _written(page, lambda: change_review(page.appdb, page.user, review.id, title=title, participants=people))


def close_dialog(page: Page, review: Review) -> None:
    st.dialog(page.words.t(N_("Close the review")), width="medium")(close_body)(page, review)


def close_body(page: Page, review: Review) -> None:
    words = page.words
    st.markdown(md(words.t(N_("Its figures and agenda stay as they are now, and its data is kept as long as the meeting. Decisions can still be marked as done."))))
    if st.button(words.t(N_("Close the review")), type="primary", key="review_close"):
        _written(page, lambda: close(page, review))


def delete_dialog(page: Page, review: Review) -> None:
    st.dialog(page.words.t(N_("Delete the review")), width="medium")(delete_body)(page, review)


def delete_body(page: Page, review: Review) -> None:
    st.markdown(md(page.words.t(N_("The meeting leaves the list. Its decisions stay with those who carry them."))))
    if st.button(page.words.t(N_("Delete the review")), type="primary", key="review_delete"):
        _written(page, lambda: delete_review(page.appdb, page.user, review.id), leave=True)


def _written(page: Page, write, leave: bool = False) -> None:
    try:
        write()
    except MabatError as error:
        st.warning(page.words.error(error))
        return
    if leave:
        review_state.go(review=0)
    st.rerun()


# All of them ----------------------------------------------------------------------------------------------------
def meetings_list(page: Page, found: Sequence[Review], here: Review) -> None:
    """Every meeting, the newest first: each opens as it was."""
    words = page.words
    for one in found[:MOST_LISTED]:
        label = md(name_of(page, one)) + (f" :gray[{md(words.t(N_('open')))}]" if not one.closed else "")
        st.button(label, key=f"review_open_{one.id}", type="secondary" if one.id == here.id else "tertiary", width="stretch", on_click=lambda number=one.id: review_state.go(review=number))
