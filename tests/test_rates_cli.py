"""``mabat rates`` as people and programs use it, and that every command counts with the rates that were set."""
from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crm_data.cli import main


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


def cost(run) -> float:
    return json.loads(run("cut", "-m", "cost_to_serve", "--period", "year_to_date", "--json"))["totals"]["cost_to_serve"]


def test_a_rate_is_looked_at_set_listed_counted_with_and_withdrawn(run) -> None:
    assert cost(run) == 893.25
    tried = run("rates", "set", "complaint", "200", "--from", "2026-06-01", "--dry-run")
    assert "not set" in tried and "2 of 10 customers are worth something else; 1 turns loss-making; 0 turn profitable" in tried and cost(run) == 893.25
    made = json.loads(run("rates", "set", "complaint", "200", "--from", "2026-06-01", "--to", "2026-12-31", "--why", "dearer goodwill", "--json"))
    assert (made["number"], made["driver"], made["rate"], made["from"], made["to"], made["why"], made["withdrawn"]) == (1, "complaint", 200, "2026-06-01", "2026-12-31", "dearer goodwill", None)
    assert made["who"].endswith("(command line)") and made["effect"]["turn_loss_making"] == 1 and made["effect"]["losers"][0]["name"] == "Bilha Levi"
    # In twelve months the complaint of 25 November 2025 is there too, at 50 as before.
    assert made["effect"]["cost"] - made["effect"]["cost_before"] == 300 == made["effect"]["worth_before"] - made["effect"]["worth"]
    assert cost(run) == 1193.25
    listed = json.loads(run("rates", "list", "--history", "--json"))
    complaints = [r for r in listed["rates"] if r["driver"] == "complaint"]
    assert [(r["rate"], r["from"], r["to"], r["source"]) for r in complaints] == [(200, "2026-06-01", "2026-12-31", "edit"), (50, "2027-01-01", None, "data")]
    assert [e["number"] for e in listed["history"]] == [1] and listed["currency"] == "ILS"
    text = run("rates", "list", "--all", "--history")
    assert "₪200.00 per complaint" in text and "from the data" in text and "₪10.00 per call" in text and "change 1" in text and "dearer goodwill" in text
    gone = run("rates", "withdraw", "1", "--why", "wrong month")
    assert "withdrawn (change 1)" in gone and "0 turn loss-making; 1 turns profitable" in gone and cost(run) == 893.25
    assert "withdrawn" in run("rates", "list", "--history") and "already" in run("rates", "withdraw", "1", code=2)


def test_what_changes_nothing_is_said(run) -> None:
    assert "No activity of 21 Nov 2025 – 20 Nov 2026 would cost anything else" in run("rates", "set", "order", "9", "--from", "2030-01-01", "--why", "some day")


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("set", "offer", "1", "--from", "2026-01-01", "--why", "x"), "no activity “offer”"), (("set", "order", "-1", "--from", "2026-01-01", "--why", "x"), "No such option"),
    (("set", "order", "x", "--from", "2026-01-01", "--why", "x"), "not “x”"), (("set", "order", "1", "--from", "May", "--why", "x"), "May"),
    (("set", "order", "1", "--from", "2026-01-02", "--to", "2026-01-01", "--why", "x"), "before the first"), (("set", "order", "1", "--from", "2026-01-01"), "why the rate changes"),
    (("withdraw", "9"), "number 9")])
def test_what_cannot_be_is_a_sentence(run, arguments, sentence) -> None:
    assert sentence in run("rates", *arguments, code=2)
