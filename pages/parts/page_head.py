"""The head of a page."""
from __future__ import annotations

import streamlit as st

from crm_data.errors import N_
from pages.parts import state
from pages.parts.context import Page


def page_head(page: Page, title: str) -> None:
    """Title, the day of the data, and the link to share."""
    words = page.words
    with st.container(horizontal=True, key="pagehead", horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(words.t(title), anchor=False, width="stretch")
        st.caption(f":material/database: {words.t(N_('Data to {day}'), day=page.formats.day(page.today))}", width="content")
        with st.popover(words.t(N_("Share page")), icon=":material/link:", type="tertiary", key="share", width="content"):
            st.caption(words.t(N_("This link opens the same page with the same choices, for a colleague within their own rights.")))
            st.code(state.link_here(), language=None, wrap_lines=True)
