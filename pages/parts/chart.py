"""Draws a ``Picture``: always with its words for readers, and with clicks that go to our own state, not to the chart."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from crm_data.output.alt import alt_text
from crm_data.output.charts import CONFIG, Picture

#: Title and sentence of the card a picture is being drawn in: part of its words for readers.
_ABOVE: ContextVar[tuple[str, str]] = ContextVar("above", default=("", ""))


@contextmanager
def under(title: str, sentence: str) -> Iterator[None]:
    """Pictures drawn inside say this title and sentence before their own words."""
    token = _ABOVE.set((title, sentence))
    try:
        yield
    finally:
        _ABOVE.reset(token)


def plot(key: str, picture: Picture, on_click: Callable[[str], None] | None = None) -> None:
    """Draw a picture. ``on_click`` gets the key of the bar or cell that was clicked, before the page runs again.

    After each click the chart is a fresh one: it keeps no selection of its own, so the same bar can be clicked again.
    """
    alt = alt_text(picture.alt, *_ABOVE.get())
    if on_click is None:
        st.plotly_chart(picture.figure, key=key, alt=alt, config=CONFIG, theme="streamlit")
        return
    turns = f"turn_{key}"
    widget = f"{key}_{st.session_state.get(turns, 0)}"

    def chosen() -> None:
        points = st.session_state[widget]["selection"]["points"]
        data = points[0].get("customdata") if points else None
        if data is not None:
            st.session_state[turns] = st.session_state.get(turns, 0) + 1
            on_click(str(data[0] if isinstance(data, list | tuple) else data))

    st.plotly_chart(picture.figure, key=widget, alt=alt, config=CONFIG, theme="streamlit", on_select=chosen, selection_mode="points")
