"""The traps that lie outside the arithmetic: pages that fall with one chart, exports that forget what was asked."""
from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from tests.truth import tiny


def _two_frames() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from crm_data.cuts.access import Scope
    from crm_data.output.words import Words
    from pages.parts.figure import frame
    page = SimpleNamespace(words=Words("en"), scope=Scope.everything(), theme="light", narrow=False, query={})

    def broken():
        return {}["secret of customer 7"]

    frame(page, "one", "Broken", "", broken, menu=False)
    frame(page, "two", "Whole", "", lambda: st.write("the second stands"), menu=False)


def test_one_broken_chart_does_not_take_the_page_down() -> None:
    app = AppTest.from_function(_two_frames, default_timeout=30).run()
    said = " ".join(str(e.value) for e in (*app.markdown, *app.caption))
    assert not app.exception
    assert "the second stands" in said and "cannot be shown" in said
    assert "secret of customer 7" not in said


@pytest.fixture
def mabat(truth_url, monkeypatch):
    """The command line on the truth database."""
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)

    def run(*words: str) -> str:
        from crm_data.commands.cuts import cut
        result = CliRunner().invoke(cut, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output
    return run


ASKED = ("--measure", "revenue", "--by", "customer", "--period", "year_to_date", "--where", "branch=Haifa", "--where", "order_channel!=web")


def test_exports_keep_the_filters(mabat) -> None:
    """Haifa without the web: Avi 110 + 120.3333, Bilha 110 + 115; the same rows as CSV and as JSON."""
    told = json.loads(mabat(*ASKED, "--json"))
    assert told["as_of"] == tiny.TODAY.isoformat() and told["totals"] == {"revenue": 455.3333}
    assert [(r["customer"], r["customer_id"], r["revenue"]) for r in told["rows"]] == [("Avi Cohen", 1, 230.3333), ("Bilha Levi", 2, 225)]
    lines = list(csv.DictReader(io.StringIO(mabat(*ASKED, "--format", "csv"))))
    assert {r["customer"]: float(r["revenue"]) for r in lines} == {"Avi Cohen": 230.3333, "Bilha Levi": 225.0}


def test_both_days_of_a_period_are_included(mabat) -> None:
    one_day = json.loads(mabat("--measure", "revenue", "--from", "2026-10-20", "--to", "2026-10-20", "--json"))
    assert one_day["totals"] == {"revenue": 2590}
