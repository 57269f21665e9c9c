"""Rankings: customers, owners or branches by weighted criteria, with reasons, classes, how firm the top is, and who moved most."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.ranking import Ranking, kept_rank
from crm_data.analysis.ranking_link import OWN, Asked
from crm_data.cuts.cut import Filter
from crm_data.errors import N_, MabatError
from pages.parts import ranking_asks, state
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import frame
from pages.parts.ranking_asks import SUBJECT_WORDS, label
from pages.parts.ranking_cards import classes_content, moved_content, stability_content, stable_of
from pages.parts.ranking_saved import open_link, saved_button
from pages.parts.ranking_table import more, rows_of, table_content
from pages.parts.ranking_why import open_why

if TYPE_CHECKING:
    from pages.parts.context import Page


def render(page: Page) -> None:
    """Draw the page."""
    open_link(page)
    asked = ranking_asks.draw(page, saved=lambda asked: saved_button(page, asked))
    try:
        with st.spinner(page.words.t(N_("Adding up")), show_time=True):
            found = ranked(page, asked)
    except MabatError as error:
        show_empty("ranking", Empty(page.words.t(N_("This cannot be ranked")), page.words.error(error), ":material/error_outline:"))
        return
    left, right = st.columns([2.9, 1], gap="small")
    with left:
        frame(page, "ranking", _title(page, asked), content=lambda: table_content(page, asked, found), height="content")
        more(page, len(rows_of(asked, found)))
    with right:
        if len(asked.criteria) > 1:
            frame(page, "stability", page.words.t(N_("How firm the top is")), content=lambda: stability_content(page, asked, found), height="content")
        frame(page, "concentration", page.words.t(N_("How concentrated it is")), content=lambda: classes_content(page, asked, found), height="content")
        frame(page, "moved", page.words.t(N_("Who moved most")), content=lambda: moved_content(page, asked, found), height="content")
    _follow(page, asked, found)


def ranked(page: Page, asked: Asked) -> Ranking:
    """The ranking, kept while data, scope and questions are the same; the classes shown ask nothing new."""
    return kept_rank(page.warehouse, page.scope, page.period, asked.criteria, subject=asked.subject, compare=page.compare, filters=page.filters, classing=asked.classing)


def _title(page: Page, asked: Asked) -> str:
    names = page.words.listed(label(page, c.name).lower() for c in asked.criteria)
    return page.words.t(N_("{subject} by {criteria}"), subject=page.words.t(SUBJECT_WORDS[asked.subject]), criteria=names)


def _follow(page: Page, asked: Asked, found: Ranking) -> None:
    """Go where a click of the last run wanted."""
    if wanted := st.session_state.pop("_open_ranked", None):
        _open(page, asked, *wanted)
    if (key := st.session_state.pop("_why_ranked", None)) is not None:
        place = next((int(r) for r in found.rows.loc[found.rows["key"] == key, "rank"]), 0)
        open_why(page, found, key, lambda: stable_of(page, asked, found), lambda: _open(page, asked, key, place, found.count))


def _open(page: Page, asked: Asked, key: int, place: int, count: int) -> None:
    """To a customer's page, remembering the place; owners and branches open as a filter on Segments."""
    if asked.subject == "customer":
        back = [f"rankings:{place}:{count}" if place else "rankings"]
        state.open_page("customer", {"id": [str(key)], "from": back, **{k: st.query_params.get_all(k) for k in (*OWN, "ranking") if k in st.query_params}})
        return
    carried = [f.to_text() for f in page.filters if f.dimension != asked.subject]
    state.open_page("segments", {"f": [*carried, Filter(asked.subject, "is", (f"#{key}",)).to_text()]})
