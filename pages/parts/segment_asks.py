"""What Segments is asked: by what, and which measure. The choice stands in the address, in codes that hold in every language."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.errors import N_, MabatError
from pages.parts import asking
from pages.parts.choices import grouped, lacking, lead_measure, refusal

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Offered at once; the rest stands in the menu.
FIRST = ("customer_type", "branch", "age_band", "gender", "city", "industry", "product_category", "owner")
SHOWN = 5


@dataclass(frozen=True)
class Asks:
    """The measure and dimension chosen, and the measure this data begins with (``lead``); ``refused`` says why they do not fit,
    ``instead`` and ``mend`` what to do then."""

    measure: str
    dimension: str
    lead: str
    refused: MabatError | None = None
    instead: str = ""
    mend: Callable[[], None] | None = None


def choose(page: Page) -> Asks:
    """Draw the row of questions and return what is chosen."""
    measure = _measure(page)
    able = [d for d in page.catalog.dimensions if page.catalog.can_cut(measure, d) and d not in ("customer", "age")]
    dimension = _dimension(page, able)
    with st.container(horizontal=True, key="asks", vertical_alignment="center"):
        _dimension_control(page, able, dimension)
        _measure_control(page, measure, dimension)
    refused = refusal(page.catalog, measure, [dimension])
    instead = next((d for d in (*FIRST, *able) if d in able), "") if refused else ""
    return Asks(measure, dimension, lead_measure(page.catalog, asking.rows_by_table(page)), refused, instead, (lambda: _set("by", instead)) if instead else None)


def choose_measure(measure: str) -> None:
    """Show another measure (a callback)."""
    _set("m", measure)


def _set(name: str, value: str) -> None:
    st.query_params[name] = value


def _measure(page: Page) -> str:
    """The measure of the address, or what this data has to begin with. An unknown name is left to be said by its error."""
    asked = st.query_params.get("m", "")
    return asked if asked in page.catalog.measures else lead_measure(page.catalog, asking.rows_by_table(page))


def _dimension(page: Page, able: list[str]) -> str:
    asked = st.query_params.get("by", "")
    if asked in page.catalog.dimensions:
        return asked
    return (_first(page, able) or able or ["branch"])[0]


def _dimension_control(page: Page, able: list[str], chosen: str) -> None:
    words = page.words
    first = _first(page, able)
    rest = sorted((d for d in able if d not in first), key=lambda d: words.label(page.catalog.dimension(d)))
    # The address decides: the control shows what it says, also after Back.
    st.session_state["segments_by"] = chosen if chosen in first else None

    def changed() -> None:
        if st.session_state["segments_by"]:
            _set("by", st.session_state["segments_by"])

    def picked() -> None:
        if st.session_state["segments_more"]:
            _set("by", st.session_state["segments_more"])

    labels = [words.label(page.catalog.dimension(d)) for d in able]

    def name(dimension: str) -> str:
        # A field of the firm's own may be called as one of ours.
        label = words.label(page.catalog.dimension(dimension))
        return label if labels.count(label) < 2 else f"{label} ({dimension})"

    st.segmented_control(words.t(N_("Break down by")), first, key="segments_by", format_func=name, on_change=changed, label_visibility="collapsed")
    if rest:
        label = words.t(N_("By: {dimension}"), dimension=name(chosen)) if chosen in rest else words.t(N_("More"))
        st.menu_button(label, rest, key="segments_more", format_func=name, on_click=picked)


def _first(page: Page, able: list[str]) -> list[str]:
    """The dimensions offered at once: those that tell something apart on this data."""
    found: list[str] = []
    for dimension in (*FIRST, *(d for d in able if d not in FIRST)):
        if len(found) == SHOWN:
            break
        if dimension in able and asking.splits(page, dimension):
            found.append(dimension)
    return found


def _measure_control(page: Page, measure: str, dimension: str) -> None:
    words = page.words
    groups = grouped(page.catalog, asking.rows_by_table(page))
    by = words.label(page.catalog.dimension(dimension))

    def changed(key: str) -> None:
        if st.session_state[key]:
            _set("m", st.session_state[key])

    with st.popover(words.t(N_("Measure: {measure}"), measure=words.label(page.catalog.measure(measure)))):
        for group, members in groups:
            able = [m for m in members if page.catalog.can_cut(m, dimension)]
            if not able:
                continue
            key = f"segments_measure_{group}"
            st.session_state[key] = measure if measure in able else None
            st.pills(words.t(group), able, key=key, format_func=lambda m: words.label(page.catalog.measure(m)), on_change=changed, args=(key,))
        cannot = [words.label(page.catalog.measure(m)) for _, members in groups for m in members if not page.catalog.can_cut(m, dimension)]
        if cannot:
            st.caption(words.t(N_("Not known by {dimension}: {measures}."), dimension=by.lower(), measures=words.listed(cannot)))
        missing = [words.label(about) for name, about in page.catalog.measures.items() if lacking(page.catalog, name, asking.rows_by_table(page))]
        if missing:
            st.caption(words.t(N_("Not in the data: {measures}."), measures=words.listed(missing)))
