"""The agenda of a review: its blocks in order, one of them open; moved by dragging or by the menu of each, added and taken out."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.meetings import change_agenda
from crm_data.analysis.review import MOST_BLOCKS, Block, Review
from crm_data.errors import N_
from pages.parts import review_state
from pages.parts.errors import tried
from pages.parts.presenter.component import draggable
from pages.parts.review_add import add_dialog, edit_dialog
from pages.parts.review_words import kind_title
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

ACTIONS = {"up": N_("Move up"), "down": N_("Move down"), "edit": N_("Edit"), "remove": N_("Remove from the agenda")}
_WRONG = "review_wrong"


def may_arrange(page: Page, review: Review) -> bool:
    """Whether the user may change this agenda: the meeting is open and their role writes."""
    return review.editable and not review.closed and getattr(page.user, "may_write", True)


def agenda_card(page: Page, review: Review, at: int) -> None:
    """The card. ``at`` counts from 1."""
    words, able = page.words, may_arrange(page, review)
    with st.container(border=True, key="frame_agenda"):
        st.markdown(f"## {md(words.t(N_('Agenda')))}")
        with st.container(key="agenda_rows"):
            for i, one in enumerate(review.agenda):
                _row(page, review, i, one, i + 1 == at, able)
        if able:
            if len(review.agenda) > 1:
                draggable("agenda_rows", "agenda_row_", len(review.agenda), lambda start, to: _move(page, review, start, to, at))
            if len(review.agenda) < MOST_BLOCKS and st.button(words.t(N_("Add block")), key="agenda_add", icon=":material/add:", type="tertiary"):
                add_dialog(page, review)
        wrong = st.session_state.pop(_WRONG, "")
        if wrong:
            st.warning(wrong, icon=":material/error_outline:")


def _row(page: Page, review: Review, i: int, one: Block, here: bool, able: bool) -> None:
    title = kind_title(page, one.kind, one.title)
    with st.container(horizontal=True, key=f"agenda_row_{i}", vertical_alignment="center"):
        st.button(f"{page.formats.figures(i + 1)}\u2002{md(title)}", key=f"agenda_open_{i}", type="secondary" if here else "tertiary", width="stretch",
                  on_click=lambda: review_state.go(block=i + 1))
        if able:
            widget = f"agenda_menu_{i}"
            options = [o for o in ACTIONS if not (o == "up" and i == 0) and not (o == "down" and i == len(review.agenda) - 1)]
            choice = st.menu_button(page.words.t(N_("Actions: {title}"), title=md(title)), options, key=widget, type="tertiary", icon=":material/more_vert:",
                                    format_func=lambda o: page.words.t(ACTIONS[o]), on_click=lambda: _chosen(page, review, i, st.session_state[widget]))
            if choice == "edit":
                edit_dialog(page, review, i)


def _chosen(page: Page, review: Review, i: int, choice: str) -> None:
    at = review_state.where().block
    if choice in ("up", "down"):
        _move(page, review, i, i - 1 if choice == "up" else i + 1, at)
    elif choice == "remove":
        _save(page, review, tuple(b for k, b in enumerate(review.agenda) if k != i), at - 1 if at > i + 1 else min(at, len(review.agenda) - 1))


def _move(page: Page, review: Review, start: int, to: int, at: int) -> None:
    """Move, and stay on the block that is open."""
    places = moved_places(len(review.agenda), start, to)
    # Two blocks may be equal: the one that is open is followed by its place.
    _save(page, review, tuple(review.agenda[k] for k in places), places.index(at - 1) + 1 if 0 < at <= len(places) else at)


def moved_places(count: int, start: int, to: int) -> list[int]:
    """Where each block of the new order stood before."""
    listed = list(range(count))
    if 0 <= start < count:
        listed.insert(min(max(to, 0), count - 1), listed.pop(start))
    return listed


def _save(page: Page, review: Review, agenda: tuple[Block, ...], at: int) -> None:
    """Write the agenda; a refusal is said in the card on the next run."""
    if tried(page.words, lambda: change_agenda(page.appdb, page.user, review.id, agenda, expected=review.changed_at), _WRONG):
        review_state.go(block=max(at, 1))
