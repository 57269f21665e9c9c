"""A customer's story is the same on PostgreSQL as in the embedded file, event by event: lines, steps, prices, the family, what is usual and what is noticed."""
from __future__ import annotations

import pytest

from crm_data.analysis.notices import notices
from crm_data.analysis.timeline import timeline
from crm_data.analysis.usual import usual
from crm_data.cuts.access import Scope
from crm_data.model.snapshots import open_store
from tests.story_firm import TREE, publish_changed

pytestmark = pytest.mark.engines

EVERYTHING, EILAT = Scope.everything(), Scope(frozenset({3}), frozenset({1, 2, 4}), True)


@pytest.fixture(scope="module")
def trees(postgres_database, tmp_path_factory):
    return publish_changed(tmp_path_factory.mktemp("here"), TREE), publish_changed(tmp_path_factory.mktemp("there"), TREE, postgres_database())


@pytest.fixture(scope="module")
def noises(noise, postgres_database, tmp_path_factory):
    from tests.truth import noise as dice
    url = postgres_database()
    dice.publish(url, tmp_path_factory.mktemp("dice"))
    return noise, open_store(url).warehouse()


def same(here, there, scope: Scope, customer: int, **how) -> None:
    ours, theirs = timeline(here, scope, customer, **how), timeline(there, scope, customer, **how)
    for a, b in zip(ours.events, theirs.events, strict=True):
        assert a == b, (customer, a.ref, b.ref)
    assert ours == theirs and notices(ours) == notices(theirs)


@pytest.mark.parametrize("scope", [EVERYTHING, EILAT])
def test_the_tree_together_and_apart(trees, scope):
    for customer in range(1, 14) if scope is EVERYTHING else (3, 4, 11):
        for family in (False, True):
            same(*trees, scope, customer, family=family)
    same(*trees, scope, 3, contact=1)


def test_the_noise(noises):
    assert usual(noises[0], EVERYTHING) == usual(noises[1], EVERYTHING)
    for customer in range(1, 60, 3):
        same(*noises, EVERYTHING, customer, family=True)
