"""The rankings page: what is ranked and by what stands in the address; one click opens the customer with its place."""
from __future__ import annotations

import pytest

from crm_data.cuts.access import Scope
from crm_data.model.appdb import open_appdb
from tests.single_page import alts, run_page, texts

YEAR = {"period": "last_12_months"}


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def names(app) -> list[str]:
    return list(app.dataframe[0].value["name"])


def test_customers_by_revenue_with_concentration_and_movers(truth, appdb):
    app = run_page("rankings", truth, appdb, query=YEAR)
    assert not app.exception and "could not be shown" not in texts(app)
    assert "## Customers by revenue" in texts(app) and "bring" in texts(app) and any("Who moved most" in a for a in alts(app))
    table = app.dataframe[0].value
    revenue = [v for v in table["revenue"] if v > -1e14]
    assert revenue == sorted(revenue, reverse=True) and list(table["rank"]) == list(range(1, len(table) + 1))


def test_several_criteria_and_another_subject_from_the_address(truth, appdb):
    app = run_page("rankings", truth, appdb, query={**YEAR, "rank": ["revenue:2:high", "complaints:1:low"]})
    assert not app.exception and "score" in app.dataframe[0].value
    for subject in ("owner", "branch"):
        app = run_page("rankings", truth, appdb, query={**YEAR, "by": subject})
        assert not app.exception and len(names(app)) >= 2


def test_what_the_address_cannot_mean_is_left_out(truth, appdb):
    for query in ({"by": "planet"}, {"rank": ["nonsense:1:high"]}, {"rank": ["revenue:x:y"]}, {"rank": ["'; DROP TABLE customer"]}):
        app = run_page("rankings", truth, appdb, query={**YEAR, **query})
        assert not app.exception and names(app)


def test_a_branch_sees_its_own_and_a_viewer_no_names(truth, appdb):
    whole = names(run_page("rankings", truth, appdb, query=YEAR))
    haifa = names(run_page("rankings", truth, appdb, query=YEAR, scope=Scope(frozenset({2}), None, True)))
    assert set(haifa) < set(whole) and not any("CANARY" in n for n in haifa) and any("CANARY" in n for n in whole)


def test_who_does_not_see_persons_ranks_the_firm_not_its_customers(demo, truth, appdb):
    nameless = Scope(None, None, False)
    whole = set(names(run_page("rankings", demo, appdb, query=YEAR)))
    viewed = names(run_page("rankings", demo, appdb, query=YEAR, scope=nameless))
    assert viewed and not set(viewed) & whole
    # In a firm where fewer than five customers stand behind everybody, nothing is shown.
    nobody = run_page("rankings", truth, appdb, query=YEAR, scope=nameless)
    assert not nobody.exception and not nobody.dataframe and "CANARY" not in texts(nobody)


def test_it_draws_in_the_dark_on_a_phone_and_from_right_to_left(truth, appdb):
    for options in ({"theme": "dark", "narrow": True}, {"language": "he"}):
        app = run_page("rankings", truth, appdb, query=YEAR, **options)
        assert not app.exception and "could not be shown" not in texts(app)
