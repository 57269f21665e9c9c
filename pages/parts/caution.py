"""The line under a figure or table: what its averages rest on, what is not known, left out or hidden, and intervals on request."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.answer import Answer
from crm_data.errors import N_, MabatError
from pages.parts.asking import view
from pages.parts.table import table
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: In the address: intervals are shown.
PARAMETER = "ci"


def caution_line(page: Page, answer: Answer) -> None:
    """Say what applies to ``answer``; nothing when nothing does. Its questions are kept like all answers."""
    said = sentences(page, answer)
    able = _has_intervals(page, answer)
    if not said and not able:
        return
    with st.container(key="caution", gap="small"):
        if said:
            st.caption(" ".join(md(s) for s in said))
        if able and _wanted(page):
            _intervals(page, answer)


def sentences(page: Page, answer: Answer) -> list[str]:
    """The line as plain sentences, for notes in files too."""
    from crm_data.analysis.intervals import counts, resting
    from crm_data.analysis.left_out import dropped
    from crm_data.analysis.simpson import flags
    from crm_data.output import caution

    cut, rests, misled = answer.cut, None, ()
    try:
        if resting(cut, page.catalog):
            rests = counts(cut, page.warehouse, scope=page.scope)
            misled = flags(cut, page.warehouse, scope=page.scope)
        empty = dropped(cut, page.warehouse, scope=page.scope)
    except MabatError:
        empty = {}  # the answer stands; what cannot be asked about it is not said
    return caution.sentences(answer, view(page), rows=rests.rows if rests else (), total=rests.total if rests else {}, dropped=empty, flags=misled)


def _has_intervals(page: Page, answer: Answer) -> bool:
    from crm_data.analysis.intervals import has_interval

    return any(has_interval(m) for m in answer.cut.measures)


def _wanted(page: Page) -> bool:
    """The toggle; the address carries it, so that a link shows what its sender saw."""
    key = "caution_intervals"
    on = st.query_params.get(PARAMETER) == "1"
    st.session_state[key] = on

    def turned() -> None:
        if st.session_state[key]:
            st.query_params[PARAMETER] = "1"
        else:
            st.query_params.pop(PARAMETER, None)
    st.toggle(page.words.t(N_("Intervals")), key=key, on_change=turned,
              help=page.words.t(N_("Where each average or share would likely fall if the same happened again: 95 of 100 such intervals hold the true value.")))
    return on


def _intervals(page: Page, answer: Answer) -> None:
    from crm_data.analysis.intervals import TOTAL, intervals, keys_of
    from crm_data.output.caution import interval_sheet

    try:
        found = intervals(answer.cut, page.warehouse, scope=page.scope)
    except MabatError as error:
        st.caption(md(page.words.error(error)))
        return
    sheet = interval_sheet(answer, keys_of(answer), found.cells, TOTAL, view(page))
    table(page, "caution_table", sheet, alt=page.words.t(N_("Intervals")), height="content" if len(sheet.all_rows) <= 12 else 400)
    for m, why in found.why.items():
        st.caption(md(f"{page.words.label(page.catalog.measure(m))}: {page.words.t(why)}"))
