"""What stands where there is nothing to show: what, why, and one button that mends it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.parts.text import md


@dataclass(frozen=True)
class Empty:
    """``what`` in bold, ``why`` in one sentence; ``mend`` names the button and ``act`` is what it does (a callback)."""

    what: str
    why: str
    icon: str = ":material/filter_alt_off:"
    mend: str = ""
    act: Callable[[], None] | None = None
    page: str = ""


def show_empty(key: str, empty: Empty) -> None:
    """Centred in the frame it stands in."""
    with st.container(key=f"empty_{key}", horizontal_alignment="center", vertical_alignment="center", height="stretch"):
        st.markdown(empty.icon, width="content", text_alignment="center")
        st.markdown(f"**{md(empty.what)}**", width="content", text_alignment="center")
        st.caption(md(empty.why), width="content", text_alignment="center")
        if empty.mend and empty.act:
            st.button(empty.mend, key=f"mend_{key}", on_click=empty.act)
