"""The head of the Targets page: which indicator and period, what can be done, and which of its lower figures are looked at."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_store import Target
from crm_data.analysis.targets import usable
from crm_data.analysis.working_days import places
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from pages.parts.target_alerts import alerts_button
from pages.parts.target_grid import ASKED, DRAWN
from pages.parts.target_known import known_picker
from pages.parts.target_spans import period_name, with_days
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

NEW, ADOPT, TURN = "targets_new", "targets_adopt", "targets_more_turn"
#: The lower figures, one of them at a time, by their name in the address.
VIEWS = {"gap": N_("Carries and drags"), "course": N_("Day by day"), "people": N_("People and other targets"), "forecast": N_("Forecast")}


@dataclass(frozen=True)
class Choice:
    """What can be asked of the page and what is chosen: indicator and period."""

    measures: tuple[str, ...]
    periods: tuple[Period, ...]
    measure: str
    period: Period


def asks(page: Page, choice: Choice | None, known: Sequence[Target], may: bool) -> None:
    """The page's questions and what can be done; without a choice (no target is shown) only the latter."""
    words = page.words
    with st.container(horizontal=True, key="asks", vertical_alignment="center"):
        if choice is not None:
            _questions(page, choice)
        measure = choice.measure if choice is not None else "revenue"
        if may and choice is not None:
            st.button(words.t(N_("Set a target")), key="set_target", icon=":material/add:", on_click=flag, args=(NEW, measure))
        alerts_button(page, known)
        if not may:
            known_picker(page)
            return
        # A key of its own after each click: a popover left open would lie over the dialog.
        with st.popover(words.t(N_("More")), icon=":material/more_horiz:", key=f"targets_more_{st.session_state.get(TURN, 0)}"):
            st.button(words.t(N_("Edit as a grid")), key="edit_grid", icon=":material/grid_on:", type="tertiary", on_click=_grid, args=(measure,))
            if page.scope.branches is None and page.scope.owners is None and offered(page, known):
                st.button(words.t(N_("Adopt those of the data")), key="adopt_targets", icon=":material/download_done:", type="tertiary", on_click=flag, args=(ADOPT, "1"))
            known_picker(page, popover=False)


def _questions(page: Page, choice: Choice) -> None:
    words = page.words
    if len(choice.measures) > 1:
        def measure_chosen() -> None:
            st.query_params["measure"] = st.session_state["targets_measure"]
        st.menu_button(words.t(N_("Indicator: {name}"), name=words.label(page.catalog.measure(choice.measure))), list(choice.measures), key="targets_measure",
                       format_func=lambda m: words.label(page.catalog.measure(m)), on_click=measure_chosen, icon=":material/flag:")
    if len(choice.periods) == 1:
        st.markdown(md(with_days(page, choice.period)), width="content")
    else:
        texts = [p.to_text() for p in choice.periods]

        def period_chosen() -> None:
            st.query_params["of"] = st.session_state["targets_period"] or texts[0]
        st.segmented_control(words.t(N_("Period of the targets")), texts, default=choice.period.to_text(), key="targets_period", label_visibility="collapsed",
                             format_func=lambda t: next(period_name(page, p) for p in choice.periods if p.to_text() == t),
                             on_change=period_chosen, required=True)


def offered(page: Page, known: Sequence[Target]) -> list[Target]:
    """Targets of the data nobody has set here and that can be measured."""
    return usable([t for t in known if t.source == "data"], page.catalog, places(page.warehouse))[0]


def flag(name: str, value: str) -> None:
    """Remember what was clicked until the dialogs are drawn."""
    st.session_state[name] = value
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _grid(measure: str) -> None:
    flag(ASKED, measure)
    # A sheet closed with changes not saved comes back with them; it is drawn anew.
    st.session_state.pop(DRAWN, None)


def view_chosen(page: Page, able: Sequence[str]) -> str:
    """Which of the lower figures is looked at: by the address, else the first there is. Empty: there is none."""
    if len(able) < 2:
        return able[0] if able else ""

    def chosen() -> None:
        st.query_params["show"] = st.session_state[key]
    asked = st.query_params.get("show", "")
    now = asked if asked in able else able[0]
    # A key of its own for each view: the control follows the address.
    key = f"targets_show_{now}"
    st.segmented_control(page.words.t(N_("Look closer")), able, default=now, key=key, format_func=lambda v: page.words.t(VIEWS[v]), label_visibility="collapsed", required=True,
                         on_change=chosen)
    return now
