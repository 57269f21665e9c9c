"""The segments a customer is in, and why: each condition, its value against what is asked, passed or not."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.segment_members import classes_of, explain, inside_of
from crm_data.cuts.periods import Period
from crm_data.cuts.segments import Segment
from crm_data.errors import N_, MabatError
from crm_data.output.segment_words import line_text
from pages.parts.figure import frame
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST = 12


def customer_segments(page: Page, customer_id: int) -> None:
    """The card: the ready-made classes, then each segment the viewer sees, in or not, with its explanation."""
    words = page.words
    period = Period.named("last_12_months", page.today)

    def content() -> None:
        _classes(page, customer_id, period)
        found = [(one, _inside(page, one, customer_id, period)) for one in page.warehouse.segments[:MOST]]
        if not found:
            st.caption(words.t(N_("No segments of your own yet. Make one in Explore, under “Segments”.")))
        for one, inside in sorted((f for f in found if f[1] is not None), key=lambda f: not f[1]):
            _segment(page, one, bool(inside), customer_id, period)
    frame(page, "customer_segments", words.t(N_("Segments")), words.t(N_("As of {day}; open one to see why"), day=page.formats.day(page.today)), content=content, menu=False, height="content")


def _classes(page: Page, customer_id: int, period: Period) -> None:
    words, catalog = page.words, page.catalog
    told = classes_of(customer_id, page.warehouse, scope=page.scope, period=period)
    parts = [f"{md(words.label(catalog.dimension(name)))}: **{md(words.member(name, value))}**" for name, value in told.items()]
    if parts:
        st.markdown(" · ".join(parts))


def _inside(page: Page, one: Segment, customer_id: int, period: Period) -> bool | None:
    """None where it cannot be asked (a field the viewer may not see)."""
    try:
        return inside_of(one, customer_id, page.warehouse, scope=page.scope, period=period)
    except MabatError:
        return None


def _segment(page: Page, one: Segment, inside: bool, customer_id: int, period: Period) -> None:
    words = page.words
    label = md(one.name) if inside else words.t(N_("not in: {name}"), name=md(one.name))
    shown = st.expander(label, icon=":material/check_circle:" if inside else ":material/radio_button_unchecked:", key=f"why_segment_{one.id}", on_change="rerun")
    if not shown.open:
        return
    with shown:
        _, lines = explain(one.filters, one.every, customer_id, page.warehouse, scope=page.scope, period=period)
        st.caption(words.t(N_("All conditions must hold.")) if one.every else words.t(N_("One condition is enough.")))
        for line in lines:
            told = line_text(line, words, page.formats, page.catalog)
            mark = ":green[:material/check:]" if line.passes else ":red[:material/close:]"
            said = words.t(N_("passed")) if line.passes else words.t(N_("not passed"))
            st.markdown(f"{mark} {md(told.subject)}: **{md(told.value)}** · {md(words.t(N_('asked: {wanted}'), wanted=told.wanted))} · {md(said)}")
