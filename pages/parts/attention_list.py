"""Findings as a list: an icon by kind, the finding with its number, what is behind it, and the way there."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.findings import Finding
from crm_data.errors import N_
from pages.parts.narrow import open_page
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Shapes differ by kind, so that colour is not the only sign.
ICONS = {"target": "flag", "branch": "trending_down", "complaints": "sentiment_dissatisfied", "overdue": "account_balance_wallet", "quotes": "schedule", "silent": "person_off",
         "leads": "mark_email_unread", "worse": "south_east", "ahead": "trending_up"}
_COLOURS = {"bad": "red", "warn": "orange", "good": "green"}


def attention_list(page: Page, findings: Sequence[Finding]) -> None:
    """Worst first; each row opens the page where it can be looked into."""
    for i, one in enumerate(findings):
        title, detail = one.title.text(page.words, page.formats), one.detail.text(page.words, page.formats)
        with st.container(horizontal=True, key=f"todo_{i}", vertical_alignment="center", gap="small"):
            st.markdown(f":{_COLOURS[one.severity]}[:material/{ICONS.get(one.kind, 'notifications')}:]", width="content")
            # One element: two would overlap or stand apart.
            st.markdown(f"**{md(title)}**  \n{md(detail)}", width="stretch")
            if st.button(page.words.t(N_("Open: {title}"), title=md(title)), key=f"open_{i}", type="tertiary", icon=":material/chevron_right:"):
                open_page(one.link.page, {name: list(values) for name, values in one.link.query.items()})
