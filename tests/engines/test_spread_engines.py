"""Spreads over customers are the same on DuckDB and PostgreSQL."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.spread import VALUES, spread
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period

pytestmark = pytest.mark.engines
YEAR = Period(date(2025, 11, 21), date(2026, 11, 20))


@pytest.fixture(scope="module")
def demos(demo, demo_staging, postgres_database):
    from crm_data.model.snapshots import open_store
    from tests.demo_firm import publish_demo
    url = postgres_database()
    publish_demo(url, demo_staging)
    return demo, open_store(url).warehouse()


@pytest.mark.parametrize("cut", [Cut(("revenue",), ("customer_type",), YEAR), Cut(("contacts",), ("branch",), YEAR), Cut(("orders",), (), YEAR), Cut(("cost_to_serve",), ("gender",), YEAR)])
def test_spreads_agree(demos, cut):
    one, two = (spread(cut, w, scope=Scope.everything()) for w in demos)
    assert list(one.columns) == list(two.columns) and len(one) == len(two) > 0
    for a, b in zip(one.to_dict("records"), two.to_dict("records"), strict=True):
        assert all(a[c] == pytest.approx(b[c], rel=1e-9) if c in VALUES else a[c] == b[c] for c in one.columns), (a, b)
