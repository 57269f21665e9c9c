"""Notes on days: written once, drawn as flags on every chart over time of their scope."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.annotations import LONGEST, add_annotation, annotations_for, list_annotations, remove
from crm_data.cuts.cut import Filter
from crm_data.cuts.values import values_of
from crm_data.errors import N_, MabatError
from crm_data.output.charts import Picture, theme
from crm_data.output.charts.flags import Note, flagged, flags_of
from crm_data.output.formats import plain
from pages.parts.days import day_input, given
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Dimensions a note can be about, and members offered.
DIMENSIONS, MOST_MEMBERS, MOST_LISTED = ("branch", "owner", "team", "region", "customer_type", "industry", "product_category"), 400, 40


def chart_notes(page: Page, first: date, last: date, filters: Sequence[Filter] | None = None, moment: datetime | None = None) -> tuple[Note, ...]:
    """The notes to draw on a chart of these days, narrowed by the page's filters unless others are given; as they stood at ``moment`` (UTC)."""
    found = annotations_for(page.appdb, page.scope, first, last, page.filters if filters is None else filters, warehouse=page.warehouse, user=page.user, moment=moment)
    return tuple(Note(n.on_day, plain(n.text), page.formats.day_month(n.on_day)) for n in found)


def notes_dialog(page: Page) -> None:
    st.dialog(page.words.t(N_("Notes on days")), width="medium")(notes_body)(page)


def notes_body(page: Page) -> None:
    """A new note, and those that are there."""
    words = page.words
    if getattr(page.user, "may_write", True):
        st.caption(words.t(N_("A note shows as a flag on every chart over time: of the whole firm everywhere, of a branch or another member on charts narrowed to it.")))
        _new(page)
    for note in list_annotations(page.appdb, page.user, page.scope, warehouse=page.warehouse)[:MOST_LISTED]:
        with st.container(horizontal=True, key=f"annotation_{note.id}", vertical_alignment="center"):
            whose = words.member(note.dimension, note.member) if note.dimension else words.t(N_("The whole firm"))
            st.markdown(f"**{md(page.formats.day(note.on_day))}** {md(note.text)}  \n:gray[{md(whose)} · {md(note.by)}]", width="stretch")
            if note.editable:
                st.button(words.t(N_("Remove")), key=f"annotation_remove_{note.id}", icon=":material/close:", type="tertiary", on_click=lambda i=note.id: remove(page.appdb, page.user, i))


def _new(page: Page) -> None:
    words = page.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = day_input(page, words.t(N_("Day")), page.today, "annotation_day", width=150)
        text = st.text_input(words.t(N_("What happened")), key="annotation_text", max_chars=LONGEST, width="stretch")
    dimensions = ["", *(d for d in DIMENSIONS if d in page.catalog.dimensions)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dimension = st.selectbox(words.t(N_("About")), dimensions, key="annotation_dimension", width="stretch",
                                 format_func=lambda d: words.label(page.catalog.dimension(d)) if d else words.t(N_("The whole firm")))
        member = None
        if dimension:
            members = [v.value for v in values_of(dimension, page.warehouse, scope=page.scope, limit=MOST_MEMBERS) if v.value is not None]
            member = st.selectbox(words.label(page.catalog.dimension(dimension)), members, key="annotation_member", width="stretch",
                                  format_func=lambda v: plain(words.member(dimension, v)))
    if st.button(words.t(N_("Save note")), type="primary", key="annotation_save"):
        try:
            add_annotation(page.appdb, page.user, given(day) or page.today, text, dimension or None, str(member) if dimension and member is not None else None,
                           warehouse=page.warehouse, scope=page.scope)
        except MabatError as error:
            st.warning(words.error(error))
            return
        st.rerun()


def with_flags(page: Page, picture: Picture, starts: Sequence[date], end: date, filters: Sequence[Filter] | None = None) -> Picture:
    """A chart over time with its notes; ``starts`` are the first days of its buckets, ``end`` the last day of all."""
    if not starts:
        return picture
    notes = chart_notes(page, starts[0], end, filters)
    return flagged(picture, flags_of(notes, starts, end), theme(page.theme), narrow=page.narrow, mirrored=page.words.rtl) if notes else picture
