"""``mabat review``: meetings from the command line, with their figures as people and programs read them."""
from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crm_data.cli import main
from tests.review_firm import publish_two


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    publish_two(f"duckdb:///{tmp_path / 'warehouse'}", tmp_path)

    def call(*words: str, fails: bool = False):
        result = CliRunner().invoke(main, ["review", *words])
        assert (result.exit_code != 0) == fails, result.output
        return result.output
    return call


def test_a_week_from_the_command_line(run):
    assert "No meeting yet" in run("list")
    assert "Meeting 1 on 1 Nov 2026 with 7 blocks" in run("create", "--as-of", "2026-11-01", "--title", "First", "--participants", "Dana, Omer")
    assert "closed on snapshot" in run("close", "1")
    made = json.loads(run("create", "--json"))
    assert (made["id"], made["held_on"], made["closed"]) == (2, "2026-11-20", False)
    assert [(r["id"], r["closed"]) for r in json.loads(run("list", "--json"))] == [(2, False), (1, True)]

    found = json.loads(run("show", "2", "--json"))
    assert found["last_meeting"]["id"] == 1 and [b["problem"] for b in found["blocks"]] == [None] * 7
    revenue = found["blocks"][0]["figures"][0]["numbers"][0]
    assert (revenue["measure"], revenue["now"], revenue["last_meeting"]) == ("revenue", 1220.3333, 3105)
    march = next(r for r in found["blocks"][0]["figures"][0]["restated"] if r["measure"] == "revenue" and r["from"] == "2026-03-01")
    assert (march["then"], march["now"], march["unexplained"]) == (220, 0, 0)
    assert [(c["table"], c["what"], c["count"], c["amount"]) for c in march["changes"]] == [("sales_order", "returned", 2, -220)]

    text = run("show", "2")
    assert "Revenue · Mar 2026 now reads ₪0; at the last meeting it read ₪220. 2 late returns of 28–29 Mar 2026" in text and "(−₪220)." in text
    assert "last meeting: 1 Nov 2026" in text and "Bilha Levi" in text
    assert "as it was on 1 Nov 2026" in run("show", "1")


def test_what_cannot_be_done_is_a_sentence(run):
    assert "There is no such meeting" in run("show", "7", fails=True)
    assert "No kept snapshot ends on 1 Jan 2020" in run("create", "--as-of", "2020-01-01", fails=True)
    assert "is not a day" in run("create", "--as-of", "soon", fails=True)
    run("create")
    run("close", "1")
    assert "closed already" in run("close", "1", fails=True)
