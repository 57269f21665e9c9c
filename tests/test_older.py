"""Snapshots made before the model got its newest columns answer the same; the next publication writes the columns."""
from __future__ import annotations

import shutil
from datetime import date

import duckdb
import pytest

from crm_data.analysis.customers import profile
from crm_data.analysis.search import find
from crm_data.analysis.search_sql import find_by_sql
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model import older
from crm_data.model.checks import derived_problems
from crm_data.model.schema import DERIVED_COLUMNS
from crm_data.model.snapshots import open_store
from tests.importing import Firm, settings_in

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


def test_a_column_of_the_data_that_is_missing_is_empty_and_the_next_import_fills_it(tmp_path):
    """A snapshot made before customers had identity numbers: read, searched and imported into."""
    firm = Firm(tmp_path).files(customers="id,name,code\n1,Maya Cohen,39337423\n2,Dan Levi,\n")
    sql = "SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation{} FROM raw.customers"
    firm.sql(customer=sql.format("")).bring()
    source = open_store(firm.settings.warehouse)
    manifest = source.published()
    file = tmp_path / "old.duckdb"
    source.export(manifest.name, file)
    con = duckdb.connect(str(file))
    con.execute("ALTER TABLE customer DROP COLUMN identity_number")
    con.close()
    firm.settings = settings_in(tmp_path / "second")
    store = open_store(firm.settings.warehouse, **firm.settings.place)
    store.adopt(file, type(manifest).from_dict(manifest.to_dict() | {"sha256": None}))
    old = store.warehouse()
    assert store.verify(old.snapshot) == [] and profile(old, Scope.everything(), 1).identity_number is None
    for how in (find, find_by_sql):
        assert [one.number for one in how(old, Scope.everything(), "Maya Cohen", 3)] == ["1"] and not how(old, Scope.everything(), "39337423", 3)
    assert firm.sql(customer=sql.format(", code AS identity_number")).bring().tables[0].changed == 1
    new = store.warehouse()
    assert new.snapshot != old.snapshot and profile(new, Scope.everything(), 1).identity_number == "39337423"
    assert [one.number for one in find(new, Scope.everything(), "39337423", 3)] == ["1"] and profile(old, Scope.everything(), 1).identity_number is None
