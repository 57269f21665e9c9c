"""``mabat cut``, ``measures`` and ``dimensions`` as people and programs use them."""
import csv
import io
import json

import pytest
from click.testing import CliRunner

from crm_data.cli import main
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.query import ask


@pytest.fixture
def run(truth_url, monkeypatch):
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output
    return call


def test_json_holds_what_the_answer_holds(run, truth, everything):
    told = json.loads(run("cut", "-m", "revenue", "-m", "customers", "-b", "customer_type", "--compare", "last_year", "--period", "year_to_date", "--json"))
    answer = ask(Cut(("revenue", "customers"), ("customer_type",), None), truth, scope=everything)
    assert set(told) == {"cut", "rows", "totals", "others", "before", "coverage", "as_of", "snapshot"}
    assert told["as_of"] == "2026-11-20" and told["snapshot"] == answer.snapshot
    assert set(told["rows"][0]) == {"customer_type", "revenue", "customers"}
    assert told["cut"]["from"] == "2026-01-01" and told["before"]["from"] == "2025-01-01" and told["before"]["to"] == "2025-11-20"
    assert sum(r["revenue"] for r in told["rows"]) == pytest.approx(told["totals"]["revenue"], abs=1e-6)


def test_a_row_by_customer_has_its_id_and_others_have_none(run):
    rows = json.loads(run("cut", "-m", "revenue", "-b", "customer", "-b", "branch", "--top", "3", "--format", "json"))["rows"]
    assert {r["customer_id"] for r in rows} and all("branch_id" not in r for r in rows)


def test_csv_and_table_show_the_same_rows(run):
    rows = list(csv.DictReader(io.StringIO(run("cut", "-m", "orders", "-b", "branch", "--format", "csv"))))
    table = run("cut", "-m", "orders", "-b", "branch")
    assert rows and all(r["branch"] in table and r["orders"] in table for r in rows)
    assert "Total" in table and "Data to 20 Nov 2026" in table


def test_both_days_are_included_and_filters_narrow(run):
    everything = json.loads(run("cut", "-m", "contacts", "--json"))["totals"]["contacts"]
    phone = json.loads(run("cut", "-m", "contacts", "--where", "contact_channel=phone", "--json"))["totals"]["contacts"]
    rest = json.loads(run("cut", "-m", "contacts", "--where", "contact_channel!=phone", "--json"))["totals"]["contacts"]
    assert 0 < phone < everything and phone + rest == everything
    days = json.loads(run("cut", "-m", "contacts", "--grain", "day", "--from", "2026-11-01", "--to", "2026-11-20", "--json"))["rows"]
    assert [days[0]["period"], days[-1]["period"], len(days)] == ["2026-11-01", "2026-11-20", 20]


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["cut", "-m", "revenu"], "no measure “revenu”. Did you mean “revenue”"),
    (["cut", "-m", "revenue", "-b", "cty"], "no dimension “cty”. Did you mean “city”"),
    (["cut", "-m", "revenue", "--from", "2026-02-01", "--to", "2026-01-01"], "before it starts"),
    (["cut", "-m", "revenue", "--from", "yesterday"], "“yesterday” is not a day"),
    (["cut", "-m", "revenue", "--to", "2026-01-01"], "--to needs --from"),
    (["cut", "-m", "revenue", "--where", "Haifa"], "is not a filter"),
    (["cut", "-m", "revenue", "--where", "age=old"], "not a whole number"),
    (["cut", "-m", "worth", "-b", "product"], "cannot be cut by “product”"),
    (["cut", "-m", "revenue", "--period", "fortnight"], "no period “fortnight”"),
])
def test_what_cannot_be_asked_gets_one_line(run, arguments, sentence):
    told = run(*arguments, code=2)
    assert sentence in told and len(told.strip().splitlines()) == 1


def test_lists_are_complete(run, truth):
    catalog = catalog_for(truth)
    measures, dimensions = json.loads(run("measures", "--json")), json.loads(run("dimensions", "--json"))
    assert [m["name"] for m in measures] == list(catalog.measures) and [d["name"] for d in dimensions] == list(catalog.dimensions)
    assert all(m["help"] and m["dimensions"] for m in measures) and all(d["measures"] for d in dimensions)
    assert all(name in run("measures") for name in catalog.measures)


def test_without_data_it_says_how_to_get_some(run, monkeypatch, tmp_path):
    monkeypatch.setenv("MABAT_WAREHOUSE", f"duckdb:///{tmp_path / 'nothing'}")
    assert "mabat demo" in run("cut", "-m", "revenue", code=2)
