"""The same ranking, with the same reasons, on both engines."""
from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crm_data.analysis.ranking import Criterion, names_of, rank
from crm_data.analysis.ranking_criteria import offered
from crm_data.analysis.ranking_reasons import reasons
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from tests.truth import tiny

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


@pytest.fixture(scope="module")
def postgres(postgres_database, tmp_path_factory):
    return tiny.publish(postgres_database(), tmp_path_factory.mktemp("ranking_pg"))


@pytest.mark.parametrize("scope", [Scope.everything(), Scope(frozenset({2, 3}), None, True)], ids=["all", "two branches"])
def test_every_criterion_ranks_the_same(truth, postgres, scope):
    catalog = catalog_for(truth)
    names = offered(catalog, [m for m in catalog.measures if catalog.can_cut(m, "customer")], "customer")
    for name in (*names, "growth.complaints"):
        here, there = (rank(w, scope, YEAR, (Criterion(name),)) for w in (truth, postgres))
        pd.testing.assert_frame_equal(here.rows, there.rows, check_dtype=False, obj=name)
    for subject in ("owner", "branch"):
        criteria = (Criterion("revenue", 2), Criterion("days_late", 1, False), Criterion("recency", 1, False))
        here, there = (rank(w, scope, YEAR, criteria, subject=subject) for w in (truth, postgres))
        pd.testing.assert_frame_equal(here.rows, there.rows, check_dtype=False, obj=subject)


def test_reasons_points_and_names_are_the_same(truth, postgres, everything):
    criteria = (Criterion("worth", 2), Criterion("complaints", 1, False), Criterion.from_text("member:industry=Retail:100,Food:50:1:high", catalog_for(truth)))
    short = Period(date(2026, 5, 1), date(2026, 11, 20))
    found = []
    for w in (truth, postgres):
        r = rank(w, everything, short, criteria, compare="previous", filters=(Filter("relation", "is", ("customer",)),))
        keys = [*r.rows["key"], *r.gone["key"]]
        found.append((reasons(r, keys, w, everything), names_of(w, everything, "customer", keys)))
    (why, names), (why_there, names_there) = found
    assert names == names_there and why.keys() == why_there.keys()
    for key, reason in why.items():
        other = why_there[key]
        assert (reason.kind, reason.criterion, reason.before, reason.now, reason.event) == (other.kind, other.criterion, other.before, other.now, other.event)
        assert np.allclose([np.nan_to_num(reason.value or 0), np.nan_to_num(reason.value_before or 0)], [np.nan_to_num(other.value or 0), np.nan_to_num(other.value_before or 0)])
