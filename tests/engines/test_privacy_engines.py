"""Both engines hide the same cells and give the same intervals."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.intervals import intervals
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.people import people
from crm_data.cuts.periods import Period
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.small_cells import hidden_cells

pytestmark = pytest.mark.engines

NOBODY = Scope(frozenset({1, 2, 3, 4}), None, False)
DAYS = Period(date(2025, 1, 1), date(2026, 6, 30))
CUTS = (Cut(("revenue", "customers", "worth", "mean_age", "csat", "open_balance", "win_rate", "leads"), period=DAYS),
        Cut(("revenue", "orders", "customers", "mean_age"), ("branch",), DAYS), Cut(("contacts", "csat"), ("customer_type", "branch"), DAYS),
        Cut(("revenue", "open_balance", "customers_total"), ("branch",), DAYS, "quarter"), Cut(("units", "orders"), ("owner", "product_category"), DAYS, "year"),
        Cut(("revenue", "contacts"), ("interest",), DAYS, filters=(Filter("gender", "is_not", ("female",)),)), Cut(("contacts",), ("weekday", "age_band"), DAYS))


@pytest.fixture(scope="module")
def noises(noise, postgres_database, tmp_path_factory):
    from tests.truth import noise as dice
    return noise, dice.publish(postgres_database(), tmp_path_factory.mktemp("noise_pg"))


@pytest.mark.parametrize("cut", CUTS, ids=[",".join((*c.by, c.grain or "")) for c in CUTS])
def test_the_same_customers_behind_the_same_cells(noises, cut):
    found = []
    for warehouse in noises:
        with warehouse.engine.connect() as connection:
            found.append(people(cut, connection, scope=NOBODY, catalog=catalog_for(warehouse), reach=used_dimensions(cut)))
    assert found[0] == found[1] and found[0]
    for m in cut.measures:
        one, two = ({key: row[m] for key, row in f.items()} for f in found)
        assert hidden_cells(one) == hidden_cells(two)


@pytest.mark.parametrize("measure", ["win_rate", "csat", "nps", "average_order", "revenue_per_customer", "mean_age", "first_response_hours", "worth_per_customer"])
def test_the_same_intervals(noises, measure):
    for cut in (Cut((measure,), ("branch",), DAYS), Cut((measure,), (), DAYS, "quarter")):
        one, two = (intervals(cut, w, scope=Scope.everything()).cells[measure] for w in noises)
        assert set(one) == set(two)
        for key, a in one.items():
            assert (a.n, a.low is None) == (two[key].n, two[key].low is None)
            assert a.low is None or (a.low, a.high) == pytest.approx((two[key].low, two[key].high), rel=1e-9, abs=1e-9)
