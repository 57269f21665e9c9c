"""The pipeline page: tiles, stages, the list, one opportunity, and what cannot be seen."""
from __future__ import annotations

import pytest

from crm_data.cuts.access import Scope
from crm_data.model.appdb import open_appdb
from tests.single_page import run_page, texts


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def test_the_list_says_what_is_open(truth, appdb):
    app = run_page("pipeline", truth, appdb, query={"period": "month_to_date"})
    assert not app.exception and "## Where open opportunities stand" in texts(app) and "4 open" in texts(app)
    listed = [f.value for f in app.dataframe if "name" in f.value][0]
    assert list(listed["name"]) == ["Carmel fleet", "Gal course", "Bilha extra", "CANARY small"]
    assert listed["said"][0] == "nothing done for 41 days (+1)"


def test_one_opportunity(truth, appdb):
    app = run_page("pipeline", truth, appdb, query={"id": "1"})
    assert not app.exception and "# Gal course" in texts(app)
    values = {m.label: m.value for m in app.metric}
    assert values["Since opening"] == "80 days" and values["In Proposal"] == "50 days" and values["Since last activity"] == "77 days" and values["Chance"] == "50%"
    assert "The quote has had no answer for 77 days" in texts(app)


def test_a_closed_one_and_one_without_stages(truth, appdb):
    app = run_page("pipeline", truth, appdb, query={"id": "3"})
    assert not app.exception and {m.label: m.value for m in app.metric}["From opening to closing"] == "40 days" and "It is closed." in texts(app)
    assert "No history of stages" in texts(run_page("pipeline", truth, appdb, query={"id": "4"}))


@pytest.mark.parametrize("asked", ["99", "abc", "<script>", "1" * 400, "-1", "١"])
def test_a_bad_link_is_a_sentence(truth, appdb, asked):
    app = run_page("pipeline", truth, appdb, query={"id": asked})
    assert not app.exception and "No such opportunity" in texts(app)


def test_back_from_a_found_customer_shows_the_list_again(truth, appdb):
    app = run_page("pipeline", truth, appdb, query={"id": "99", "from": "pipeline"})
    assert not app.exception and "4 open" in texts(app) and "No such opportunity" not in texts(app)


def test_another_branch_is_not_told(truth, appdb):
    app = run_page("pipeline", truth, appdb, query={"id": "2"}, scope=Scope(frozenset({2}), None, True))
    assert not app.exception and "not yours to see" in texts(app) and "Carmel" not in texts(app)


def test_who_may_not_see_persons_sees_numbers_alone(truth, appdb):
    app = run_page("pipeline", truth, appdb, query={}, scope=Scope(None, None, False))
    assert not app.exception and "numbers, not single opportunities" in texts(app) and "Carmel" not in texts(app)
    assert "not numbers" not in texts(app)
    assert "Gal course" not in texts(run_page("pipeline", truth, appdb, query={"id": "1"}, scope=Scope(None, None, False)))
