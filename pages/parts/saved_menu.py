"""Save what is on the screen and open what was saved: two buttons, two dialogs. Opening runs under the viewer's own rights."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.owned import LONGEST_FOLDER, LONGEST_NAME, SHARERS, Changed
from crm_data.analysis.saved_cuts import PLACES, SavedCut, change_cut, folders, list_cuts, pin, save_cut, save_version
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from crm_data.model.folding import fold
from pages.parts.explore_figure import title_of
from pages.parts.filter_bar import name_of
from pages.parts.saved_list import NOW, SAID, STYLE, open_dialog
from pages.parts.saved_words import about
from pages.parts.segment_editor import segment_editor
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

PLACE_WORDS = {"today": N_("Today"), "review": N_("Weekly review")}
#: The cut of this name the dialog has shown, as (id, version): what is not shown is never saved over.
_SHOWN = "saved_shown"


def saved_menu(page: Page, cut: Cut, fig: str = "") -> None:
    """Draw the buttons for ``cut`` as it is shown with ``fig``, and the menu of segments."""
    words = page.words
    with st.container(key="css_saved"):
        st.html(STYLE)
    with st.container(horizontal=True, key="saved_menu", gap="small", width="content", vertical_alignment="center"):
        if st.button(words.t(N_("Save")), icon=":material/bookmark_add:", key="saved_save"):
            st.session_state.pop(_SHOWN, None)
            st.dialog(words.t(N_("Save this cut")), width="medium")(save_body)(page, cut, fig)
        if st.button(words.p("button", "Open"), icon=":material/folder_open:", key="saved_open"):
            open_dialog(page)
        segment_editor(page)
    said = st.session_state.pop(SAID, "")
    if said:
        st.toast(said, icon=":material/check:")


@dataclass(frozen=True)
class _Wanted:
    """What the dialog holds."""

    name: str
    folder: str
    shared: bool
    places: tuple[str, ...]


def period_note(page: Page, cut: Cut) -> str:
    """Whether the cut moves with time."""
    words = page.words
    if cut.period is None:
        return words.t(N_("Everything known, also what comes later."))
    if cut.period.name:
        named = words.t(told) if (told := name_of(cut.period.name)) else cut.period.name.replace("_", " ")
        return words.t(N_("Period: {name}. It moves with time."), name=named.lower())
    return words.t(N_("Period: {period}, always these days. Choose a named period before saving and it moves with time."),
                   period=page.formats.period(cut.period.first, cut.period.last))


def save_body(page: Page, cut: Cut, fig: str) -> None:
    words, known = page.words, list_cuts(page.appdb, page.user)
    # The cut that was opened last, while it is still about the same thing: another question gets a name of its own.
    now = next((s for s in known if s.id == st.session_state.get(NOW, (0, 0))[0] and set(s.link.get("m", ())) & set(cut.measures)), None)
    st.caption(md(about(page, cut)))
    name = st.text_input(words.t(N_("Name")), value=now.name if now else title_of(page, replace(cut, compare="none"))[:LONGEST_NAME], max_chars=LONGEST_NAME, key="saved_name")
    left, right = st.columns(2)
    with left:
        names = folders(page.appdb, page.user)
        folder = st.selectbox(words.t(N_("Folder")), names, index=names.index(now.folder) if now and now.folder in names else None, accept_new_options=True, key="saved_folder",
                              placeholder=words.t(N_("None; choose or type a new one")), format_func=md) or ""
    with right:
        places = st.pills(words.t(N_("Pin to")), PLACES, selection_mode="multi", default=list(now.pinned) if now else None, key="saved_places",
                          format_func=lambda p: words.t(PLACE_WORDS[p]))
    may = page.user.role in SHARERS
    shared = st.toggle(words.t(N_("Share: colleagues see it, each within their own rights")), value=bool(now and now.shared), disabled=not may, key="saved_shared",
                       help=None if may else words.t(N_("Only managers and administrators share with others. Keep it as your own.")))
    wanted = _Wanted(name, folder[:LONGEST_FOLDER], shared and may, tuple(places or ()))
    over = _found(known, name, now)
    st.caption(md(period_note(page, cut)))
    if over is not None:
        st.info(md(words.t(N_("“{name}” is there already: version {version} by {who}, {when}. Saving makes version {next} of it; the older ones stay."), name=over.name,
                           version=over.version, who=words.author(over.author), when=page.formats.moment(over.at), next=over.version + 1)), icon=":material/history:")
    label = words.t(N_("Save as version {n}"), n=over.version + 1) if over else words.t(N_("Save"))
    shown = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = (over.id, over.version) if over else None
    if st.button(label, type="primary", key="saved_do", disabled=not name.strip()):
        _save(page, cut, fig, wanted, over, shown)


def _found(known: list[SavedCut], name: str, now: SavedCut | None) -> SavedCut | None:
    """What saving under ``name`` would be a new version of: the cut that is open, else one's own."""
    alike = [s for s in known if s.editable and fold(s.name) == fold(name)]
    return next((s for s in alike if now and s.id == now.id), None) or next((s for s in alike if s.own), None)


def _save(page: Page, cut: Cut, fig: str, wanted: _Wanted, over: SavedCut | None, shown: tuple[int, int] | None) -> None:
    words, engine, user = page.words, page.appdb, page.user
    if over is not None and shown != (over.id, over.version):
        st.warning(md(words.t(N_("“{name}” has been saved meanwhile, or by you before (version {version}). Press once more to save yours as the next version, or give another name."),
                              name=over.name, version=over.version)), icon=":material/sync_problem:")
        return
    try:
        if over is None:
            kept = save_cut(engine, user, name=wanted.name, cut=cut, fig=fig, folder=wanted.folder, shared=wanted.shared, pinned=wanted.places)
        else:
            opened = st.session_state.get(NOW, (0, 0))
            kept = save_version(engine, user, over.id, cut, fig, expected=opened[1] if opened[0] == over.id else over.version)
            if (wanted.name, wanted.folder, wanted.shared) != (over.name, over.folder, over.shared):
                change_cut(engine, user, over.id, name=wanted.name, folder=wanted.folder, shared=wanted.shared)
            if set(wanted.places) != set(over.pinned):
                pin(engine, user, over.id, wanted.places)
    except MabatError as error:
        if isinstance(error, Changed) and over is not None:
            # Said once; whoever presses again has read it.
            st.session_state[NOW] = (over.id, over.version)
        st.warning(md(words.error(error)), icon=":material/error_outline:")
        return
    st.session_state[NOW] = (kept.id, kept.version)
    st.session_state[SAID] = words.t(N_("Saved: {name}, version {n}"), name=md(kept.name), n=kept.version)
    st.rerun()
