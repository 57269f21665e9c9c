"""The head of a page."""
from __future__ import annotations

import streamlit as st

from crm_data.errors import N_
from pages.parts import export_dialog, frames, state
from pages.parts.context import Page
from pages.parts.page_help import page_help

_WANTED = "_export_page_wanted"


def page_head(page: Page, title: str, name: str = "") -> None:
    """Title, the day of the data, the link to share, the whole page as a file, and how to read the page ``name``."""
    words = page.words
    with st.container(horizontal=True, key="pagehead", horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(words.t(title), anchor=False, width="stretch")
        st.caption(f":material/database: {words.t(N_('Data to {day}'), day=page.formats.day(page.today))}", width="content")
        with st.popover(words.t(N_("Share page")), icon=":material/link:", type="tertiary", key="share", width="content"):
            st.caption(words.t(N_("This link opens the same page with the same choices, for a colleague within their own rights.")))
            st.code(state.link_here(), language=None, wrap_lines=True)
        export_page_button(page)
        page_help(words, name)


def export_page_button(page: Page, title: str = "") -> None:
    """The way to take the whole page along: as slides, a workbook, a report; ``title`` in place of the page's."""
    st.button(page.words.t(N_("Export page")), icon=":material/ios_share:", type="tertiary", key="export_page", width="content",
              on_click=lambda: st.session_state.__setitem__(_WANTED, title or True))


def export_page_if_asked(page: Page, title: str) -> None:
    """The dialog, when the button was pressed before this run: now everything on the page has been drawn."""
    if wanted := st.session_state.pop(_WANTED, False):
        export_dialog.open_page(page, wanted if isinstance(wanted, str) else page.words.t(title), frames.standing(), state.link_here())
