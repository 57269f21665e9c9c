"""Conditions on customers and random cuts: the same on DuckDB and PostgreSQL. The default run takes a sample; ``-m slow`` 2,000 cuts."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.segments import Segment, with_segments
from tests.engines.test_same_answers import assert_same
from tests.properties.cuts import cuts
from tests.truth import noise as dice
from tests.truth import tiny

pytestmark = pytest.mark.engines
EVERYTHING, SOUTH = Scope.everything(), Scope(frozenset({1, 3, 4}), None, True)
SEGMENTS = (
    Segment(1, "Twice and complained", (Filter("each.orders@year", "at_least", ("2",)), Filter("each.complaints@year", "at_least", ("1",)))),
    Segment(2, "Lost or unknown city", (Filter("life_stage", "is", ("lost",)), Filter("city", "is_empty")), every=False))
FILTERS = (
    Filter("each.revenue", "top", ("20%",)), Filter("each.revenue@year/customer_type", "top", ("1",)), Filter("each.orders/age_band", "bottom", ("40%",)), Filter("each.revenue@ever", "bottom", ("3",)), Filter("each.orders@12m", "at_least", ("2",)),
    Filter("each.worth", "below", ("100.50",)), Filter("each.contacts@year", "between", ("0", "1")), Filter("each.gross_margin", "at_least", ("0.5",)),
    Filter("segment_1", "is", ("in",)), Filter("segment_2", "is_not", ("in",)), Filter("buying_habit", "is", ("regular", "none")), Filter("purchase_volume", "is_not", ("small",)))


@pytest.fixture(scope="module")
def truths(truth, postgres_database, tmp_path_factory):
    return truth, tiny.publish(postgres_database(), tmp_path_factory.mktemp("truth_conditions"))


@pytest.fixture(scope="module")
def noises(noise, postgres_database, tmp_path_factory):
    return noise, dice.publish(postgres_database(), tmp_path_factory.mktemp("noise_conditions"))


@pytest.fixture(params=("truths", "noises"))
def pair(request):
    return tuple(with_segments(w, SEGMENTS) for w in request.getfixturevalue(request.param))


@pytest.mark.parametrize("condition", FILTERS, ids=lambda f: f.to_text())
@pytest.mark.parametrize("scope", (EVERYTHING, SOUTH), ids=("all", "south"))
def test_conditions(pair, condition: Filter, scope: Scope) -> None:
    assert_same(Cut(("revenue", "customers", "contacts", "mean_age"), ("customer_type",), Period(date(2025, 7, 1), date(2026, 9, 30)), filters=(condition,), compare="last_year"), pair, scope)


@pytest.mark.parametrize("dimension", ("life_stage", "buying_habit", "purchase_volume", "segment_1", "segment_2"))
def test_classes(pair, dimension: str) -> None:
    assert_same(Cut(("revenue", "customers", "contacts"), (dimension, "branch"), Period(date(2026, 1, 1), date(2026, 11, 20)), "quarter", compare="last_year"), pair, EVERYTHING)


def compare_random(pair, examples: int) -> None:
    @given(st.data())
    @settings(max_examples=examples)
    def check(data) -> None:
        assert_same(data.draw(cuts(pair[0], most_by=3)), pair, EVERYTHING)
    check()


def test_random_cuts(pair) -> None:
    compare_random(pair, 10)


@pytest.mark.slow
def test_two_thousand_random_cuts(pair) -> None:
    compare_random(pair, 1000)
