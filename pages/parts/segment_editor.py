"""Segments of one's own, made by clicking: the menu, the list, and the dialog with a live preview."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.owned import LONGEST_NAME, SHARERS
from crm_data.analysis.segment_members import Preview, preview
from crm_data.analysis.segment_store import (
    KeptSegment,
    broken,
    check_conditions,
    delete_segment,
    get_segment,
    list_segments,
    save_segment,
    undelete_segment,
)
from crm_data.cuts.cut import Filter, describe_filter
from crm_data.cuts.privacy import K
from crm_data.cuts.segments import INSIDE, MOST_CONDITIONS
from crm_data.errors import N_, MabatError
from pages.parts import state
from pages.parts.errors import tried
from pages.parts.segment_rows import condition_row, fill, subjects
from pages.parts.segment_starts import present_filters, starts
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_PANE, _DRAFT, _ERROR, _GONE, SAID = "segment_pane", "segment_draft", "segment_error", "segment_deleted", "saved_said"


def segment_editor(page: Page) -> None:
    """The button that opens the segments one sees; in the dialog a new one is made."""
    if st.button(page.words.t(N_("Segments")), icon=":material/group_work:", key="segment_open", help=page.words.t(N_("Groups of customers by conditions of your own"))):
        open_segments(page)


def open_segments(page: Page) -> None:
    for key in (_PANE, _ERROR, _GONE):
        st.session_state.pop(key, None)
    st.dialog(page.words.t(N_("Segments of your own")), width="large")(segments_body)(page)


def segments_body(page: Page) -> None:
    if error := st.session_state.pop(_ERROR, ""):
        st.warning(md(error), icon=":material/error_outline:")
    if st.session_state.get(_PANE) == "edit":
        _edit(page)
    else:
        _list(page)


# The list -----------------------------------------------------------------------------------------------------------
def _list(page: Page) -> None:
    words = page.words
    if gone := st.session_state.get(_GONE):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(md(words.t(N_("“{name}” was deleted."), name=gone[1])), width="content")
            st.button(words.t(N_("Undo")), icon=":material/undo:", key="segment_undo", on_click=_undo, args=(page, gone[0]))
    st.caption(words.t(N_("A segment is a filter and a dimension everywhere: in Explore, in the filter strip, in saved cuts.")))
    with st.container(horizontal=True, gap="small"):
        st.button(words.t(N_("New segment")), icon=":material/add:", type="primary", key="segment_new", on_click=_begin, args=(page,))
        kept, left = present_filters(page)
        if kept:
            st.button(words.t(N_("From the present filters")), icon=":material/filter_alt:", key="segment_from_filters", on_click=_begin, args=(page, kept),
                      help=words.t(N_("Without: {names}. They belong to single records."), names=words.listed(left)) if left else None)
    for one in list_segments(page.appdb, page.user):
        _row(page, one)


def _row(page: Page, one: KeptSegment) -> None:
    words = page.words
    wrong = broken(one.segment, page.catalog)
    with st.container(border=True, key=f"segment_row_{one.id}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{md(one.name)}**", width="stretch")
            if wrong is None and st.button(words.t(N_("Filter by it")), key=f"segment_use_{one.id}", type="tertiary", icon=":material/filter_alt:",
                                           on_click=state.add_filter, args=(Filter(one.segment.dimension, "is", (INSIDE,)),)):
                st.rerun()
            if one.editable:
                st.button(words.t(N_("Edit")), key=f"segment_edit_{one.id}", type="tertiary", icon=":material/edit:", on_click=_load, args=(page, one.id))
                st.button(words.t(N_("Delete")), key=f"segment_delete_{one.id}", type="tertiary", icon=":material/delete:", on_click=_delete, args=(page, one))
            else:
                st.button(words.t(N_("Copy")), key=f"segment_copy_{one.id}", type="tertiary", icon=":material/content_copy:", on_click=_begin,
                          args=(page, one.segment.filters, one.segment.every))
        who = words.t(N_("own")) if one.own and not one.shared else words.t(N_("own, shared")) if one.own else words.t(N_("of {name}"), name=words.author(one.author))
        st.caption(md(f"{who} · {sentence(page, one.segment.filters, one.segment.every)}" if wrong is None else f"{who} · {words.error(wrong)}"))


def sentence(page: Page, filters: Sequence[Filter], every: bool) -> str:
    """The conditions in one line."""
    between = page.words.t(N_("; and ")) if every else page.words.t(N_("; or "))
    return between.join(describe_filter(f, page.words, page.catalog) for f in filters)


def _delete(page: Page, one: KeptSegment) -> None:
    if tried(page.words, lambda: delete_segment(page.appdb, page.user, one.id), _ERROR):
        st.session_state[_GONE] = (one.id, one.name)


def _undo(page: Page, segment_id: int) -> None:
    if tried(page.words, lambda: undelete_segment(page.appdb, page.user, segment_id), _ERROR):
        st.session_state.pop(_GONE, None)


# One segment --------------------------------------------------------------------------------------------------------
def _begin(page: Page, filters: Sequence[Filter] = (), every: bool = True, name: str = "", shared: bool = False, segment_id: int | None = None, version: int | None = None) -> None:
    """Start a draft with these conditions (an empty row when there are none)."""
    turn = st.session_state.get("segment_turn", 0) + 1
    first = turn * 100
    rows = list(range(first, first + max(len(filters), 1)))
    for row, condition in zip(rows, filters, strict=False):
        fill(page, row, condition)
    st.session_state.update({"segment_turn": turn, _PANE: "edit", _DRAFT: {"rows": rows, "next": rows[-1] + 1, "id": segment_id, "version": version},
                             "segment_name": name, "segment_shared": shared, "segment_every": "all" if every else "any"})


def _load(page: Page, segment_id: int) -> None:
    def do() -> None:
        one = get_segment(page.appdb, page.user, segment_id)
        _begin(page, one.segment.filters, one.segment.every, one.name, one.shared, one.id, one.version)
    tried(page.words, do, _ERROR)


def _close() -> None:
    st.session_state[_PANE] = "list"


def _edit(page: Page) -> None:
    words, draft = page.words, st.session_state[_DRAFT]
    st.button(words.t(N_("All segments")), icon=":material/arrow_forward:" if words.rtl else ":material/arrow_back:", type="tertiary", key="segment_back", on_click=_close)
    if draft["id"] is None:
        _starts(page)
    st.segmented_control(words.t(N_("Customers for whom")), ["all", "any"], required=True, key="segment_every",
                         format_func=lambda e: words.t(N_("all conditions hold")) if e == "all" else words.t(N_("any condition holds")))
    found = _rows(page, draft)
    every = st.session_state["segment_every"] == "all"
    filters = [f for f in found if f is not None]
    sound = _preview(page, filters, every, len(found) - len(filters))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(words.t(N_("Name of the segment")), key="segment_name", max_chars=LONGEST_NAME)
        may = page.user.role in SHARERS
        shared = st.toggle(words.t(N_("Share with colleagues")), key="segment_shared", disabled=not may)
    if st.button(words.t(N_("Save segment")), type="primary", key="segment_save", disabled=not sound or not name.strip()):
        _save(page, draft, name, filters, every, shared)


def _starts(page: Page) -> None:
    """Ready examples to begin with; each fills the rows and the name."""
    words = page.words
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="segment_starts"):
        st.caption(words.t(N_("Begin with")), width="content")
        for n, start in enumerate(starts(page)):
            st.button(md(start.name), key=f"segment_start_{n}", on_click=_begin, args=(page, start.filters, True, start.name))


def _rows(page: Page, draft: dict) -> list[Filter | None]:
    words, names, found = page.words, subjects(page), []
    for row in draft["rows"]:
        with st.container(border=True, key=f"segment_condition_{row}", gap="small"):
            left, right = st.columns([1, 0.07], gap="small")
            with left:
                found.append(condition_row(page, row, names))
            with right:
                st.button(words.t(N_("Remove")), key=f"segment_remove_{row}", icon=":material/close:", type="tertiary", on_click=_drop, args=(row,), disabled=len(draft["rows"]) < 2)
    st.button(words.t(N_("Add condition")), key="segment_add", icon=":material/add:", on_click=_add, disabled=len(draft["rows"]) >= MOST_CONDITIONS)
    return found


def _add() -> None:
    draft = st.session_state[_DRAFT]
    st.session_state[_DRAFT] = {**draft, "rows": [*draft["rows"], draft["next"]], "next": draft["next"] + 1}


def _drop(row: int) -> None:
    draft = st.session_state[_DRAFT]
    st.session_state[_DRAFT] = {**draft, "rows": [r for r in draft["rows"] if r != row]}


def _preview(page: Page, filters: list[Filter], every: bool, missing: int) -> bool:
    """The count as it would be now, its share, and how much is known. False when the conditions cannot be a segment."""
    words = page.words
    with st.container(border=True, key="segment_preview", gap="small"):
        if not filters:
            st.caption(words.t(N_("Choose what the first condition is about; the count appears here.")))
            return False
        try:
            check_conditions(filters, page.catalog, personal=page.scope.personal)
            with st.spinner(words.t(N_("Counting")), show_time=True):
                told = preview(filters, every, page.warehouse, scope=page.scope, period=page.period)
        except MabatError as error:
            st.warning(md(words.error(error)), icon=":material/error_outline:")
            return False
        _numbers(page, told)
        if missing:
            st.caption(words.n("{n} condition is not complete and does not count yet.", "{n} conditions are not complete and do not count yet.", missing))
    return True


def _numbers(page: Page, told: Preview) -> None:
    words, formats = page.words, page.formats
    if told.hidden:
        st.caption(words.t(N_("In it, or left out, are fewer than {n} customers: their number is not shown to your role."), n=K))
        return
    with st.container(horizontal=True, gap="large"):
        st.metric(words.t(N_("In the segment")), formats.count(told.inside, full=True), width="content")
        st.metric(words.t(N_("Share")), "–" if told.share is None else formats.share(told.share), width="content")
    lines = [words.t(N_("of {n} people and companies you may see, leads and former customers too"), n=formats.count(told.everybody, full=True)),
             words.t(N_("{n} of them are customers on {day} (of {all})"), n=formats.count(told.customers, full=True), day=formats.day(told.on),
                     all=formats.count(told.all_customers, full=True))]
    lines += [words.t(N_("{dimension} is known for {share} ({known} of {total}); whoever has none is left out by such a condition"), dimension=words.label(page.catalog.dimension(c.dimension)),
                      share=formats.part(c.known / c.total) if c.total else "–", known=formats.count(c.known, full=True), total=formats.count(c.total, full=True)) for c in told.coverage]
    st.caption("  \n".join(md(line) for line in lines))


def _save(page: Page, draft: dict, name: str, filters: list[Filter], every: bool, shared: bool) -> None:
    words = page.words
    try:
        kept = save_segment(page.appdb, page.user, name=name, filters=filters, every=every, shared=shared, catalog=page.catalog, segment_id=draft["id"],
                            expected=draft["version"], personal=page.scope.personal)
    except MabatError as error:
        st.warning(md(words.error(error)), icon=":material/error_outline:")
        return
    st.session_state[_PANE] = "list"
    st.session_state[SAID] = words.t(N_("Saved: {name}. Filter and cut by it everywhere."), name=md(kept.name))
    st.rerun()
