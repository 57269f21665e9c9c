"""Opportunities: the same days, activities and pattern of the won on DuckDB and PostgreSQL."""
from __future__ import annotations

import dataclasses

import pytest

from crm_data.analysis.opportunities import open_deals, stays
from crm_data.analysis.opportunity_story import compared, steps
from crm_data.analysis.won_pattern import won_pattern
from crm_data.cuts.access import Scope
from tests.engines.test_same_answers import EVERYTHING
from tests.truth import noise as dice
from tests.truth import tiny

pytestmark = pytest.mark.engines
SOUTH = Scope(frozenset({1, 3, 4}), None, True)


@pytest.fixture(scope="module", params=("truth", "noise"))
def pair(request, postgres_database, tmp_path_factory):
    publish = tiny.publish if request.param == "truth" else dice.publish
    return request.getfixturevalue(request.param), publish(postgres_database(), tmp_path_factory.mktemp("deals"))


def rounded(value):
    """Values with their floats to nine digits, so that the engines' own rounding does not count."""
    if isinstance(value, float):
        return round(value, 9)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: rounded(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("scope", (EVERYTHING, SOUTH), ids=("all", "south"))
def test_alike(pair, scope):
    one, other = pair
    assert rounded(won_pattern(one, scope)) == rounded(won_pattern(other, scope))
    found, theirs = open_deals(one, scope), open_deals(other, scope)
    assert rounded(found) == rounded(theirs) and found
    for mine, same in list(zip(found, theirs, strict=True))[:25]:
        pattern, stayed = won_pattern(one, scope), stays(one, mine)
        assert stayed == stays(other, same)
        done, theirs_done = steps(one, scope, mine, stayed), steps(other, scope, same, stayed)
        assert sorted(map(repr, done)) == sorted(map(repr, theirs_done))
        assert rounded(compared(one, scope, mine, done, pattern)) == rounded(compared(other, scope, same, done, pattern))
