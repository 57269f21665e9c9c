"""The forecast on the Targets page and on the command line: the small firm, and the same with three years of sales before it."""
from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from click.testing import CliRunner

from crm_data.cuts.periods import shift_months
from crm_data.model.appdb import open_appdb
from tests.target_firm import ORDERS, build
from tests.test_targets_page import firm, make, show, texts  # noqa: F401 - fixtures

#: Before the small firm's own sales: 36 months of one order each on the 3rd for Haifa, 10,000 and a thousand more each month of the year; a tenth more each year.
MONTHS = [shift_months(date(2023, 8, 1), i) for i in range(36)]


def brought(month: date) -> float:
    return (10_000 + 1_000 * month.month) * 1.1 ** (month.year - 2023)


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    orders = [{"customer_id": 1, "branch_id": 2, "owner_id": 1, "status": "delivered", "ordered_on": m.replace(day=3), "ordered_at": datetime(m.year, m.month, 3, 10)} for m in MONTHS]
    lines = [{"order_id": len(ORDERS) + i, "customer_id": 1, "ordered_on": m.replace(day=3), "counted": True, "quantity": 1, "net": brought(m), "net_base": brought(m), "cost_base": 1}
             for i, m in enumerate(MONTHS, 1)]
    return build(tmp_path_factory.mktemp("older"), "older", more={"sales_order": orders, "order_line": lines})


@pytest.fixture
def mabat(older, tmp_path, monkeypatch):
    from crm_data.cli import main
    from crm_data.commands import target_forecast as command
    open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setattr(command, "open_warehouse", lambda: older)
    monkeypatch.setattr(command, "theta", lambda: None)

    def run(*words: str):
        return CliRunner().invoke(main, ["targets", "forecast", *words])
    return run


def test_the_command_line(mabat):
    """September 2026 runs: it is foretold as the one of 2025, which brought 165,000 (75,000 Haifa, 90,000 Berlin) beside the yearly order."""
    found = json.loads(mabat("-m", "revenue", "--json").output)
    september = brought(date(2025, 9, 1)) + 165_000
    assert found["months_known"] == 37 and found["method"] == "naive" and [m["month"] for m in found["months"]] == [f"2026-{m:02}-01" for m in (9, 10, 11, 12)]
    assert found["months"][0]["reached"] == 177_000 and found["months"][0]["value"] == pytest.approx(max(september, 177_000))
    assert found["months"][1]["value"] == pytest.approx(brought(date(2025, 10, 1))) and found["months"][1]["low"] == found["months"][1]["value"] < found["months"][1]["high"]
    assert found["period"]["value"] == found["months"][0]["value"] and found["period"]["known"] == 0
    assert found["backtest"]["months"] == 36 == sum(o["months"] for o in found["backtest"]["origins"]) and "statsforecast is not installed" in found["why"]
    haifa = json.loads(mabat("-m", "revenue", "--scope", "branch=Haifa", "--period", "2026", "--json").output)
    assert haifa["months"][1]["value"] == pytest.approx(brought(date(2025, 10, 1))) and len(haifa["months"]) == 7
    known = sum(brought(m) for m in MONTHS if m.year == 2026) + 100_000
    assert haifa["period"]["known"] == pytest.approx(known)
    told = mabat("-m", "revenue")
    assert told.exit_code == 0 and "Backtest: 36 months, error (MASE)" in told.output and "Oct 2026" in told.output


@pytest.mark.parametrize(("words", "says"), [
    (("-m", "gross_margin"), "Only what adds up over days"), (("-m", "open_balance"), "Only what adds up over days"), (("-m", "revenue", "--scope", "Haifa"), "is not a scope"),
    (("-m", "revenue", "--scope", "branch=Hafia"), "Haifa"), (("-m", "magic"), "magic")])
def test_what_cannot_be_forecast_is_said(mabat, words, says):
    result = mabat(*words)
    assert result.exit_code == 2 and says in result.output and "Traceback" not in result.output


def test_a_short_past_is_said(mabat):
    assert "A forecast needs 24 whole months, two of every month of the year; there are" in mabat("-m", "revenue", "--scope", "branch=Berlin").output
    assert json.loads(mabat("-m", "revenue", "--scope", "branch=Berlin", "--json").output)["months"] == []


def test_the_page(make, older, monkeypatch):  # noqa: F811
    from pages.parts import target_forecast
    monkeypatch.setattr(target_forecast, "theta", lambda: None)
    page = make()
    page.warehouse = older
    app = show(page, query={"show": "forecast"})
    assert not app.exception and "Forecast by month" in texts(app)
    said = texts(app).replace("\\", "")
    assert "80 times in 100 between" in said and "The same month a year before" in said
    app.button(key="open_backtest").click().run()
    said = texts(app).replace("\\", "")
    assert not app.exception and "from 13 months" in said and "statsforecast is not installed" in said
    assert any("Error (MASE)" in str(list(d.value.columns)) or "mase" in str(list(d.value.columns)) for d in app.dataframe)
    for other in (make(language="he", theme="dark"), make(language="xx", narrow=True)):
        other.warehouse = older
        app = show(other, query={"show": "forecast"})
        assert not app.exception and any(b.key == "open_backtest" for b in app.button)


def test_the_page_says_why_not(make):  # noqa: F811
    short = show(make(), query={"show": "forecast"})
    assert not short.exception and "A forecast needs 24 whole months" in texts(short).replace("\\", "") and not any(b.key == "open_backtest" for b in short.button)
    ratio = show(make(), query={"measure": "gross_margin", "show": "forecast"})
    assert not ratio.exception and not any(b.key == "open_backtest" for b in ratio.button)
