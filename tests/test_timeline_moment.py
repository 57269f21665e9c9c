"""What of a story is shown: to the address and back, and whatever an address or a browser may say."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.events import KINDS
from pages.parts.timeline.moment import MOST, Moment

_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=MOST).map(str.strip)
_DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
_KINDS = st.sets(st.sampled_from(KINDS), max_size=len(KINDS) - 1).map(lambda chosen: tuple(k for k in KINDS if k in chosen))


@given(st.one_of(st.just(None), st.tuples(_DAYS, _DAYS).map(sorted)), _KINDS, _TEXTS, _TEXTS, _TEXTS)
def test_there_and_back(period, kinds, find, whose, price):
    whole = Moment(*(period or (None, None)), kinds, find, whose, price)
    query = {k: [v] for k, v in whole.to_query().items()}
    again = Moment.from_query(query)
    assert again == Moment.from_view(whole.to_view()) and again.kinds == kinds and (again.first, again.last) == tuple(period or (None, None))
    assert Moment.from_query({k: [v] for k, v in again.to_query().items()}) == again


def test_the_whole_story_needs_no_address():
    assert Moment().to_query() == {} and Moment.from_query({}) == Moment() and Moment.from_query({"kinds": [",".join(KINDS)]}) == Moment()
    assert Moment(date(2025, 1, 1), date(2025, 12, 31), ("orders", "money"), "pens").to_query() == {"at": "2025-01-01..2025-12-31", "kinds": "orders,money", "find": "pens"}


@pytest.mark.parametrize("view", [{}, {"a": "x", "z": 3}, {"a": 5, "z": 1}, {"k": "orders"}, {"k": [99, -1, None]}, {"a": 1e300, "z": 1e301}, {"q": ["x"], "h": {"a": 1}, "p": None}, {"a": float("nan"), "z": 3}])
def test_whatever_a_browser_says_is_a_moment(view):
    found = Moment.from_view(view)
    assert found.first is None and found.kinds == () and len(found.find) <= MOST


@pytest.mark.parametrize("at", ["", "..", "2025-01-01", "2025-02-30..2025-03-01", "2026-01-01..2025-01-01", "x..y", "2025-01-01..", "9999999-01-01..2025-01-01"])
def test_a_wrong_period_is_the_whole_story(at):
    assert Moment.from_query({"at": [at]}) == Moment()
