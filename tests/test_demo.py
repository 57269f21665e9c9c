"""The demonstration firm: the same every time, consistent to the cent, and every planted story is there to be found."""
from __future__ import annotations

from datetime import date

import duckdb
import pytest
from click.testing import CliRunner

from crm_data.cli import main
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.demo.stories import STORIES
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import open_store
from crm_data.model.tables import control_sql, control_values
from tests.conftest import DEMO_CUSTOMERS, DEMO_SEED
from tests.demo_firm import TODAY, build_demo


@pytest.fixture(scope="module")
def firm(demo_staging):
    with duckdb.connect(str(demo_staging), read_only=True) as con:
        yield con


def _controls(con: duckdb.DuckDBPyConnection) -> dict:
    return {name: control_values(table, con.execute(control_sql(table)).fetchone()) for name, table in TABLES.items()}


def _one(con, sql: str):
    return con.execute(sql).fetchone()[0]


def test_every_table_is_filled(firm) -> None:
    empty = [name for name in TABLES if not _one(firm, f'SELECT count(*) FROM "{name}"')]
    assert not empty


def test_same_seed_same_firm(firm, tmp_path) -> None:
    build_demo(tmp_path / "again.duckdb", customers=DEMO_CUSTOMERS, seed=DEMO_SEED)
    with duckdb.connect(str(tmp_path / "again.duckdb"), read_only=True) as con:
        assert _controls(con) == _controls(firm)


def test_another_seed_another_firm_with_the_same_stories(firm, tmp_path) -> None:
    build_demo(tmp_path / "other.duckdb", customers=340, seed=99, today=date(2026, 4, 3))
    with duckdb.connect(str(tmp_path / "other.duckdb"), read_only=True) as con:
        assert _controls(con)["order_line"] != _controls(firm)["order_line"]
        assert not [story.name for story in STORIES if not _holds(con, story, date(2026, 4, 2))]


def _holds(con, story, last: date) -> bool:
    value = _one(con, story.sql(last))
    return value is not None and story.expected[0] <= float(value) <= story.expected[1]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story(firm, story) -> None:
    value = _one(firm, story.sql(date(2026, 11, 21)))
    assert value is not None and story.expected[0] <= float(value) <= story.expected[1], value


def test_stories_stand_in_the_docs() -> None:
    from pathlib import Path
    text = (Path(__file__).parents[1] / "docs" / "demo.md").read_text(encoding="utf-8")
    assert [story.name for story in STORIES if story.what not in text or story.figure not in text] == []


def test_the_costly_customer_in_the_product(demo, everything) -> None:
    catalog = catalog_for(demo)
    assert catalog.can_cut("worth", "customer")
    answer = ask(Cut(("gross_profit", "worth"), ("customer",), Period.named("last_12_months", demo.as_of)), demo, scope=everything)
    row = answer.rows[answer.rows["customer_id"] == 1].iloc[0]
    assert row["gross_profit"] > 10000 and row["worth"] < 0


def test_data_ends_yesterday_and_this_month_has_some(firm) -> None:
    last = date(2026, 11, 21)
    assert (TODAY - last).days == 1
    for table, day in (("sales_order", "ordered_on"), ("interaction", "started_on"), ("payment", "paid_on"), ("opportunity", "opened_on"), ("complaint", "opened_on")):
        assert _one(firm, f"SELECT max({day}) FROM {table}") <= last, table
        assert _one(firm, f"SELECT count(*) FROM {table} WHERE {day} >= DATE '2026-11-01'") > 0, table
    assert _one(firm, "SELECT max(ordered_on) FROM sales_order") >= date(2026, 11, 19)


@pytest.mark.parametrize("name, wrong", {
    "net of a line": "SELECT count(*) FROM order_line WHERE net <> round(quantity * unit_price, 2) - discount",
    "net in ILS": "SELECT count(*) FROM order_line AS l JOIN sales_order AS o ON o.id = l.order_id JOIN currency_rate AS r ON r.currency = o.currency "
                  "AND r.valid_on = date_trunc('month', o.ordered_on) WHERE l.net_base <> round(l.net * r.rate, 4) OR l.discount_base <> round(l.discount * r.rate, 4)",
    "cost of a line": "SELECT count(*) FROM order_line WHERE cost_base <> quantity * unit_cost_base OR (cost_base IS NULL) <> (unit_cost_base IS NULL)",
    "bill of an order": "SELECT count(*) FROM invoice AS i JOIN (SELECT order_id, sum(net) AS net, sum(net_base) AS base FROM order_line GROUP BY order_id) AS l ON l.order_id = i.order_id "
                        "WHERE i.amount <> l.net OR i.amount_base <> l.base",
    "orders without lines": "SELECT count(*) FROM sales_order WHERE id NOT IN (SELECT order_id FROM order_line)",
    "settled more than billed": "SELECT count(*) FROM (SELECT invoice_id, sum(amount_base) AS s FROM payment_allocation GROUP BY 1) AS a JOIN invoice AS i ON i.id = a.invoice_id WHERE a.s > i.amount_base",
    "allocated more than paid": "SELECT count(*) FROM (SELECT payment_id, sum(amount_base) AS s FROM payment_allocation GROUP BY 1) AS a JOIN payment AS p ON p.id = a.payment_id WHERE a.s <> p.amount_base",
    "paid before billed": "SELECT count(*) FROM payment_allocation AS a JOIN invoice AS i ON i.id = a.invoice_id WHERE a.allocated_on < i.issued_on OR i.cancelled",
    "won deals are orders": "SELECT count(*) FROM opportunity AS d WHERE outcome = 'won' AND amount_base IS DISTINCT FROM "
                            "(SELECT sum(l.net_base) FROM sales_order AS o JOIN order_line AS l ON l.order_id = o.id WHERE o.opportunity_id = d.id)",
    "closed before opened": "SELECT count(*) FROM opportunity WHERE closed_on < opened_on OR (closed_on IS NULL) <> (outcome = 'open')",
    "stage today": "SELECT count(*) FROM opportunity AS d WHERE stage IS DISTINCT FROM (SELECT max_by(stage, stage_order) FROM stage_history AS h WHERE h.opportunity_id = d.id)",
    "stays meet": "SELECT count(*) FROM (SELECT left_on, lead(entered_on) OVER (PARTITION BY opportunity_id ORDER BY stage_order) AS following FROM stage_history) AS h WHERE left_on <> following OR (left_on IS NULL AND following IS NOT NULL)",
    "sold before it became a customer": "SELECT count(*) FROM sales_order AS o JOIN customer AS c ON c.id = o.customer_id WHERE o.ordered_on < c.customer_since OR o.ordered_on > c.lost_on OR c.relation NOT IN ('customer', 'former')",
    "answered after resolved": "SELECT count(*) FROM complaint WHERE first_response_at > resolved_at OR first_response_at < opened_at OR resolved_on < opened_on",
    "owner of another branch": "SELECT count(*) FROM sales_order AS o JOIN staff AS s ON s.id = o.owner_id WHERE s.branch_id <> o.branch_id OR o.ordered_on > s.left_on",
    "local day": "SELECT count(*) FROM sales_order WHERE abs(date_diff('hour', ordered_at, ordered_on + to_hours(ordered_hour))) > 5",
}.items())
def test_consistent(firm, name, wrong) -> None:
    assert _one(firm, wrong) == 0


def test_believable(demo, everything) -> None:
    year = Period.named("last_12_months", demo.as_of)
    totals = ask(Cut(("revenue", "gross_margin", "win_rate", "worth", "gross_profit", "orders_per_customer"), (), year), demo, scope=everything).totals
    assert 4_000 < float(totals["revenue"]) / DEMO_CUSTOMERS < 9_000
    assert 0.35 < totals["gross_margin"] < 0.45 and 0.4 < totals["win_rate"] < 0.7
    assert 0.5 < float(totals["worth"]) / float(totals["gross_profit"]) < 0.95


def test_unknown_birth_dates(firm) -> None:
    share = _one(firm, "SELECT avg(CASE WHEN birth_date IS NULL THEN 1.0 ELSE 0 END) FROM customer WHERE party = 'person'")
    assert 0.27 < share < 0.43
    assert _one(firm, "SELECT count(*) FROM customer WHERE regexp_matches(name_local, '[א-ת]')") > 30
    assert _one(firm, "SELECT count(*) FROM customer WHERE regexp_matches(name_local, '[آ-ی]')") > 5
    assert _one(firm, "SELECT count(*) FROM customer WHERE regexp_matches(name, '[א-ת]')") > 10
    assert _one(firm, "SELECT count(*) FROM customer WHERE customer_type_id IS NULL") > 0


def test_targets_are_near_what_was_reached(firm) -> None:
    ended = "SELECT l.r / t.value FROM target_import AS t JOIN (SELECT date_trunc('month', ordered_on) AS m, sum(net_base) AS r FROM order_line WHERE counted GROUP BY 1) AS l ON l.m = t.period_from " \
            "WHERE t.measure = 'revenue' AND t.dimension = '' AND date_diff('day', t.period_from, t.period_to) < 31 AND t.period_to < DATE '2026-11-21'"
    reached = [float(value) for (value,) in firm.execute(ended).fetchall()]
    assert len(reached) >= 22 and all(0.77 < value < 1.26 for value in reached)


def test_command(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.delenv("MABAT_WAREHOUSE", raising=False)
    made = CliRunner().invoke(main, ["demo", "--customers", "300", "--today", "2026-03-10"])
    assert made.exit_code == 0 and "mabat serve" in made.output, made.output
    store = open_store(f"duckdb:///{tmp_path / 'warehouse'}")
    assert store.published().as_of == date(2026, 3, 9) and store.published().sources == ("demo",)
    again = CliRunner().invoke(main, ["demo", "--customers", "20"])
    assert again.exit_code == 2
    wrong = CliRunner().invoke(main, ["demo", "--today", "tomorrow"])
    assert wrong.exit_code == 2 and "is not a day" in wrong.output


def test_does_not_take_the_place_of_real_data(truth_url, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    before = open_store(truth_url).published().name
    refused = CliRunner().invoke(main, ["demo", "--customers", "300"])
    assert refused.exit_code == 2 and "--replace" in refused.output
    assert open_store(truth_url).published().name == before
