"""A customer's story, worth and search are the same on PostgreSQL as in the embedded file."""
from __future__ import annotations

import pytest

from crm_data.analysis.customers import find, profile
from crm_data.analysis.notices import notices
from crm_data.analysis.timeline import timeline
from crm_data.analysis.worth import statement
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import Period

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def postgres(postgres_database, tmp_path_factory):
    from tests.truth import tiny
    return tiny.publish(postgres_database(), tmp_path_factory.mktemp("customer_pg"))


@pytest.mark.parametrize("scope", [Scope.everything(), Scope(frozenset({2, 3}), frozenset({1, 2, 4}), True)])
def test_every_customers_story_and_worth_are_equal(truth, postgres, scope):
    year = Period.named("year_to_date", truth.as_of)
    for customer in (1, 2, 3) if scope.branches else range(1, 14):
        here, there = timeline(truth, scope, customer), timeline(postgres, scope, customer)
        assert [(e.ref, e.on, e.amount, e.closed_on, e.title.message) for e in here.events] == [(e.ref, e.on, e.amount, e.closed_on, e.title.message) for e in there.events]
        assert (here.balance, here.prices, here.usual_gap) == (there.balance, there.prices, there.usual_gap)
        assert [n.ref for n in notices(here)] == [n.ref for n in notices(there)]
        assert statement(truth, scope, year, customer).lines == statement(postgres, scope, year, customer).lines
        assert profile(truth, scope, customer) == profile(postgres, scope, customer)


@pytest.mark.parametrize("typed", ["cohen", "כהן", "فرید", "052-1234567", "C-003", "carmel", "Jafa Gooods", "%"])
def test_searches_find_the_same(truth, postgres, typed):
    everything = Scope.everything()
    assert find(truth, everything, typed) == find(postgres, everything, typed)
