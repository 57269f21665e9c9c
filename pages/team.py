"""Team: people by a score whose composition is visible, and branches side by side, fairly."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.scorecard import cards
from crm_data.analysis.target_store import all_targets
from crm_data.analysis.team_facts import Team, team
from crm_data.analysis.team_targets import aim
from crm_data.cuts.cut import Filter
from crm_data.errors import N_
from pages.parts import asking, state
from pages.parts.choices import first_with_data, lacking
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import frame
from pages.parts.team_asks import read, weights_button
from pages.parts.team_branches import branches_content
from pages.parts.team_people import OPEN, composition_content, left_out, people_content, sentence_of

if TYPE_CHECKING:
    from pages.parts.context import Page

#: What people and branches are measured by: sold, won, billed, paid, as far as the data goes.
VOLUMES = ("revenue", "won_value", "invoiced", "collected")


def render(page: Page) -> None:
    """Draw the page."""
    words = page.words
    volume = first_with_data(page.catalog, VOLUMES, asking.rows_by_table(page))
    if volume is None:
        show_empty("team", Empty(words.t(N_("Nothing to compare by")), words.t(N_("The data has no sales, won opportunities, invoices or payments.")), ":material/groups_2:"))
        return
    frame(page, "branches", words.t(N_("Branches side by side, fairly")), content=lambda: branches_content(page, volume), height="content")
    if page.scope.personal:
        _people(page, volume)
    else:
        st.caption(words.t(N_("Scorecards of people are for those who may see persons.")))
    if wanted := st.session_state.pop(OPEN, None):
        _open(page, *wanted)


def found_team(page: Page, volume: str) -> Team:
    """The people with their numbers, within the viewer's rights."""
    rows = asking.rows_by_table(page)
    able = [m for m in page.catalog.measures if not lacking(page.catalog, m, rows)]
    aimed = aim(all_targets(page.warehouse, page.appdb), page.warehouse, page.scope, page.period, volume)
    return team(page.warehouse, page.scope, page.period, page.filters, able, volume, aimed)


def _people(page: Page, volume: str) -> None:
    words, weights = page.words, read()
    with st.spinner(words.t(N_("Adding up")), show_time=True):
        found = found_team(page, volume)
    with st.container(horizontal=True, key="asks", vertical_alignment="center"):
        weights_button(page, found, weights)
    made = cards(found.people, weights, found.parts)
    said = sentence_of(page, found)
    frame(page, "people", words.t(N_("Scorecard of people")), said, lambda: people_content(page, found, made, weights), height="content")
    if made:
        points = words.t(N_("Points: where somebody stands (0 to 100) times the weight of the part; they sum to the score."))
        frame(page, "composition", words.t(N_("How each score is made")), " ".join(filter(None, (points, left_out(page, found, made, weights)))),
              lambda: composition_content(page, found, made, weights), height="content")


def _open(page: Page, dimension: str, key: int) -> None:
    """A person or branch as a filter on Segments."""
    carried = [f.to_text() for f in page.filters if f.dimension != dimension]
    state.open_page("segments", {"f": [*carried, Filter(dimension, "is", (f"#{key}",)).to_text()]})
