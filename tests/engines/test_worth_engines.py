"""Worth: the same statement, people and units on DuckDB and PostgreSQL; rates tried out equal asking with them on both."""
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from crm_data.analysis.what_if import tried, units
from crm_data.analysis.worth import rows_question, statement, statement_cut
from crm_data.analysis.worth_people import people
from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.periods import Period
from crm_data.cuts.rates import Rate, overlaid, rates_of, with_rates
from tests.engines.test_same_answers import EVERYTHING, SOUTH
from tests.truth import noise as dice

pytestmark = pytest.mark.engines
DRIVERS = ("contact_phone", "minute_phone", "late_day", "delivery", "order", "return", "complaint")


@pytest.fixture(scope="module")
def both(noise, postgres_database, tmp_path_factory):
    return noise, dice.publish(postgres_database(), tmp_path_factory.mktemp("noise_worth"))


def year(warehouse) -> Period:
    return Period.named("last_12_months", warehouse.as_of)


@pytest.mark.parametrize("scope", (EVERYTHING, SOUTH, Scope(None, frozenset({1, 3}), True)), ids=("all", "south", "own"))
def test_the_same_statement_and_people(both, scope):
    told = [statement(w, scope, year(w), compare="last_year") for w in both]
    assert told[0] == told[1]
    one, two = (people(w, scope, year(w)) for w in both)
    assert list(one.keys) == list(two.keys) and np.allclose(one.worth, two.worth, atol=1e-6) and list(one.known) == list(two.known)


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_same_units(both, driver):
    one, two = (units(w, EVERYTHING, year(w), driver) for w in both)
    assert (one.total, one.cost_total, one.rate, list(one.keys)) == (two.total, two.cost_total, two.rate, list(two.keys))
    assert np.allclose(one.cost, two.cost) and len(one.keys)


def test_a_rate_tried_equals_asking_with_it(both):
    for w in both:
        within = year(w).clipped(w.as_of)
        other = with_rates(w, overlaid(rates_of(w), [Rate("delivery", Decimal("21"), within.first, within.last)]))
        found = tried(people(w, EVERYTHING, within), [(units(w, EVERYTHING, within, "delivery"), Decimal("21"))])
        assert np.allclose(found.then, people(other, EVERYTHING, within).worth, atol=1e-6)


def test_the_rows_of_revenue_before_discounts(both):
    for w in both:
        told = statement(w, EVERYTHING, year(w))
        question, measure, number = rows_question(told.lines[0], statement_cut(year(w)))
        assert measure == "_gross" and rows_behind(question, w, scope=EVERYTHING, measure=measure).total == number
