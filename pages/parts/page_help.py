"""The little help of a page: how to read it, a click away, in the reader's language."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.errors import N_
from crm_data.output.page_help import PAGE_HELP

if TYPE_CHECKING:
    from crm_data.output.words import Words


def page_help(words: Words, name: str) -> None:
    """A button that opens the explanation of the page ``name``; nothing where there is none."""
    if name not in PAGE_HELP:
        return
    with st.popover(words.t(N_("Help")), icon=":material/help:", type="tertiary", key="page_help", width="content", help=words.t(N_("How to read this page"))):
        st.markdown(f"## {words.t(N_('How to read this page'))}")
        for head, text in PAGE_HELP[name]:
            st.markdown(f"**{words.t(head)}**")
            st.markdown(words.t(text))


def plain_head(words: Words, title: str, name: str) -> None:
    """The head of a page that shares no link and takes no period: its title and its help."""
    with st.container(horizontal=True, key="pagehead", horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(words.t(title), anchor=False, width="stretch")
        page_help(words, name)
