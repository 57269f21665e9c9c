"""The weights of the scorecard: read from the address (``weight=contacts:2``), set behind one button."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.scorecard import BY_NAME, MOST_WEIGHT, TARGET, VISITS, VOLUME, weights_link, weights_of
from crm_data.analysis.team_facts import Team
from crm_data.errors import N_

if TYPE_CHECKING:
    from pages.parts.context import Page

KEY = "weight"
GROUPS = {"target": N_("Target"), "activities": N_("Activities"), "results": N_("Results")}


def label(page: Page, name: str, volume: str) -> str:
    """A part as people read it."""
    own = {TARGET: N_("Target"), VISITS: N_("Visits & meetings")}
    if name in own:
        return page.words.t(own[name])
    return page.words.label(page.catalog.measure(volume if name == VOLUME else BY_NAME[name].measure))


def read() -> dict[str, int]:
    """Every part's weight as the address has it."""
    return weights_of(st.query_params.get_all(KEY))


def write(weights: Mapping[str, int]) -> None:
    rest = {k: st.query_params.get_all(k) for k in st.query_params if k != KEY}
    told = weights_link(weights)
    st.query_params.from_dict({**rest, **({KEY: told} if told else {})})


def weights_button(page: Page, found: Team, weights: Mapping[str, int]) -> None:
    """The weights of the parts this data has."""
    words = page.words

    def changed() -> None:
        write({**weights, **{name: int(st.session_state[f"weight_{name}"]) for name in found.parts}})

    def usual() -> None:
        write(weights_of(()))
    with st.popover(words.t(N_("Weights")), key="weights", icon=":material/tune:"):
        before = ""
        for name in found.parts:
            group = BY_NAME[name].group
            if group != before and group != "target":
                st.caption(words.t(GROUPS[group]))
            before = group
            # The address is the truth: a slider that remembers an older choice is set to it.
            if st.session_state.get(f"weight_{name}") != weights[name]:
                st.session_state[f"weight_{name}"] = weights[name]
            st.slider(label(page, name, found.volume), 0, MOST_WEIGHT, key=f"weight_{name}", on_change=changed)
        st.caption(words.t(N_("Only the proportion counts; 0 leaves a part out of the score.")))
        if weights_link(weights):
            st.button(words.t(N_("The usual weights")), key="usual_weights", on_click=usual)
