"""Snapshots made before the model got its newest columns answer the same; the next publication writes the columns."""
from __future__ import annotations

import shutil
from datetime import date

import duckdb
import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model import older
from crm_data.model.checks import derived_problems
from crm_data.model.schema import DERIVED_COLUMNS
from crm_data.model.snapshots import open_store

NEWER = [key for key in DERIVED_COLUMNS if key not in (("order_line", "customer_id"), ("order_line", "ordered_on"), ("order_line", "counted"))]
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
CUTS = (Cut(("revenue", "orders", "gross_margin"), ("product_category",), YEAR), Cut(("open_balance", "overdue_balance"), ("branch",), YEAR, "quarter"),
        Cut(("worth", "cost_to_serve"), ("owner",), YEAR, compare="last_year"), Cut(("revenue",), ("order_channel",), YEAR, "month"))


@pytest.fixture(scope="module")
def old(truth, tmp_path_factory):
    """A store whose one snapshot, the truth's, has none of the newer columns."""
    folder = tmp_path_factory.mktemp("old")
    source = open_store(str(truth.engine.url).rsplit("/", 1)[0])
    file = folder / "old.duckdb"
    shutil.copyfile(truth.engine.url.database, file)
    con = duckdb.connect(str(file))
    for table, column in NEWER:
        con.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    con.close()
    store = open_store(f"duckdb:///{folder / 'warehouse'}")
    manifest = source.manifest(truth.snapshot).to_dict() | {"sha256": None}
    store.adopt(file, type(source.manifest(truth.snapshot)).from_dict(manifest))
    return store


def test_every_number_is_the_same(truth, old):
    for cut in CUTS:
        asked = [ask(cut, w, scope=Scope.everything()) for w in (truth, old.warehouse())]
        assert asked[0].rows.equals(asked[1].rows) and asked[0].totals == asked[1].totals, cut


def test_it_is_whole(old):
    assert old.verify(old.published_name()) == []


def test_the_next_publication_writes_the_columns(old, tmp_path):
    path = tmp_path / "staging.duckdb"
    old.export(old.published_name(), path)
    store = open_store(f"duckdb:///{tmp_path / 'warehouse'}")
    made = store.publish(path, currency="ILS", sources=["test"])
    con = duckdb.connect(str(tmp_path / "warehouse" / f"{made.name}.duckdb"), read_only=True)
    assert older.completing(older.held_columns(con), "x") == [] and derived_problems(con) == []
    con.close()


def test_a_wrong_copy_is_found(truth, tmp_path):
    file = tmp_path / "wrong.duckdb"
    shutil.copyfile(truth.engine.url.database, file)
    con = duckdb.connect(str(file))
    con.execute("UPDATE order_line SET first_of_order = NOT first_of_order WHERE id = (SELECT min(id) FROM order_line)")
    con.execute("UPDATE payment_allocation SET branch_id = 99 WHERE id = (SELECT min(id) FROM payment_allocation)")
    assert [p.split(":")[0] for p in derived_problems(con)] == ["order_line.first_of_order", "payment_allocation.branch_id"]
    con.close()
