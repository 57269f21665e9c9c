"""The button that hands a customer over: one printable page, as HTML or PDF; each is written into the audit."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import Profile
from crm_data.analysis.handover import sheet
from crm_data.analysis.story_words import say
from crm_data.errors import N_
from crm_data.output.handover import handover_html
from crm_data.output.pdf import NoBrowser, find_browser, to_pdf
from crm_data.output.tables import file_name
from pages.parts.figure_menu import download
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def handover_button(page: Page, who: Profile) -> None:
    """Draw the button; a page is made when it is asked for, within the rights of who asks."""
    words = page.words
    with st.popover(words.t(N_("Hand over")), icon=":material/print:", key="handover", help=words.t(N_("One page to take along or to give to a colleague"))):
        st.caption(words.t(N_("Who it is, its figures, what is noticed and open, what happened last and what comes next, on one page to print.")))
        detail = {"what": "hand-over sheet", "customer": who.key, "number": who.number}
        title = f"{words.t(N_('Hand-over'))} {who.number}"
        with st.container(horizontal=True):
            download(page, "handover_html", "HTML", file_name(title, page.warehouse.as_of, "html"), "text/html", lambda: made(page, who.id).encode(), {**detail, "format": "html"})
            if find_browser() is not None:
                download(page, "handover_pdf", "PDF", file_name(title, page.warehouse.as_of, "pdf"), "application/pdf", lambda: to_pdf(made(page, who.id)), {**detail, "format": "pdf"})
        if find_browser() is None:
            st.caption(md(words.error(NoBrowser())))


def made(page: Page, customer_id: int) -> str:
    """The page, in the reader's language."""
    user = page.user
    found = sheet(page.warehouse, page.scope, page.appdb, customer_id, getattr(user, "full_name", None) or user.name)
    return handover_html(found, page.words, page.formats, lambda said: say(said, page.words, page.formats))
