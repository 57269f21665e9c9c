"""Filters on a measure of each customer: "customers with revenue at least 1,000", "the top 10 % by worth". Added in a dialog of one row."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.cut import EACH, Cut, Filter, describe_filter
from crm_data.errors import N_
from pages.parts.explore_state import Explored, fits, put
from pages.parts.segment_rows import condition_row, fill, subjects
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: The row's place among those of the segment editor: one that no segment has.
ROW = 99


def condition_button(page: Page, explored: Explored) -> None:
    """The button in the strip; it opens the dialog."""
    words = page.words
    if st.button(words.t(N_("Customers where")), key="explore_condition", icon=":material/person_search:", help=words.t(N_("Only customers with so much of a measure, or the top of them"))):
        fill(page, ROW, Filter(f"{EACH}{_first(page)}@12m", "top", ("10%",)))
        st.dialog(words.t(N_("Customers where")), width="large")(_inside)(page, explored)


def _first(page: Page) -> str:
    """The measure begun with."""
    return next(n for n in subjects(page) if n.startswith(EACH)).removeprefix(EACH)


def _inside(page: Page, explored: Explored) -> None:
    words = page.words
    found = condition_row(page, ROW, [n for n in subjects(page) if n.startswith(EACH)])
    cut = added(explored.cut, found) if found else None
    able = cut is not None and fits(page.catalog, cut.measures, (*cut.by, *(f.dimension for f in cut.filters)))
    if found and not able:
        st.caption(words.t(N_("The measures shown are not known of single customers, so this cannot filter them.")))
    elif found:
        st.caption(md(describe_filter(found, words, page.catalog)))
    if st.button(words.t(N_("Add this filter")), key="explore_condition_add", type="primary", disabled=not able) and cut is not None:
        put(cut, explored.fig)
        st.rerun()


def added(cut: Cut, condition: Filter) -> Cut:
    """The cut with one more condition; an earlier one on the same measure and days is replaced."""
    return replace(cut, filters=(*(f for f in cut.filters if f.dimension != condition.dimension), condition))
