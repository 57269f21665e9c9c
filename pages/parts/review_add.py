"""Dialogs of the agenda: a block added (saved cut, customers, note, or one of the ready ones), and one changed."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import named, profile, resolve
from crm_data.analysis.meetings import change_agenda
from crm_data.analysis.review import KINDS, LONGEST_NOTE, LONGEST_TITLE, TITLES, Block, Review
from crm_data.analysis.saved_cuts import list_cuts
from crm_data.analysis.search import search
from crm_data.errors import N_, InputError, MabatError
from crm_data.output.formats import plain
from pages.parts import review_state
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_PICKED = "review_customers"
MOST_CUSTOMERS = 12


def add_dialog(page: Page, review: Review) -> None:
    st.session_state.pop(_PICKED, None)
    st.dialog(page.words.t(N_("Add a block")), width="medium")(add_body)(page, review)


def edit_dialog(page: Page, review: Review, i: int) -> None:
    block = review.agenda[i]
    st.session_state[_PICKED] = {key: found.name for key in block.values("key") if page.scope.personal for found in named(page.warehouse, page.scope, [key])}
    st.dialog(page.words.t(N_("Change a block")), width="medium")(edit_body)(page, review, i)


def add_body(page: Page, review: Review) -> None:
    words = page.words
    kinds = [k for k in KINDS if k != "customers" or page.scope.personal]
    kind = st.selectbox(words.t(N_("What")), kinds, key="review_add_kind", format_func=lambda k: words.t(TITLES[k]))
    params = _params(page, kind)
    title = st.text_input(words.t(N_("Title")), key="review_add_title", max_chars=LONGEST_TITLE, placeholder=words.t(TITLES[kind]))
    if st.button(words.t(N_("Add to the agenda")), type="primary", key="review_add_save"):
        _saved(page, review, lambda: (*review.agenda, Block(kind, title.strip() or _named(page, kind, params), _checked(kind, params))), len(review.agenda) + 1)


def edit_body(page: Page, review: Review, i: int) -> None:
    words, block = page.words, review.agenda[i]
    params = _params(page, block.kind, block) if block.kind in ("note", "customers", "cut") and not block.value("link") else block.params
    title = st.text_input(words.t(N_("Title")), value=block.title, key=f"review_edit_title_{i}", max_chars=LONGEST_TITLE, placeholder=words.t(TITLES[block.kind]))
    if st.button(words.t(N_("Save")), type="primary", key="review_edit_save"):
        _saved(page, review, lambda: tuple(replace(b, title=title.strip(), params=_checked(b.kind, params)) if k == i else b for k, b in enumerate(review.agenda)), i + 1)


def _params(page: Page, kind: str, block: Block | None = None) -> tuple[tuple[str, str], ...]:
    """The fields of a kind, and what they hold."""
    words = page.words
    if kind == "cut":
        cuts = {str(c.id): c for c in list_cuts(page.appdb, page.user)}
        if not cuts:
            st.caption(words.t(N_("No saved cut is there yet: save one in Explore.")))
            return ()
        now = block.value("saved") if block else ""
        listed = list(cuts)
        one = st.selectbox(words.t(N_("Saved cut")), listed, index=listed.index(now) if now in cuts else 0, key="review_add_cut", format_func=lambda i: plain(cuts[i].name))
        return (("saved", one),) if one else ()
    if kind == "note":
        text = st.text_area(words.t(N_("Text")), value=block.value("text") if block else "", key="review_add_text", max_chars=LONGEST_NOTE, height=160)
        return (("text", text.strip()),) if text.strip() else ()
    return _customers(page) if kind == "customers" else ()


def _customers(page: Page) -> tuple[tuple[str, str], ...]:
    """Customers found and picked, a few."""
    words, picked = page.words, st.session_state.setdefault(_PICKED, {})
    typed = (st.text_input(words.t(N_("Find a customer")), key="review_add_find", type="search", live="200ms", icon=":material/search:",
                           placeholder=words.t(N_("Name, phone, mail or number, in any script"))) or "").strip()
    for hit in search(page.warehouse, page.scope, typed, 5).found if typed else ():
        label = " · ".join(md(x) for x in (hit.name, hit.number, hit.city) if x)
        if st.button(label, key=f"review_pick_{hit.id}", icon=":material/add:", type="tertiary", disabled=len(picked) >= MOST_CUSTOMERS):
            picked[profile(page.warehouse, page.scope, resolve(page.warehouse, page.scope, str(hit.id))).key] = hit.name
    kept = [key for key in list(picked) if st.checkbox(md(picked[key]), value=True, key=f"review_picked_{key}")]
    return tuple(("key", key) for key in kept)


def _named(page: Page, kind: str, params: tuple[tuple[str, str], ...]) -> str:
    """A saved cut stands in the agenda under its own name."""
    if kind != "cut":
        return ""
    wanted = dict(params).get("saved", "")
    return next((c.name for c in list_cuts(page.appdb, page.user) if str(c.id) == wanted), "")[:LONGEST_TITLE]


def _checked(kind: str, params: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The fields, all there. Raises InputError where one is missing."""
    needed = {"cut": N_("Choose a saved cut."), "note": N_("The note is empty. Write what should be said."), "customers": N_("Choose at least one customer.")}
    if kind in needed and not params:
        raise InputError(needed[kind])
    return params


def _saved(page: Page, review: Review, made, at: int) -> None:
    """Write the agenda and open the block; what is wrong is said in the dialog."""
    try:
        change_agenda(page.appdb, page.user, review.id, made(), expected=review.changed_at)
    except MabatError as error:
        st.warning(page.words.error(error))
        return
    review_state.go(block=at)
    st.rerun()
