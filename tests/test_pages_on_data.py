"""Every page on the demonstration firm and on a real CRM sample (which has no orders, invoices or branches)."""
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_data.model import schema as s
from crm_data.model.snapshots import open_store
from tests.importing import shared_data
from tests.page_runs import page_run, texts

NAMES = ("today", "segments", "explore", "targets", "team", "rankings", "worth", "tiers", "customer", "data")


@pytest.fixture(scope="module")
def sample_url(tmp_path_factory) -> str:
    source, examples = shared_data("crm_sample"), Path(__file__).parents[1] / "examples"
    from click.testing import CliRunner

    from crm_data.cli import main
    home = tmp_path_factory.mktemp("sample")
    done = CliRunner().invoke(main, ["import", str(source), "--mapping", str(examples / "crm_sample")], env={"MABAT_HOME": str(home), "MABAT_CURRENCY": ""})
    assert done.exit_code == 0, done.output
    return f"duckdb:///{home / 'warehouse'}"


def busiest(url: str, table, count: int = 3) -> list[int]:
    from sqlalchemy import func
    warehouse = open_store(url).warehouse()
    with warehouse.engine.connect() as connection:
        return list(connection.execute(select(table.c.customer_id).group_by(table.c.customer_id).order_by(func.count().desc(), table.c.customer_id).limit(count)).scalars())


@pytest.mark.parametrize("period", ["month_to_date", "last_12_months"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_on_the_demonstration_firm(monkeypatch, tmp_path, demo_url, name, period):
    at = page_run(monkeypatch, tmp_path, demo_url, name, query={"period": period})
    assert not at.exception and not at.error, texts(at)
    assert "could not be shown" not in texts(at) and "cannot be shown" not in texts(at)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_on_a_real_crm_sample(monkeypatch, tmp_path, sample_url, name):
    at = page_run(monkeypatch, tmp_path, sample_url, name, query={"period": "last_12_months"})
    assert not at.exception and not at.error, texts(at)
    assert "could not be shown" not in texts(at) and "cannot be shown" not in texts(at)


def test_customers_of_the_demonstration_firm_open(monkeypatch, tmp_path, demo_url):
    for key in busiest(demo_url, s.sales_order):
        at = page_run(monkeypatch, tmp_path, demo_url, "customer", query={"id": str(key)})
        assert not at.exception and not at.error and "The whole story" in texts(at), texts(at)


def test_customers_of_a_real_crm_sample_open(monkeypatch, tmp_path, sample_url):
    for key in busiest(sample_url, s.opportunity):
        at = page_run(monkeypatch, tmp_path, sample_url, "customer", query={"id": str(key)})
        assert not at.exception and not at.error and "The whole story" in texts(at), texts(at)


def test_tiers_without_orders_tell_no_revenue_instead_of_none(monkeypatch, tmp_path, sample_url):
    """What the data does not know is not told as nothing: neither revenue nor worth nor discounts."""
    at = page_run(monkeypatch, tmp_path, sample_url, "tiers")
    columns = next(set(grid.value) for grid in at.dataframe if "customers" in grid.value)
    assert "tier" in columns and not columns & {"revenue", "worth", "given"} and "revenue and worth" not in texts(at)
