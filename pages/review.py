"""The weekly review: a meeting with its agenda, a block at a time, on the desk and on the wall, with what was decided beside it."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.review import Looked, Opened, Review
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import N_, MabatError
from crm_data.output.formats import plain
from crm_data.output.review_words import months_text
from pages.parts import review_state
from pages.parts.empty import Empty, show_empty
from pages.parts.page_help import page_help, plain_head
from pages.parts.presenter.component import keys
from pages.parts.review_agenda import agenda_card, may_arrange
from pages.parts.review_block import block
from pages.parts.review_data import all_reviews, looked_at, notes_of, opened_review
from pages.parts.review_decisions import ON_DESK, ON_WALL, decisions_side
from pages.parts.review_export import download_dialog
from pages.parts.review_figures import Size
from pages.parts.review_meeting import close_dialog, delete_dialog, edit_dialog, meetings_list, new_dialog
from pages.parts.review_notes import notes_dialog
from pages.parts.review_present import wall
from pages.parts.review_style import style
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

ACTIONS = {"note": N_("Notes on days"), "edit": N_("Title and participants"), "close": N_("Close the review"), "delete": N_("Delete the review")}


def render(page: Page) -> None:
    """Draw the page."""
    where = review_state.where()
    style(where.presenting)
    found = all_reviews(page)
    chosen = next((r for r in found if r.id == where.review), None) if where.review else (found[0] if found else None)
    if chosen is None:
        _none(page, gone=bool(where.review), found=found)
        return
    opened = opened_review(page, chosen)
    count = len(opened.review.agenda)
    at = min(where.block, max(count, 1))
    seen = _as_it_was(page, opened)
    looked = _looked(seen, opened, at) if count else None
    if where.presenting:
        wall(seen, opened, at, lambda room: _block(seen, opened, looked, room), _side(seen, opened, looked, ON_WALL))
    else:
        _desk(seen, opened, looked, at, found)
    keys(at, max(count, 1), presenting=where.presenting, rtl=page.words.rtl, screen=review_state.screen(), act=review_state.acted, seen=review_state.seen)


def _as_it_was(page: Page, opened: Opened) -> Page:
    """The page on the data of the meeting, which may be older than what is published."""
    data = opened.warehouse
    return page if data is None else replace(page, warehouse=data, catalog=catalog_for(data), today=data.as_of)


# On the desk ----------------------------------------------------------------------------------------------------
def _desk(page: Page, opened: Opened, looked: Looked | MabatError | None, at: int, found: list[Review]) -> None:
    review = opened.review
    _top(page, opened, found)
    _told(page, opened)
    with st.container(key="review_cards"):
        agenda_card(page, review, at)
        with st.container(border=True, key="frame_review"):
            with st.container(key="review_pair"):
                with st.container(key="review_main"):
                    _block(page, opened, looked, Size())
                with st.container(key="review_side"):
                    _side(page, opened, looked, ON_DESK)()


def _top(page: Page, opened: Opened, found: list[Review]) -> None:
    words, review = page.words, opened.review
    with st.container(horizontal=True, key="review_top", horizontal_alignment="distribute"):
        # Parts of the line stand apart by dots; people are text of the data.
        line = page.words.in_line((page.formats.day(review.held_on), page.words.listed(plain(p) for p in review.participants), _data_line(page, opened),
                                   months_text(words, page.formats, review.calendar)))
        st.markdown(f"# {md(plain(review.title) or words.t(N_('Weekly review')))}\n{md(line)}", width="stretch")
        with st.container(horizontal=True, key="review_actions", width="content"):
            with st.popover(words.t(N_("Reviews")), icon=":material/history:", key="review_reviews", width="content"):
                if getattr(page.user, "may_write", True) and st.button(words.t(N_("New review")), key="review_new", icon=":material/add:", width="stretch"):
                    new_dialog(page, found[0])
                meetings_list(page, found, review)
            _actions(page, review)
            if review.agenda and st.button(words.t(N_("Download")), key="review_download", icon=":material/download:"):
                download_dialog(page, opened)
            page_help(words, "review")
            st.button(words.t(N_("Present")) + "\u2002P", key="review_present", type="primary", icon=":material/present_to_all:", disabled=not review.agenda,
                      on_click=lambda: review_state.go(presenting=True))


def _data_line(page: Page, opened: Opened) -> str:
    words = page.words
    if opened.warehouse is None:
        return words.t(N_("its data is gone"))
    return words.t(N_("figures as of {day}, snapshot {name}"), day=page.formats.day(opened.warehouse.as_of), name=opened.warehouse.snapshot)


def _actions(page: Page, review: Review) -> None:
    """What else can be done with the meeting; each opens a dialog."""
    words = page.words
    options = [o for o in ACTIONS if o == "note" or (o in ("edit", "close") and may_arrange(page, review)) or (o == "delete" and getattr(page.user, "may_write", True))]
    choice = st.menu_button(words.t(N_("More")), options, key="review_more", icon=":material/more_horiz:", format_func=lambda o: words.t(ACTIONS[o]))
    if choice == "note":
        notes_dialog(page)
    elif choice == "edit":
        edit_dialog(page, review)
    elif choice == "close":
        close_dialog(page, review)
    elif choice == "delete":
        delete_dialog(page, review)


def _told(page: Page, opened: Opened) -> None:
    """What one should know about the data of this meeting before reading a number."""
    words = page.words
    if opened.gone:
        st.warning(words.t(N_("The data of this meeting (snapshot {name}) is gone. What was stored when it was closed is shown."), name=opened.gone), icon=":material/history_toggle_off:")
    elif opened.as_it_was and opened.warehouse is not None:
        st.info(words.t(N_("As it was on {day}, from snapshot {name}."), day=page.formats.day(opened.review.held_on), name=opened.warehouse.snapshot), icon=":material/history:")
    if opened.gone_before and opened.before is not None:
        st.caption(words.t(N_("The data of the meeting before, {day}, is gone: its numbers are not compared."), day=page.formats.day(opened.before.held_on)))


# The block ------------------------------------------------------------------------------------------------------
def _looked(page: Page, opened: Opened, at: int) -> Looked | MabatError:
    """What the block shows, or why it cannot be shown: the agenda and the other blocks work on."""
    try:
        with st.spinner(page.words.t(N_("Adding up")), show_time=True):
            return looked_at(page, opened, at - 1)
    except MabatError as error:
        return error


def _block(page: Page, opened: Opened, looked: Looked | MabatError | None, room: Size) -> None:
    if looked is None:
        show_empty("agenda", Empty(page.words.t(N_("The agenda is empty")), page.words.t(N_("Add a block beside.")), ":material/list_alt:"))
    elif isinstance(looked, MabatError):
        show_empty("block", Empty(page.words.t(N_("This cannot be shown")), page.words.error(looked), ":material/error_outline:"))
    else:
        block(page, looked, room, notes_of(page, opened, looked))


def _side(page: Page, opened: Opened, looked: Looked | MabatError | None, most: int):
    """What was decided, beside every block."""
    known = looked if isinstance(looked, Looked) else None
    return lambda: decisions_side(page, opened, known, most)


# No meeting yet -------------------------------------------------------------------------------------------------
def _none(page: Page, *, gone: bool, found: list[Review]) -> None:
    words = page.words
    plain_head(words, N_("Weekly review"), "review")
    with st.container(border=True, key="frame_none"):
        if gone:
            show_empty("review", Empty(words.t(N_("There is no such meeting")), words.t(N_("It may have been deleted.")), ":material/event_busy:",
                                       words.t(N_("Open the newest")) if found else "", lambda: review_state.go(review=0)))
            return
        writes = getattr(page.user, "may_write", True)
        show_empty("review", Empty(words.t(N_("No review yet")), words.t(N_("A review keeps the figures of a meeting, what was decided and who does it until when."))
                                   if writes else words.t(N_("Nobody has made one. Your role reads and does not write.")), ":material/groups:"))
        if writes and st.button(words.t(N_("New review")), key="review_first", type="primary", icon=":material/add:"):
            new_dialog(page, None)
