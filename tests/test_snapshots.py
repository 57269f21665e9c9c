"""Snapshots in DuckDB: what publishing completes and refuses, what readers see, what is kept, what damage does."""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from crm_data.errors import ImportRefused, InputError
from crm_data.model import engines
from crm_data.model.finish import FILLED_COLUMNS
from crm_data.model.manifest import Manifest
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import NoSnapshot, open_store
from tests.snapshot_fixtures import again, one, prepared_snapshot, published, store  # noqa: F401
from tests.staging import build, in_threads


# An empty store ---------------------------------------------------------------------------------------------------
def test_empty_store_says_what_to_do(store, tmp_path):
    assert store.published() is None and store.list() == [] and store.names() == []
    with pytest.raises(NoSnapshot, match="mabat demo"):
        store.warehouse()
    path = tmp_path / "new.duckdb"
    assert store.checkout(path) is None
    con = duckdb.connect(str(path))
    assert {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()} >= set(TABLES)
    con.close()


@pytest.mark.parametrize(("url", "said"), [("duckdb:///", "must name a folder"), ("sqlite:///x.db", "cannot be used here"),
                                            ("nonsense", "not a database address"), ("oracel://x/y", "not a database address")])
def test_addresses_that_cannot_be_a_warehouse(url, said):
    with pytest.raises(InputError, match=said):
        open_store(url)


# Publishing completes ---------------------------------------------------------------------------------------------
def test_manifest_says_what_is_there(store, published):
    assert published == store.published() == store.list()[0]
    assert published.tables["order_line"] == {"rows": 12, "controls": {
        "id": "78", "quantity": "24.0000", "unit_price": "", "list_price": "", "discount": "", "net": "123.0000", "unit_cost_base": "",
        "net_base": "123.0000", "discount_base": "", "cost_base": "49.2000"}}
    assert published.as_of == date(2026, 7, 1) and published.currency == "ILS" and published.sources == ("test",)
    assert published.attributes == ("club", "size") and set(published.tables) == set(TABLES)
    assert Manifest.from_json(published.to_json(), "x") == published


def test_derived_columns_are_copied_whatever_the_staging_said(store, tmp_path):
    path = build(tmp_path / "s.duckdb", "UPDATE order_line SET customer_id = 77, counted = NULL, ordered_on = DATE '1999-01-01'")
    store.publish(path, currency="ILS", sources=["test"])
    assert tuple(one(store.warehouse(), "SELECT count(*), count(DISTINCT l.order_id) FROM order_line l JOIN sales_order o ON o.id = l.order_id "
                      "WHERE l.customer_id = o.customer_id AND l.ordered_on = o.ordered_on AND l.counted = (o.status <> 'cancelled')")) == (12, 6)


def test_facts_take_branch_and_owner_of_the_customer_only_where_empty(store, published):
    rows = one(store.warehouse(), "SELECT list(branch_id ORDER BY id), list(owner_id ORDER BY id) FROM interaction")
    assert rows == ([2, 1, 2, 1, 2], [2, 3, 1, 1, 2])
    assert ("sales_order", "branch_id") in FILLED_COLUMNS and ("activity", "owner_id") in FILLED_COLUMNS


def test_customers_get_phone_digits_and_search_text(store, published):
    assert one(store.warehouse(), "SELECT phone_digits, search_text FROM customer WHERE id = 1") == (
        "972541234567", "david cohen דוד כהנ ~dvd ~kn ~dd c 1 david@example.com 972541234567")
    assert one(store.warehouse(), "SELECT phone_digits FROM customer WHERE id = 3")[0] == "989123456789"
    assert one(store.warehouse(), "SELECT phone_digits FROM customer WHERE id = 2")[0] is None


def test_phone_digits_the_source_gave_stay(store, tmp_path):
    store.publish(build(tmp_path / "s.duckdb", "UPDATE customer SET phone_digits = '12345' WHERE id = 1"), currency="ILS", sources=["t"])
    assert one(store.warehouse(), "SELECT phone_digits, search_text LIKE '%12345' FROM customer WHERE id = 1") == ("12345", True)


def test_publishing_what_was_checked_out_changes_no_row(store, published, tmp_path):
    assert again(store, tmp_path).tables == published.tables


def test_as_of_leaves_out_the_future(store, tmp_path):
    path = build(tmp_path / "s.duckdb", "UPDATE interaction SET started_on = DATE '2999-01-01'")
    assert store.publish(path, currency="ILS", sources=["t"]).as_of == date(2026, 6, 29)
    other = build(tmp_path / "s2.duckdb")
    assert store.publish(other, currency="ILS", sources=["t"], as_of=date(2026, 6, 15)).as_of == date(2026, 6, 15)


def test_a_staging_of_an_older_model_gets_the_missing_tables_and_columns(store, tmp_path):
    path = build(tmp_path / "s.duckdb", "DROP TABLE offer", "ALTER TABLE customer DROP COLUMN tier")
    assert store.publish(path, currency="ILS", sources=["t"]).tables["offer"]["rows"] == 0


def test_progress_goes_from_nothing_to_all(store, tmp_path):
    told = []
    store.publish(build(tmp_path / "s.duckdb"), currency="ILS", sources=["t"], progress=lambda share, what: told.append((share, what)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == 1.0 and "order_line" in {what for _, what in told}


# Publishing refuses -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("breaking", "table", "column", "count", "example"), [
    ("UPDATE order_line SET product_id = 99 WHERE id <= 4", "order_line", "product_id", 4, "order_line-1, order_line-2, order_line-3"),
    ("UPDATE customer SET owner_id = 99 WHERE id = 2", "customer", "owner_id", 1, "customer-2"),
    ("UPDATE order_line SET id = 1 WHERE id IN (2, 3)", "order_line", "id", 3, "1"),
    ("UPDATE customer SET source_id = 'same' WHERE id < 3", "customer", "source_id", 2, "same"),
    ("UPDATE customer SET relation = 'friend' WHERE id = 4", "customer", "relation", 1, "customer-4"),
    ("UPDATE order_line SET net_base = NULL WHERE id = 5", "order_line", "net_base", 1, "order_line-5"),
    ("UPDATE order_credit SET share = 0.4 WHERE id = 1", "order_credit", "share", 1, "sales_order-1"),
    ("UPDATE cost_rate SET valid_to = NULL WHERE id = 1", "cost_rate", "valid_from", 1, "order 2025-01-01"),
    ("UPDATE cost_rate SET valid_to = DATE '2020-01-01' WHERE id = 2", "cost_rate", "valid_from", 1, "order 2026-01-01"),
    ("DELETE FROM sales_order WHERE id = 2", "order_line", "order_id", 2, "order_line-1, order_line-7"),
])
def test_what_is_wrong_is_refused_by_table_column_count_and_examples(store, published, tmp_path, breaking, table, column, count, example):
    with pytest.raises(ImportRefused) as refused:
        again(store, tmp_path, breaking)
    first = refused.value.problems[0]
    assert (first.table, first.column, first.count, ", ".join(first.examples)) == (table, column, count, example)
    assert f"{table}.{column}" in str(refused.value) and str(count) in str(refused.value)
    assert store.published() == published and [path.name for path in store.folder.glob("*.part*")] == []


def test_unknown_column_and_missing_or_broken_staging_are_refused(store, tmp_path):
    with pytest.raises(ImportRefused, match="column “shoe_size”"):
        store.publish(build(tmp_path / "s.duckdb", "ALTER TABLE customer ADD COLUMN shoe_size INTEGER"), currency="ILS", sources=["t"])
    with pytest.raises(ImportRefused, match="does not exist"):
        store.publish(tmp_path / "none.duckdb", currency="ILS", sources=["t"])
    (tmp_path / "text.duckdb").write_text("this is no database, only some text that is long enough to be read " * 100)
    with pytest.raises(ImportRefused, match="cannot be opened"):
        store.publish(tmp_path / "text.duckdb", currency="ILS", sources=["t"])
    assert store.published() is None


def test_an_import_that_was_overtaken_is_refused(store, published, tmp_path):
    store.checkout(tmp_path / "slow.duckdb")
    newer = again(store, tmp_path)
    with pytest.raises(ImportRefused, match=newer.name):
        store.publish(tmp_path / "slow.duckdb", currency="ILS", sources=["t"])
    assert store.published() == newer


# Readers ----------------------------------------------------------------------------------------------------------
def test_old_reader_keeps_working_and_new_one_sees_the_new(store, published, tmp_path):
    old = store.warehouse()
    assert store.warehouse() is old
    again(store, tmp_path, "DELETE FROM order_line WHERE id > 6")
    new = store.warehouse()
    assert (one(old, "SELECT count(*) FROM order_line")[0], one(new, "SELECT count(*) FROM order_line")[0]) == (12, 6)
    assert store.warehouse(published.name).snapshot == published.name
    store.prune(1, set())
    assert one(old, "SELECT count(*) FROM order_line")[0] == 12, "an open reader is not disturbed by pruning"


def test_retired_engines_let_go_when_idle_and_come_back_when_used(store, published, tmp_path):
    old = store.warehouse()
    with old.engine.connect() as running:
        again(store, tmp_path)
        store.warehouse()
        engines.sweep(idle_seconds=0)
        assert running.execute(text("SELECT count(*) FROM order_line")).scalar_one() == 12
    assert engines.sweep(idle_seconds=0) >= 1 and old.engine.pool.checkedin() == 0
    assert engines.sweep(idle_seconds=0) == 0
    assert one(old, "SELECT count(*) FROM order_line")[0] == 12
    assert store.warehouse().engine.pool.checkedin() == 0 or engines.sweep(idle_seconds=3600) == 0


def test_one_engine_for_a_file(store, published):
    assert engines.duckdb_engine(store.folder / f"{published.name}.duckdb") is store.warehouse().engine


@pytest.mark.parametrize("statement", [
    "SELECT * FROM read_csv('/etc/passwd')", "COPY customer TO '/tmp/mabat_stolen.csv'", "ATTACH '/tmp/mabat_other.duckdb'", "INSTALL httpfs",
    "SET enable_external_access = true", "SET memory_limit = '90GB'", "DELETE FROM customer", "CREATE TABLE t (a INTEGER)",
])
def test_readers_reach_nothing_outside_and_change_nothing(store, published, statement):
    with store.warehouse().engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text(statement))


def test_eight_threads_ask_fifty_times_each_while_snapshots_change(store, published, tmp_path):
    seen, stop = set(), threading.Event()
    line = TABLES["order_line"]

    def ask(number: int) -> None:
        for _ in range(50):
            warehouse = store.warehouse()
            with warehouse.engine.connect() as connection:
                rows, total = connection.execute(select(func.count(), func.sum(line.c.net_base))).one()
            assert total == rows * Decimal("10.25") and rows == warehouse.manifest.tables["order_line"]["rows"]
            seen.add(warehouse.snapshot)

    def publish() -> None:
        while not stop.is_set():
            again(store, tmp_path, "DELETE FROM order_line WHERE id = (SELECT max(id) FROM order_line)")

    writer = threading.Thread(target=publish)
    writer.start()
    failed = in_threads(8, ask)
    stop.set()
    writer.join()
    assert failed == [] and len(seen) >= 1


_ELSEWHERE = """
import sys
from sqlalchemy import text
from crm_data.model.snapshots import open_store
with open_store(sys.argv[1]).warehouse().engine.connect() as connection:
    print("open", flush=True)
    sys.stdin.readline()
    print(connection.execute(text("SELECT count(*) FROM order_line")).scalar_one(), flush=True)
"""


def test_several_processes_read_one_file_at_once(store, published, tmp_path):
    children = [subprocess.Popen([sys.executable, "-c", _ELSEWHERE, store.url], cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    # All processes hold the file open at once.
    assert [child.stdout.readline().strip() for child in children] == ["open"] * 3
    newer = again(store, tmp_path, "DELETE FROM order_line")
    assert [child.communicate("go\n", timeout=60)[0].strip() for child in children] == ["12", "12", "12"]
    assert store.warehouse().snapshot == newer.name and store.folder.stat().st_mode & 0o077 == 0


def test_week_start_is_handed_on(tmp_path, store, published):
    assert open_store(store.url, week_start=0).warehouse().week_start == 0 and store.warehouse().week_start == 6


