"""``mabat tiers`` as people and programs use it."""
from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from crm_data.cli import main
from tests.truth import tiny


@pytest.fixture
def run(truth_url, monkeypatch, tmp_path):
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")

    def call(*arguments: str, code: int = 0, give: str | None = None) -> str:
        result = CliRunner().invoke(main, ["tiers", *arguments], input=give)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output
    return call


def _define(run) -> None:
    run("set", "gold", "--where", "each.revenue@12m>=1000", "--discount", "10%", "--payment-days", "60", "--price-list", "A", "--offer", "Free delivery")
    run("set", "silver", "--where", "each.revenue@12m:at_least:300", "--discount", "5")


def test_tiers_are_defined_listed_changed_and_taken_away(run):
    assert "No tiers are defined yet" in run("list")
    _define(run)
    told = json.loads(run("list", "--json"))
    assert [(t["tier"], t["customers"], t["revenue"]) for t in told["tiers"]] == [("gold", 2, "3730.3333"), ("silver", 1, "325"), (None, 5, "4990")]
    assert told["tiers"][0]["rule"] == ["each.revenue@12m:at_least:1000"] and told["tiers"][0]["discount"] == "10" and told["tiers"][0]["offers"] == ["Free delivery"]
    assert told["others"]["revenue"] == "110"
    assert "price list A, discount 10%, 60 days to pay, Free delivery" in run("list")
    assert run("set", "bronze", "--rest", "--place", "3").splitlines()[-1].startswith("bronze: everybody else")
    assert "Put it last" in run("set", "bronze", "--place", "1", code=2)
    assert [line.partition(":")[0] for line in run("set", "silver", "--delete").splitlines()] == ["gold", "bronze"]
    assert "There are tiers already" in run("start", "--from", "data", code=2)


def test_a_start_from_the_data(run):
    assert run("start", "--from", "data").splitlines() == ["gold: customers with revenue of 2,500 or more, in 12 months", "silver: customers with revenue of 1,000 or more, in 12 months"]


def test_rules_are_tried_applied_and_undone(run):
    assert "No tiers are defined yet" in run("simulate", code=2)
    _define(run)
    tried = json.loads(run("simulate", "--json"))
    assert (tried["changed"], tried["down"]["customers"], tried["into"]["customers"], tried["into"]["discount_cost"], tried["down"]["discount_cost"]) == (5, 1, 4, "421.50", "-31.52")
    assert json.loads(run("simulate", "--where", "gold:each.revenue@12m>=900", "--json"))["moves"][1] == {"from": None, "to": "gold", "customers": 3}
    assert "Did you mean “gold”" in run("simulate", "--where", "golt:each.revenue@12m>=900", code=2)
    assert run("apply", give="n\n", code=1) and json.loads(run("list", "--json"))["tiers"][0]["customers"] == 2
    assert "Run 1: 5 customers" in run("apply", "--yes", "--why", "yearly")
    after = json.loads(run("list", "--json"))
    assert [t["customers"] for t in after["tiers"]] == [3, 4, 1] and after["not_in_the_data_yet"] == 5 and "mabat tiers publish" in run("list")
    assert "Nobody changes tier" in run("apply", "--yes", code=2)
    assert json.loads(run("assign", "C-005", "silver", "--why", "a friend", "--json")) == {"customer": 5, "number": "C-005", "tier": "silver"}
    assert [(r["run"], r["what"], r["changed"], r["why"]) for r in json.loads(run("runs", "--json"))] == [(2, "manual", 1, "a friend"), (1, "rules", 5, "yearly")]
    assert "Run 1 is undone: 5 customers" in run("undo", "1") and "undone already" in run("undo", "1", code=2)
    assert [t["customers"] for t in json.loads(run("list", "--json"))["tiers"]] == [2, 2, 4] and "· undone by" in run("runs")


def test_the_list_for_a_campaign_is_safe_in_a_spreadsheet(run, tmp_path):
    _define(run)
    rows = list(csv.DictReader(io.StringIO(run("simulate", "--to", "-"))))
    assert [(r["name"], r["from"], r["to"], r["revenue"]) for r in rows][:2] == [("Carmel North", "", "gold", "2590.0000"), ("Jaffa Foods", "", "gold", "1000.0000")]
    run("simulate", "--to", str(tmp_path / "list.csv"), "--consent")
    kept = list(csv.DictReader(io.StringIO((tmp_path / "list.csv").read_text("utf-8-sig"))))
    assert [r["name"] for r in kept] == ["Avi Cohen", "Émile Durand"] and kept[1]["phone"] == "'+33 612345678"


def test_assignments_are_brought_into_the_data(tmp_path, monkeypatch):
    url = f"duckdb:///{tmp_path / 'warehouse'}"
    tiny.publish(url, tmp_path)
    monkeypatch.setenv("MABAT_WAREHOUSE", url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        return result.output

    def by_tier() -> dict:
        return {r["tier"]: r["customers_total"] for r in json.loads(call("cut", "-m", "customers_total", "-b", "tier", "--json"))["rows"]}
    _define(lambda *a: call("tiers", *a))
    assert "nothing to bring in" in call("tiers", "publish", code=2) and by_tier()["gold"] == 2
    call("tiers", "apply", "--yes")
    assert json.loads(call("tiers", "publish", "--json"))["changed"] == 5 and by_tier() == {"gold": 3, "silver": 4, None: 1}
    assert json.loads(call("tiers", "list", "--json"))["not_in_the_data_yet"] == 0
    call("tiers", "undo", "1")
    assert json.loads(call("tiers", "list", "--json"))["not_in_the_data_yet"] == 5  # what the source said is not lost
    assert json.loads(call("tiers", "publish", "--json"))["changed"] == 5 and by_tier() == {"gold": 2, "silver": 1, None: 5}
