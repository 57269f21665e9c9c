"""``mabat segments`` as people and programs use it, and segments in ``mabat cut``."""
from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crm_data.accounts.users import add_user
from crm_data.cli import main
from crm_data.model.appdb import open_appdb


@pytest.fixture
def run(truth_url, monkeypatch, tmp_path):
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output
    return call


def test_a_segment_is_made_listed_explained_cut_by_changed_and_deleted(run):
    assert "No segments yet" in run("segments", "list")
    made = json.loads(run("segments", "set", "Twice and complained", "--where", "each.orders@year>=2", "--where", "each.complaints@year:at_least:1", "--json"))
    assert (made["inside"], made["of"], made["customers"], made["of_customers"], made["version"], made["shared"]) == (2, 13, 2, 8, 1, True)
    assert "2 of 13 people and companies; 2 of 8 customers on 20 Nov 2026" in run("segments", "list")
    told = run("segments", "explain", "twice and complained", "1")
    assert "Not in “Twice and complained” (all conditions must hold)" in told and "yes  Orders, in the year: 3; asked: 2 or more" in told
    assert "no   Complaints, in the year: 0; asked: 1 or more" in told
    lines = json.loads(run("segments", "explain", "1", "1", "--json"))
    assert not lines["inside"] and [(c["passes"], c["value"], c["from"]) for c in lines["conditions"]] == [(True, 3.0, "2026-01-01"), (False, 0.0, "2026-01-01")]
    cut = json.loads(run("cut", "-m", "revenue", "-b", made["dimension"], "--period", "year_to_date", "--json"))
    assert [(r["segment_1"], r["revenue"]) for r in cut["rows"]] == [("in", 3325), ("out", 5730.3333)]
    changed = json.loads(run("segments", "set", "twice AND complained", "--where", "interest=Chess", "--any", "--json"))
    assert (changed["id"], changed["version"], changed["inside"], changed["coverage"]) == (1, 2, 1, [{"dimension": "interest", "known": 2, "total": 13}])
    assert "deleted" in run("segments", "set", "Twice and complained", "--delete") and json.loads(run("segments", "list", "--json")) == []


def test_private_ones_are_their_users(run, tmp_path):
    add_user(open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), "dana", role="manager", full_name="Dana")
    run("segments", "set", "Mine", "--where", "city=Haifa", "--private", "--user", "dana")
    assert json.loads(run("segments", "list", "--json")) == []
    kept, = json.loads(run("segments", "list", "--user", "dana", "--json"))
    assert (kept["name"], kept["author"], kept["inside"]) == ("Mine", "Dana", 5)


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("set", "X"), "at least one --where"), (("set", "X", "--where", "topic=Price"), "belongs to single records"), (("set", "X", "--where", "each.revenue@9m>=1"), "no span of time"),
    (("set", "X", "--where", "nonsense"), "not a filter"), (("explain", "Nothing", "1"), "no segment “Nothing”"), (("list", "--user", "nobody"), "no user “nobody”"),
    (("set", " ", "--where", "city=Haifa"), "Give it a name")])
def test_what_cannot_be_is_a_sentence(run, arguments, sentence):
    assert sentence in run("segments", *arguments, code=2)
