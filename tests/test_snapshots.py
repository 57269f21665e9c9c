"""Snapshots in DuckDB: what publishing completes and refuses, what readers see, what is kept, what damage does."""
from __future__ import annotations

import json
import os
import threading
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from crm_data.cli import main
from crm_data.errors import ImportRefused, InputError, SnapshotDamaged
from crm_data.model import engines, store_duckdb
from crm_data.model.finish import FILLED_COLUMNS
from crm_data.model.locks import Busy, file_lock
from crm_data.model.manifest import Manifest, new_name
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import NoSnapshot, open_store, protected_names, to_prune
from crm_data.model.store_duckdb import DuckDBStore
from tests.staging import build, change, in_threads


@pytest.fixture
def store(tmp_path) -> DuckDBStore:
    return open_store(f"duckdb:///{tmp_path / 'warehouse'}")


@pytest.fixture
def published(store, tmp_path):
    return store.publish(build(tmp_path / "staging.duckdb"), currency="ILS", sources=["test"])


def _again(store, tmp_path, *changes: str) -> Manifest:
    path = tmp_path / f"staging_{new_name()}.duckdb"
    store.checkout(path)
    return store.publish(change(path, *changes), currency="ILS", sources=["test"])


def _one(warehouse, statement: str):
    with warehouse.engine.connect() as connection:
        return connection.execute(text(statement)).one()


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


@pytest.mark.parametrize("url", ["duckdb:///", "sqlite:///x.db", "nonsense"])
def test_addresses_that_cannot_be_a_warehouse(url):
    with pytest.raises((InputError, Exception)):
        open_store(url).warehouse()


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
    assert tuple(_one(store.warehouse(), "SELECT count(*), count(DISTINCT l.order_id) FROM order_line l JOIN sales_order o ON o.id = l.order_id "
                      "WHERE l.customer_id = o.customer_id AND l.ordered_on = o.ordered_on AND l.counted = (o.status <> 'cancelled')")) == (12, 6)


def test_facts_take_branch_and_owner_of_the_customer_only_where_empty(store, published):
    rows = _one(store.warehouse(), "SELECT list(branch_id ORDER BY id), list(owner_id ORDER BY id) FROM interaction")
    assert rows == ([2, 1, 2, 1, 2], [2, 3, 1, 1, 2])
    assert ("sales_order", "branch_id") in FILLED_COLUMNS and ("activity", "owner_id") in FILLED_COLUMNS


def test_customers_get_phone_digits_and_search_text(store, published):
    assert _one(store.warehouse(), "SELECT phone_digits, search_text FROM customer WHERE id = 1") == (
        "972541234567", "david cohen דוד כהנ ~dvd ~kn ~dd c 1 david@example.com 972541234567")
    assert _one(store.warehouse(), "SELECT phone_digits FROM customer WHERE id = 3")[0] == "989123456789"
    assert _one(store.warehouse(), "SELECT phone_digits FROM customer WHERE id = 2")[0] is None


def test_phone_digits_the_source_gave_stay(store, tmp_path):
    store.publish(build(tmp_path / "s.duckdb", "UPDATE customer SET phone_digits = '12345' WHERE id = 1"), currency="ILS", sources=["t"])
    assert _one(store.warehouse(), "SELECT phone_digits, search_text LIKE '%12345' FROM customer WHERE id = 1") == ("12345", True)


def test_publishing_what_was_checked_out_changes_no_row(store, published, tmp_path):
    assert _again(store, tmp_path).tables == published.tables


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
        _again(store, tmp_path, breaking)
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
    newer = _again(store, tmp_path)
    with pytest.raises(ImportRefused, match=newer.name):
        store.publish(tmp_path / "slow.duckdb", currency="ILS", sources=["t"])
    assert store.published() == newer


# Readers ----------------------------------------------------------------------------------------------------------
def test_old_reader_keeps_working_and_new_one_sees_the_new(store, published, tmp_path):
    old = store.warehouse()
    assert store.warehouse() is old
    _again(store, tmp_path, "DELETE FROM order_line WHERE id > 6")
    new = store.warehouse()
    assert (_one(old, "SELECT count(*) FROM order_line")[0], _one(new, "SELECT count(*) FROM order_line")[0]) == (12, 6)
    assert store.warehouse(published.name).snapshot == published.name
    store.prune(1, set())
    assert _one(old, "SELECT count(*) FROM order_line")[0] == 12, "an open reader is not disturbed by pruning"


def test_retired_engines_let_go_when_idle_and_come_back_when_used(store, published, tmp_path):
    old = store.warehouse()
    with old.engine.connect() as running:
        _again(store, tmp_path)
        store.warehouse()
        engines.sweep(idle_seconds=0)
        assert running.execute(text("SELECT count(*) FROM order_line")).scalar_one() == 12
    assert engines.sweep(idle_seconds=0) >= 1 and old.engine.pool.checkedin() == 0
    assert engines.sweep(idle_seconds=0) == 0
    assert _one(old, "SELECT count(*) FROM order_line")[0] == 12
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
            _again(store, tmp_path, "DELETE FROM order_line WHERE id = (SELECT max(id) FROM order_line)")

    writer = threading.Thread(target=publish)
    writer.start()
    failed = in_threads(8, ask)
    stop.set()
    writer.join()
    assert failed == [] and len(seen) >= 1


def test_week_start_is_handed_on(tmp_path, store, published):
    assert open_store(store.url, week_start=0).warehouse().week_start == 0 and store.warehouse().week_start == 6


# Keeping and pruning ----------------------------------------------------------------------------------------------
def test_pruning_rule():
    names = [f"20261101_0000{i:02d}_aaaa" for i in range(20)]
    assert to_prune(names, 14, set()) == names[5::-1]
    assert to_prune(names, 14, {names[2]}) == [name for name in names[5::-1] if name != names[2]]
    assert to_prune(names, 100, set()) == []
    with pytest.raises(InputError, match="At least one"):
        to_prune(names, 0, set())


def test_prune_keeps_the_published_one_even_when_it_is_old(store, published, tmp_path):
    newer = [_again(store, tmp_path).name for _ in range(3)]
    store.use(published.name)
    assert store.prune(1, {newer[1]}) == [newer[0]]
    assert store.names() == [newer[2], newer[1], published.name] and store.verify(published.name) == []
    assert sorted(path.stem for path in store.folder.glob("*.duckdb")) == sorted(store.names())


def test_snapshots_of_meetings_are_protected(tmp_path):
    url = f"sqlite:///{tmp_path / 'app.db'}"
    assert protected_names(url) == set()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    assert protected_names(url) == set()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE meeting (id INTEGER, snapshot TEXT)"))
        connection.execute(text("INSERT INTO meeting VALUES (1, 'a'), (2, NULL), (3, 'b')"))
    assert protected_names(url) == {"a", "b"}
    engine.dispose()
    engines.forget(url)


# Damage -----------------------------------------------------------------------------------------------------------
def _damage(path) -> None:
    with open(path, "r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        stream.write(b"damaged!")


def _fresh(store) -> DuckDBStore:
    """The store as a process that has opened nothing yet sees it."""
    engines.sweep(0)
    return DuckDBStore(store.url, store.folder)


def test_damaged_file_is_refused_with_the_way_back(store, published, tmp_path):
    newer = _again(store, tmp_path)
    assert store.verify(newer.name) == [] and store.verify(published.name) == []
    _damage(store.folder / f"{newer.name}.duckdb")
    fresh = _fresh(store)
    with pytest.raises(SnapshotDamaged) as error:
        fresh.warehouse()
    assert newer.name in str(error.value) and f"mabat snapshots use {published.name}" in str(error.value)
    assert "SHA-256" in fresh.verify(newer.name)[0]
    with pytest.raises(SnapshotDamaged):
        fresh.checkout(tmp_path / "c.duckdb")
    assert fresh.use(published.name) == published and fresh.warehouse().snapshot == published.name
    with pytest.raises(SnapshotDamaged):
        fresh.use(newer.name)


def test_damage_without_an_older_snapshot_points_to_the_backup(store, published):
    os.truncate(store.folder / f"{published.name}.duckdb", 5000)
    with pytest.raises(SnapshotDamaged, match="restore a backup"):
        _fresh(store).warehouse()


def test_large_files_are_checked_by_size_at_opening_and_whole_by_verify(store, published, monkeypatch):
    monkeypatch.setattr(store_duckdb, "_SMALL", 0)
    _damage(store.folder / f"{published.name}.duckdb")
    fresh = _fresh(store)
    assert fresh.warehouse().snapshot == published.name
    assert "SHA-256" in fresh.verify(published.name)[0]


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "binary"])
def test_damaged_manifest(store, published, tmp_path, damage):
    newer = _again(store, tmp_path)
    path = store.folder / f"{newer.name}.json"
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_text(path.read_text()[:-200])
    elif damage == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    else:
        path.write_text(path.read_text().replace('"rows": 12', '"rows": 13'))
    fresh = _fresh(store)
    with pytest.raises(SnapshotDamaged, match=f"mabat snapshots use {published.name}"):
        fresh.warehouse()
    assert fresh.names() == [newer.name, published.name] and fresh.list() == [published]
    assert fresh.verify(newer.name) and fresh.verify(published.name) == []


def test_a_manifest_of_another_snapshot_is_noticed(store, published, tmp_path):
    newer = _again(store, tmp_path, "DELETE FROM order_line")
    forged = json.loads(published.to_json())["manifest"] | {"name": newer.name}
    (store.folder / f"{newer.name}.json").write_text(Manifest.from_dict(forged).to_json())
    with pytest.raises(SnapshotDamaged, match="not the one that was published"):
        _fresh(store).warehouse()


@pytest.mark.parametrize("content", ["", "{", '{"snapshot": "../../etc/passwd", "digest": "", "history": []}', '{"snapshot": 5}', "[]"])
def test_damaged_pointer_is_said_and_repaired_by_use(store, published, content):
    store.pointer.write_text(content)
    fresh = _fresh(store)
    with pytest.raises(SnapshotDamaged, match="mabat snapshots use NAME"):
        fresh.warehouse()
    assert fresh.names() == [published.name]
    fresh.use(published.name)
    assert fresh.warehouse().snapshot == published.name


def test_changed_total_is_found_by_verify(store, published, monkeypatch):
    changed = published.tables | {"order_line": {"rows": 12, "controls": {**published.tables["order_line"]["controls"], "net_base": "1.0000"}}}
    wrong = Manifest.from_dict(published.to_dict() | {"tables": changed})
    monkeypatch.setattr(DuckDBStore, "manifest", lambda self, name: wrong)
    assert store.verify(published.name) == ["order_line.net_base: control total 123.0000 instead of 1.0000"]


# Locks ------------------------------------------------------------------------------------------------------------
def test_a_second_writer_is_told(store, published, tmp_path, monkeypatch):
    monkeypatch.setattr(store_duckdb, "_WAIT_SECONDS", 0.1)
    with file_lock(store.folder / "writer.lock"), pytest.raises(Busy, match="Another import"):
        store.prune(1, set())
    with store.writing(), store.writing():
        _again(store, tmp_path)


def test_names_never_reach_a_path_unchecked(store, published):
    for name in ("../x", "", "published", "20261122_013000_a1b2; DROP", "20261122_013000_A1B2\n"):
        with pytest.raises(InputError, match="is not the name of a snapshot"):
            store.warehouse(name or " ")


# The command line -------------------------------------------------------------------------------------------------
def _run(store, *arguments: str):
    return CliRunner().invoke(main, arguments, env={"MABAT_WAREHOUSE": store.url, "MABAT_HOME": str(store.folder.parent)})


def test_command_line(store, published, tmp_path):
    newer = _again(store, tmp_path)
    listed = _run(store, "snapshots", "list")
    assert listed.exit_code == 0 and f"* {newer.name}" in listed.output and f"  {published.name}" in listed.output
    entries = json.loads(_run(store, "snapshots", "list", "--json").output)
    assert [(entry["name"], entry["published"]) for entry in entries] == [(newer.name, True), (published.name, False)]
    assert _run(store, "snapshots", "verify").output.count("whole") == 2
    assert json.loads(_run(store, "check-engine", "--json").output)["published"] == newer.name
    assert json.loads(_run(store, "snapshots", "prune", "--keep", "1", "--dry-run", "--json").output)["removed"] == [published.name]
    assert _run(store, "snapshots", "use", published.name).exit_code == 0 and store.published_name() == published.name
    assert "Nothing to remove" in _run(store, "snapshots", "prune", "--keep", "1").output
    _damage(store.folder / f"{newer.name}.duckdb")
    verified = _run(store, "snapshots", "verify")
    assert verified.exit_code == 1 and "DAMAGED" in verified.output
    wrong = _run(store, "snapshots", "use", "yesterday")
    assert wrong.exit_code == 2 and "names look like" in wrong.stderr


def test_check_engine_says_when_nobody_answers(store):
    result = _run(store, "check-engine", "postgresql://me:secret@127.0.0.1:9/nothing")
    assert result.exit_code == 2 and "does not answer" in result.stderr and "secret" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
