"""The dialog of saved cuts: by folder, with search; each can be opened, looked back at, changed, pinned and deleted."""
from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.cut_mending import Opened
from crm_data.analysis.owned import LONGEST_FOLDER, LONGEST_NAME, SHARERS
from crm_data.analysis.saved_cuts import (
    SavedCut,
    change_cut,
    delete_cut,
    folders,
    get_cut,
    history,
    list_cuts,
    pin,
    restore,
    save_version,
    undelete_cut,
)
from crm_data.analysis.segment_store import names_of
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from pages.parts import explore_state
from pages.parts.errors import tried
from pages.parts.saved_words import about, gone_text, instead_text, opened
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: The saved cut on the screen as (id, version), and what the next run says.
NOW, SAID = "saved_now", "saved_said"
_PANE, _ERROR, _GONE, _LEAVE = "saved_pane", "saved_error", "saved_deleted", "saved_leave"
SHOWN, SHOWN_VERSIONS = 40, 30
STYLE = """<style>
[class*="st-key-saved_go_"] button,[class*="st-key-saved_go_"] button > div{justify-content:flex-start;text-align:start}
[class*="st-key-saved_go_"] button p{white-space:normal}
[class*="st-key-head_saved_"] [data-testid="stMarkdownContainer"] p{font-size:1rem;padding-top:0;color:inherit}
[class*="st-key-segment_remove_"] button p{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[class*="st-key-segment_remove_"]{align-self:flex-end}
</style>"""


def open_dialog(page: Page) -> None:
    for key in (_PANE, _ERROR, _GONE, _LEAVE):
        st.session_state.pop(key, None)
    st.dialog(page.words.t(N_("Saved cuts")), width="medium")(list_body)(page)


def list_body(page: Page) -> None:
    if st.session_state.pop(_LEAVE, False):
        # A cut was opened: the page behind is drawn anew, without the dialog.
        st.rerun()
    pane, cut_id = st.session_state.get(_PANE, ("list", 0))
    if error := st.session_state.pop(_ERROR, ""):
        st.warning(md(error), icon=":material/error_outline:")
    try:
        if pane == "history":
            _history(page, get_cut(page.appdb, page.user, cut_id))
        elif pane == "edit":
            _edit(page, get_cut(page.appdb, page.user, cut_id))
        else:
            _list(page)
    except MabatError as error:
        st.warning(md(page.words.error(error)), icon=":material/error_outline:")
        _back(page)


def _go(pane: str, cut_id: int = 0) -> None:
    st.session_state[_PANE] = (pane, cut_id)


def _back(page: Page) -> None:
    st.button(page.words.t(N_("All saved cuts")), icon=":material/arrow_forward:" if page.words.rtl else ":material/arrow_back:", type="tertiary", key="saved_back",
              on_click=_go, args=("list",))


# The list -----------------------------------------------------------------------------------------------------------
def _list(page: Page) -> None:
    words = page.words
    if gone := st.session_state.get(_GONE):
        with st.container(horizontal=True, vertical_alignment="center", key="saved_undo_row"):
            st.markdown(md(words.t(N_("“{name}” was deleted."), name=gone[1])), width="content")
            st.button(words.t(N_("Undo")), icon=":material/undo:", key="saved_undo", on_click=_undo, args=(page, gone[0]))
    every = list_cuts(page.appdb, page.user)
    if not every:
        st.markdown(words.t(N_("Nothing is saved yet. Build a cut and press “Save”.")))
        return
    search = st.text_input(words.t(N_("Search")), key="saved_search", icon=":material/search:", placeholder=words.t(N_("Name, folder or person")), max_chars=100,
                           label_visibility="collapsed")
    found = list_cuts(page.appdb, page.user, search) if search else every
    if not found:
        st.caption(md(words.t(N_("No saved cut is called “{text}”."), text=search[:60])))
    called = names_of(page.appdb, page.user)
    for folder, cuts in groupby(found[:SHOWN], key=lambda s: s.folder):
        if folder:
            st.markdown(f":material/folder: **{md(folder)}**")
        for saved in cuts:
            _row(page, saved, opened(page, saved, called))
    if len(found) > SHOWN:
        st.caption(words.t(N_("The first {n} of {all}; type to narrow."), n=SHOWN, all=len(found)))


def _row(page: Page, saved: SavedCut, found: Opened) -> None:
    words = page.words
    key = f"saved_row_{saved.id}"
    with st.container(border=True, key=key, gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head_saved_{saved.id}"):
            if found.cut is not None:
                st.button(f"**{md(saved.name)}**", key=f"saved_go_{saved.id}", type="tertiary", width="stretch", icon=":material/bookmark:" if saved.own else ":material/group:",
                          on_click=_show, args=(found.cut, saved))
            else:
                st.button(f"**{md(saved.name)}**", key=f"saved_go_{saved.id}", type="tertiary", width="stretch", icon=":material/build:", disabled=True)
            _menu(page, saved)
        who = words.t(N_("own")) if saved.own and not saved.shared else words.t(N_("own, shared")) if saved.own else words.t(N_("of {name}"), name=words.author(saved.author))
        pins = [words.t(N_("on Today"))] * ("today" in saved.pinned) + [words.t(N_("in the weekly review"))] * ("review" in saved.pinned)
        tail = " · ".join([who, words.t(N_("version {n}, {when}"), n=saved.version, when=page.formats.moment(saved.at)), *pins])
        st.caption(f"{md(about(page, found.cut))}  \n{md(tail)}" if found.cut else md(tail))
        if found.cut is None:
            _mend(page, saved, found)


def _mend(page: Page, saved: SavedCut, found: Opened) -> None:
    """Say what is gone, and offer the nearest: one click."""
    words = page.words
    st.warning(md(gone_text(page, found.gone) if found.gone else words.error(found.error) if found.error else words.t(N_("It cannot be read any more."))))
    if found.mended is None:
        return
    instead = instead_text(page, found)
    with st.container(horizontal=True, gap="small"):
        if saved.editable:
            st.button(md(words.t(N_("Mend: {instead}"), instead=instead)), key=f"saved_mend_{saved.id}", icon=":material/build:", type="primary", on_click=_mended,
                      args=(page, saved, found.mended), help=words.t(N_("Saves a new version; the older ones stay.")))
        st.button(md(words.t(N_("Only open: {instead}"), instead=instead)), key=f"saved_try_{saved.id}", on_click=_show, args=(found.mended, saved))


def _show(cut: Cut, saved: SavedCut) -> None:
    st.session_state[NOW], st.session_state[_LEAVE] = (saved.id, saved.version), True
    explore_state.put(cut, saved.fig)


def _mended(page: Page, saved: SavedCut, cut: Cut) -> None:
    def do() -> None:
        kept = save_version(page.appdb, page.user, saved.id, cut, saved.fig, expected=saved.version, what="mended")
        st.session_state[SAID] = page.words.t(N_("Mended: {name}, version {n}"), name=md(kept.name), n=kept.version)
        _show(cut, kept)
    tried(page.words, do, _ERROR)


def _menu(page: Page, saved: SavedCut) -> None:
    words = page.words
    today = "unpin_today" if "today" in saved.pinned else "pin_today"
    review = "unpin_review" if "review" in saved.pinned else "pin_review"
    options = ["history", today, *([review] if saved.editable else []), *(["edit", "delete"] if saved.editable else [])]
    names = {"history": N_("Versions"), "pin_today": N_("Pin to Today"), "unpin_today": N_("Take off Today"), "pin_review": N_("Pin to the weekly review"),
             "unpin_review": N_("Take off the weekly review"), "edit": N_("Rename, move, share"), "delete": N_("Delete")}
    key = f"saved_more_{saved.id}"
    st.menu_button(words.t(N_("Actions: {title}"), title=md(saved.name)), options, key=key, icon=":material/more_horiz:", type="tertiary", format_func=lambda o: words.t(names[o]),
                   on_click=lambda: act(page, saved, st.session_state[key]))


def act(page: Page, saved: SavedCut, action: str | None) -> None:
    """What the menu of a saved cut does."""
    if action in ("history", "edit"):
        _go(action, saved.id)
    elif action == "delete":
        if tried(page.words, lambda: delete_cut(page.appdb, page.user, saved.id), _ERROR):
            st.session_state[_GONE] = (saved.id, saved.name)
    elif action:
        verb, place = action.split("_")
        places = {*saved.pinned, place} if verb == "pin" else {*saved.pinned} - {place}
        tried(page.words, lambda: pin(page.appdb, page.user, saved.id, places), _ERROR)


def _undo(page: Page, cut_id: int) -> None:
    if tried(page.words, lambda: undelete_cut(page.appdb, page.user, cut_id), _ERROR):
        st.session_state.pop(_GONE, None)


# One saved cut ------------------------------------------------------------------------------------------------------
def _history(page: Page, saved: SavedCut) -> None:
    words, called = page.words, names_of(page.appdb, page.user)
    _back(page)
    st.markdown(f"### {md(saved.name)}")
    told = {"saved": words.t(N_("saved")), "mended": words.t(N_("mended"))}
    for v in history(page.appdb, page.user, saved.id)[:SHOWN_VERSIONS]:
        past = SavedCut(**{**saved.__dict__, "text": v.text})
        found = opened(page, past, called)
        what = told.get(v.what) or words.t(N_("restored from version {n}"), n=v.what.rpartition(" ")[2])
        with st.container(border=True, key=f"saved_version_{v.version}", gap=None):
            st.markdown(f"**{md(words.t(N_('Version {n}'), n=v.version))}** · {md(what)} · {md(words.author(v.who))} · {md(page.formats.moment(v.at))}")
            st.caption(md(about(page, found.cut) if found.cut else gone_text(page, found.gone)))
            with st.container(horizontal=True, gap="small"):
                if found.cut is not None:
                    st.button(words.t(N_("Look at it")), key=f"saved_look_{v.version}", type="tertiary", icon=":material/visibility:", on_click=_show, args=(found.cut, past))
                if saved.editable and v.version != saved.version:
                    st.button(words.t(N_("Restore")), key=f"saved_restore_{v.version}", type="tertiary", icon=":material/restore:",
                              on_click=lambda n=v.version: tried(page.words, lambda: restore(page.appdb, page.user, saved.id, n, expected=saved.version), _ERROR))


def _edit(page: Page, saved: SavedCut) -> None:
    words = page.words
    _back(page)
    st.text_input(words.t(N_("Name")), value=saved.name, max_chars=LONGEST_NAME, key=f"saved_rename_{saved.id}")
    names = folders(page.appdb, page.user)
    st.selectbox(words.t(N_("Folder")), names, index=names.index(saved.folder) if saved.folder in names else None, accept_new_options=True,
                 key=f"saved_move_{saved.id}", placeholder=words.t(N_("None; choose or type a new one")), format_func=md)
    may = page.user.role in SHARERS
    st.toggle(words.t(N_("Share: colleagues see it, each within their own rights")), value=saved.shared, disabled=not may and not saved.shared, key=f"saved_share_{saved.id}")

    def do() -> None:
        # Read where the widgets keep it: a click may come with what was typed last.
        name, folder, shared = (st.session_state[f"saved_{field}_{saved.id}"] for field in ("rename", "move", "share"))
        if tried(page.words, lambda: change_cut(page.appdb, page.user, saved.id, name=name, folder=(folder or "")[:LONGEST_FOLDER], shared=shared), _ERROR):
            _go("list")
    st.button(words.t(N_("Save")), type="primary", key=f"saved_changed_{saved.id}", on_click=do)
