"""Laid-over cost rates: the same numbers and rows on DuckDB and PostgreSQL, of one statement after the other."""
from __future__ import annotations

from dataclasses import replace

import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.rates import rates_of, with_rates
from tests.engines.test_same_answers import EVERYTHING, SOUTH, alike, assert_same
from tests.test_rates import overlaid_firm
from tests.truth import noise as dice
from tests.truth import tiny

pytestmark = pytest.mark.engines
MEASURES = ("cost_to_serve", "worth", "worth_per_customer", "_activities", "_activities_priced")
CUTS = (Cut(MEASURES), Cut(MEASURES, ("customer_type",), compare="last_year", limit=2), Cut(MEASURES, ("branch",), grain="quarter"), Cut(("cost_to_serve",), ("cost_driver",), grain="month"),
        Cut(MEASURES, ("customer_type",), filters=(Filter("each.worth", "below", ("50",)),)))


@pytest.fixture(scope="module")
def truths(truth, postgres_database, tmp_path_factory):
    return truth, tiny.publish(postgres_database(), tmp_path_factory.mktemp("truth_rates"))


@pytest.fixture(scope="module")
def noises(noise, postgres_database, tmp_path_factory):
    return noise, dice.publish(postgres_database(), tmp_path_factory.mktemp("noise_rates"))


@pytest.fixture(params=("truths", "noises"))
def pair(request):
    plain = request.getfixturevalue(request.param)
    assert rates_of(plain[0]) == rates_of(plain[1])
    return tuple(overlaid_firm(w) for w in plain)


@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("scope", (EVERYTHING, SOUTH, Scope(None, frozenset({1, 3}), True)), ids=("all", "south", "own"))
def test_numbers(pair, cut: Cut, scope: Scope) -> None:
    assert_same(replace(cut, period=Period.named("last_24_months", pair[0].as_of)), pair, scope)


def test_rows_behind(pair) -> None:
    one, two = (rows_behind(Cut(("worth",), period=Period.named("last_12_months", w.as_of)), w, scope=EVERYTHING) for w in pair)
    assert one.total == two.total and one.count == two.count
    assert all(alike(a, b) for a, b in zip(one.rows["value"], two.rows["value"], strict=True))


def test_of_no_rates_nothing_is_priced(pair) -> None:
    assert_same(Cut(("cost_to_serve", "_activities_priced"), ("cost_driver",)), tuple(with_rates(w, ()) for w in pair))
