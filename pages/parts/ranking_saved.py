"""Saved rankings: one button, one dialog with what is kept; opening one writes its address, under the viewer's own rights."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.owned import LONGEST_NAME, SHARERS
from crm_data.analysis.ranking_link import OF, OWN, Asked
from crm_data.analysis.ranking_store import (
    KeptRanking,
    change_ranking,
    delete_ranking,
    get_ranking,
    list_rankings,
    save_ranking,
    undelete_ranking,
)
from crm_data.errors import N_, MabatError
from pages.parts.errors import tried
from pages.parts.saved_list import STYLE
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_ERROR, _GONE, _LEAVE, _EDIT, _SAID = "ranking_error", "ranking_deleted", "ranking_leave", "ranking_edited", "ranking_said"


def link_now(page: Page, asked: Asked) -> dict[str, list[str]]:
    """What is on the screen as it is kept: also the days and customers it is of."""
    return {**asked.to_link(), "period": [page.period.to_text()], "vs": [page.compare], **({"f": [f.to_text() for f in page.filters]} if page.filters else {})}


def opened(page: Page) -> KeptRanking | None:
    """The saved ranking the address names, where the viewer may see it."""
    named = st.query_params.get("ranking", "")
    try:
        return get_ranking(page.appdb, page.user, int(named)) if named.isascii() and named.isdigit() and len(named) < 10 else None
    except MabatError:
        return None


def open_link(page: Page) -> None:
    """An address that only names a saved ranking becomes the ranking itself; what is gone is said."""
    if "ranking" not in st.query_params or "rank" in st.query_params:
        return
    kept = opened(page)
    if kept is None or not kept.link:
        st.warning(page.words.t(N_("There is no such saved ranking any more, or it is not shared with you.")), icon=":material/error_outline:")
        del st.query_params["ranking"]
        return
    show(kept)
    st.rerun()


def show(kept: KeptRanking) -> None:
    rest = {k: st.query_params.get_all(k) for k in st.query_params if k not in (*OWN, *OF)}
    st.query_params.from_dict({**rest, **kept.link, "ranking": [str(kept.id)]})
    st.session_state.pop("ranking_more", None)
    st.session_state[_LEAVE] = True


def saved_button(page: Page, asked: Asked) -> None:
    """The button, with the name of the ranking that is open."""
    words, now = page.words, opened(page)
    if st.button(md(now.name[:26]) if now else words.t(N_("Saved")), icon=":material/bookmarks:", key="ranking_saved"):
        for key in (_ERROR, _GONE, _LEAVE, _EDIT):
            st.session_state.pop(key, None)
        st.dialog(words.t(N_("Saved rankings")), width="medium")(saved_body)(page, asked)
    if said := st.session_state.pop(_SAID, ""):
        st.toast(said, icon=":material/check:")


def saved_body(page: Page, asked: Asked) -> None:
    if st.session_state.pop(_LEAVE, False):
        st.rerun()
    if error := st.session_state.pop(_ERROR, ""):
        st.warning(md(error), icon=":material/error_outline:")
    if getattr(page.user, "may_write", True):
        _save(page, asked)
    _list(page)


def _save(page: Page, asked: Asked) -> None:
    words, now = page.words, opened(page)
    over = now if now is not None and now.editable else None
    may = page.user.role in SHARERS
    st.text_input(words.t(N_("Name of this ranking")), value=now.name if now else "", max_chars=LONGEST_NAME, key="ranking_name")
    st.toggle(words.t(N_("Share: colleagues see it, each within their own rights")), value=bool(now and now.shared), disabled=not may, key="ranking_shared")

    def do(into: int | None) -> None:
        def write() -> None:
            kept = save_ranking(page.appdb, page.user, name=st.session_state["ranking_name"], link=link_now(page, asked), shared=bool(st.session_state["ranking_shared"]) and may, over=into)
            st.session_state[_SAID] = words.t(N_("Saved: {name}"), name=md(kept.name))
            show(kept)
        tried(page.words, write, _ERROR)
    with st.container(horizontal=True, gap="small"):
        if over is not None:
            st.button(md(words.t(N_("Save over “{name}”"), name=over.name[:40])), type="primary", key="ranking_over", on_click=do, args=(over.id,))
        st.button(words.t(N_("Save as new")) if over else words.t(N_("Save")), type="secondary" if over else "primary", key="ranking_save", on_click=do, args=(None,))


def _list(page: Page) -> None:
    words = page.words
    with st.container(key="css_rankings"):
        st.html(STYLE)
    if gone := st.session_state.get(_GONE):
        with st.container(horizontal=True, vertical_alignment="center", key="ranking_undo_row"):
            st.markdown(md(words.t(N_("“{name}” was deleted."), name=gone[1])), width="content")
            st.button(words.t(N_("Undo")), icon=":material/undo:", key="ranking_undo", on_click=lambda: tried(page.words, lambda: undelete_ranking(page.appdb, page.user, gone[0]), _ERROR) and st.session_state.pop(_GONE, None))
    for kept in list_rankings(page.appdb, page.user):
        with st.container(border=True, key=f"ranking_row_{kept.id}", gap=None):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head_saved_ranking_{kept.id}"):
                st.button(f"**{md(kept.name)}**", key=f"saved_go_ranking_{kept.id}", type="tertiary", width="stretch", icon=":material/bookmark:" if kept.own else ":material/group:",
                          on_click=show, args=(kept,))
                if kept.editable:
                    _menu(page, kept)
            who = words.t(N_("own")) if kept.own and not kept.shared else words.t(N_("own, shared")) if kept.own else words.t(N_("of {name}"), name=words.author(kept.author))
            st.caption(md(f"{who} · {page.formats.moment(kept.at)}"))
            if st.session_state.get(_EDIT) == kept.id:
                _edit(page, kept)


def _menu(page: Page, kept: KeptRanking) -> None:
    words, key = page.words, f"ranking_menu_{kept.id}"
    names = {"rename": N_("Rename"), "share": N_("Take back from colleagues") if kept.shared else N_("Share with colleagues"), "delete": N_("Delete")}

    def act() -> None:
        chosen = st.session_state[key]
        if chosen == "rename":
            st.session_state[_EDIT] = kept.id
        elif chosen == "share":
            tried(page.words, lambda: change_ranking(page.appdb, page.user, kept.id, shared=not kept.shared), _ERROR)
        elif chosen == "delete" and tried(page.words, lambda: delete_ranking(page.appdb, page.user, kept.id), _ERROR):
            st.session_state[_GONE] = (kept.id, kept.name)
    st.menu_button(words.t(N_("Actions: {title}"), title=md(kept.name)), list(names), key=key, icon=":material/more_horiz:", type="tertiary", format_func=lambda o: words.t(names[o]), on_click=act)


def _edit(page: Page, kept: KeptRanking) -> None:
    key = f"ranking_rename_{kept.id}"

    def do() -> None:
        if tried(page.words, lambda: change_ranking(page.appdb, page.user, kept.id, name=st.session_state[key]), _ERROR):
            st.session_state.pop(_EDIT, None)
    st.text_input(page.words.t(N_("New name")), value=kept.name, max_chars=LONGEST_NAME, key=key)
    st.button(page.words.t(N_("Rename")), key=f"ranking_renamed_{kept.id}", on_click=do)
