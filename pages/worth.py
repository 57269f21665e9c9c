"""Worth: from revenue to what is left, who makes it and who loses it, who brings and costs much, and what another rate would do."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.worth import Statement, statement
from crm_data.errors import N_, MabatError
from pages.parts import asking, state
from pages.parts.customer_back import coming
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import frame
from pages.parts.worth_list import open_list
from pages.parts.worth_quadrant import groups_of, quadrant_content
from pages.parts.worth_statement import statement_content, unpriced_text
from pages.parts.worth_whale import OPEN, curve_of, everybody, whale_content
from pages.parts.worth_what_if import what_if_content

if TYPE_CHECKING:
    from pages.parts.context import Page


def render(page: Page) -> None:
    """Draw the page."""
    try:
        told = statement(page.warehouse, page.scope, page.period, None, page.filters, page.compare)
    except MabatError as error:
        _refused(page, error)
        return
    _rates(page)
    if not told.hidden and not any(line.amount for line in told.lines):
        _nothing(page, told)
        return
    left, right = st.columns([1.1, 1], gap="small")
    with left:
        frame(page, "statement", page.words.t(N_("From revenue to worth")), content=lambda: statement_content(page))
    with right:
        frame(page, "whale", page.words.t(N_("Who makes the money, who loses it")), content=lambda: whale_content(page, told.hidden))
    left, right = st.columns([1.1, 1], gap="small")
    with left:
        frame(page, "quadrant", page.words.t(N_("Brings much, costs much")), content=lambda: quadrant_content(page, told.hidden))
    with right:
        # By itself, so that a slider does not draw the charts again.
        st.fragment(_trying)(page, told)
    if wanted := st.session_state.pop(OPEN, None):
        _open(page, *wanted)


def _nothing(page: Page, told: Statement) -> None:
    """No sale, and no activity with a rate: said once, with what could be priced."""
    words = page.words
    why = words.t(N_("No sale and no activity with a rate in {period} and under these filters."), period=page.formats.period(told.period.first, told.period.last))
    if missing := unpriced_text(page, told):
        why += " " + words.t(N_("Without a rate: {what}."), what=missing)
    with st.container(border=True, key="frame_worth"):
        show_empty("worth", Empty(words.t(N_("Nothing sold, nothing priced")), why, ":material/payments:", words.t(N_("Clear all filters")) if page.filters else "",
                                  state.clear_filters if page.filters else None))


def _trying(page: Page, told: Statement) -> None:
    frame(page, "what_if", page.words.t(N_("What if a rate changes")), content=lambda: what_if_content(page, told))


def _refused(page: Page, error: MabatError) -> None:
    """Filters of which worth is not known (a product has no calls): said, with the button that mends it."""
    words = page.words
    mend = words.t(N_("Clear all filters")) if page.filters else ""
    with st.container(border=True, key="frame_worth"):
        show_empty("worth", Empty(words.t(N_("Not known by these filters")), words.error(error), mend=mend, act=state.clear_filters if page.filters else None))


def _rates(page: Page) -> None:
    """The way to the rates everything here is priced by."""
    from pages.parts.rate_editor import may_change, open_rate_editor

    with st.container(horizontal=True, key="asks", vertical_alignment="center"):
        text = asking.sentence(page, asking.filters_text(page)) or page.words.t(N_("All customers"))
        st.caption(text)
        st.space("stretch")
        label = page.words.t(N_("Change cost rates")) if may_change(page) else page.words.t(N_("Cost rates"))
        if st.button(label, icon=":material/price_change:", key="open_rates"):
            open_rate_editor(page)


def _open(page: Page, kind: str, name: str) -> None:
    """The list of a class or a group, or the page of a customer."""
    words = page.words
    if kind == "customer":
        state.open_page("customer", {"id": [name], **coming()})
        return
    them = everybody(page)
    if kind == "class":
        curve = curve_of(page)
        open_list(page, f"class_{name}", words.t(N_("class {name}"), name=name), them, (curve.named == name).nonzero()[0], worst_first=name == "D")
    else:
        from crm_data.analysis.quadrant import GROUPS

        open_list(page, f"group_{name}", words.t(GROUPS[name]), them, groups_of(page).positions(name), worst_first=name == "mend")
