"""Snapshots in PostgreSQL: the same store, a schema each; the same rows come out as went in."""
from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import date

import duckdb
import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from crm_data.analysis.customers import profile
from crm_data.analysis.search import find
from crm_data.analysis.search_sql import find_by_sql
from crm_data.cuts.access import Scope
from crm_data.errors import EngineUnavailable, ImportRefused, InputError, SnapshotDamaged
from crm_data.model import engines, store_postgres
from crm_data.model.archive import restore_archive, write_archive
from crm_data.model.locks import Busy
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import NoSnapshot, open_store
from crm_data.model.store_postgres import PostgresStore
from tests.staging import build, change, in_threads

pytestmark = pytest.mark.engines


@pytest.fixture
def store(postgres_database):
    store = open_store(postgres_database())
    yield store
    engines.forget(store.url)


@pytest.fixture
def published(store, tmp_path):
    return store.publish(build(tmp_path / "staging.duckdb"), currency="ILS", sources=["test"], note="first")


@contextmanager
def _direct(store):
    with psycopg.connect(make_url(store.url).set(drivername="postgresql").render_as_string(hide_password=False)) as con:
        yield con


def _again(store, tmp_path, *changes: str):
    path = tmp_path / f"again_{time.monotonic_ns()}.duckdb"
    store.checkout(path)
    manifest = store.publish(change(path, *changes), currency="ILS", sources=["test"])
    time.sleep(store_postgres._TRUST_SECONDS / 50)
    return manifest


def _lines(warehouse) -> int:
    with warehouse.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(TABLES["order_line"])).scalar_one()


def _schemas(store) -> set[str]:
    with _direct(store) as con:
        return {name for (name,) in con.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'mabat\\_%'").fetchall()}


def test_empty_database(store, tmp_path):
    assert (store.published(), store.list(), store.names(), store.published_name()) == (None, [], [], None)
    with pytest.raises(NoSnapshot):
        store.warehouse()
    assert store.checkout(tmp_path / "e.duckdb") is None


def test_same_manifest_as_duckdb(store, published, tmp_path):
    other = open_store(f"duckdb:///{tmp_path / 'w'}").publish(build(tmp_path / "s.duckdb"), currency="ILS", sources=["test"], note="first")
    assert published.tables == other.tables and published.attributes == other.attributes
    assert (published.as_of, published.currency, published.note, published.sha256) == (date(2026, 7, 1), "ILS", "first", None)
    assert store.published() == store.list()[0] == published and store.verify(published.name) == []


def test_rows_come_back_exactly(store, published, tmp_path):
    """NULL and empty text, quotes, line breaks, Hebrew, fractions of seconds and money survive both ways."""
    store.checkout(tmp_path / "back.duckdb")
    first = open_store(f"duckdb:///{tmp_path / 'w'}")
    first.publish(build(tmp_path / "s.duckdb"), currency="ILS", sources=["test"])
    first.checkout(tmp_path / "there.duckdb")
    con = duckdb.connect()
    con.execute(f"ATTACH '{tmp_path / 'back.duckdb'}' AS a; ATTACH '{tmp_path / 'there.duckdb'}' AS b")
    for name in TABLES:
        for one, other in (("a", "b"), ("b", "a")):
            assert con.execute(f'SELECT * FROM {one}."{name}" EXCEPT SELECT * FROM {other}."{name}"').fetchall() == [], name
    assert con.execute("SELECT name_local FROM a.customer ORDER BY id").fetchall() == [("דוד כהן",), (None,), ("زهرا کریمی",), ("",)]
    con.close()


def test_old_reader_keeps_working_and_new_one_sees_the_new(store, published, tmp_path):
    old = store.warehouse()
    assert store.warehouse() is old and _lines(old) == 12
    newer = _again(store, tmp_path, "DELETE FROM order_line WHERE id > 6")
    assert (_lines(old), _lines(store.warehouse()), store.warehouse().snapshot) == (12, 6, newer.name)
    assert _lines(store.warehouse(published.name)) == 12 and store.names() == [newer.name, published.name]


def test_another_process_sees_the_switch_within_its_time_of_trust(store, published, tmp_path, monkeypatch):
    monkeypatch.setattr(store_postgres, "_TRUST_SECONDS", 0.05)
    other = PostgresStore(store.url)
    assert other.warehouse().snapshot == published.name
    newer = _again(store, tmp_path)
    time.sleep(0.1)
    assert other.warehouse().snapshot == newer.name


def test_readers_cannot_write(store, published):
    with store.warehouse().engine.connect() as connection, pytest.raises(DBAPIError, match="read-only"):
        connection.execute(text(f"DELETE FROM mabat_{published.name}.customer"))


def test_refused_import_leaves_nothing(store, published, tmp_path):
    before = _schemas(store)
    with pytest.raises(ImportRefused, match="order_line.product_id"):
        _again(store, tmp_path, "UPDATE order_line SET product_id = 99")
    assert _schemas(store) == before and store.published() == published


def test_overtaken_import_is_refused(store, published, tmp_path):
    store.checkout(tmp_path / "slow.duckdb")
    _again(store, tmp_path)
    with pytest.raises(ImportRefused, match="meanwhile"):
        store.publish(tmp_path / "slow.duckdb", currency="ILS", sources=["t"])


def test_prune_and_use(store, published, tmp_path):
    newer = [_again(store, tmp_path) for _ in range(3)]
    assert store.use(published.name) == published and store.warehouse().snapshot == published.name
    assert store.prune(1, {newer[0].name}) == [newer[1].name]
    assert _schemas(store) == {f"mabat_{name}" for name in (published.name, newer[0].name, newer[2].name)}
    with pytest.raises(InputError, match="There is no snapshot"):
        store.use(newer[1].name)


def test_damage_is_found_and_named(store, published, tmp_path):
    newer = _again(store, tmp_path)
    with _direct(store) as con:
        con.execute(f"UPDATE mabat_{newer.name}.order_line SET net_base = net_base + 1 WHERE id = 3")
    assert store.verify(newer.name) == ["order_line.net_base: control total 124.0000 instead of 123.0000"]
    with pytest.raises(SnapshotDamaged, match=f"mabat snapshots use {published.name}"):
        store.use(newer.name)
    with _direct(store) as con:
        con.execute(f"DROP TABLE mabat_{newer.name}.complaint")
    with pytest.raises(SnapshotDamaged, match="the table complaint is missing"):
        PostgresStore(store.url).warehouse()
    assert "complaint" in store.verify(newer.name)[0]
    with _direct(store) as con:
        con.execute("UPDATE mabat.snapshot SET manifest = replace(manifest, '\"rows\": 12', '\"rows\": 13') WHERE name = %s", [newer.name])
    with pytest.raises(SnapshotDamaged):
        store.published()
    assert store.use(published.name) == published


def test_second_writer_is_told(store, published, monkeypatch):
    monkeypatch.setattr(store_postgres, "_WAIT_SECONDS", 0.1)
    other = PostgresStore(store.url)
    with store.writing(), pytest.raises(Busy, match="Another import"):
        other.prune(1, set())


def test_killed_connection_while_publishing_leaves_what_was(store, published, tmp_path, monkeypatch):
    before = _schemas(store)

    def kill(con, *_):
        with _direct(store) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [con.info.backend_pid])
    monkeypatch.setattr(store_postgres, "_point", kill)
    with pytest.raises(EngineUnavailable, match="stopped answering"):
        _again(store, tmp_path)
    assert _schemas(store) == before and store.published() == published
    monkeypatch.undo()
    assert _again(store, tmp_path).tables == published.tables


def test_threads_share_the_engine(store, published):
    def ask(number: int) -> None:
        for _ in range(20):
            assert _lines(store.warehouse()) == 12
    assert in_threads(8, ask) == []


def test_a_database_that_does_not_answer_is_said_at_once():
    store = PostgresStore("postgresql+psycopg://me:secret@127.0.0.1:9/none")
    begun = time.monotonic()
    for ask in (store.published, store.warehouse, store.names):
        with pytest.raises(EngineUnavailable, match="does not answer") as error:
            ask()
        assert "secret" not in str(error.value)
    assert time.monotonic() - begun < 15


def test_backup_moves_a_warehouse_from_one_engine_to_the_other(store, published, tmp_path):
    none = f"sqlite:///{tmp_path / 'none.db'}"
    write_archive(tmp_path / "p.zip", store, none)
    files = open_store(f"duckdb:///{tmp_path / 'files'}")
    restore_archive(tmp_path / "p.zip", files, none)
    assert files.published().tables == published.tables and files.verify(published.name) == []
    write_archive(tmp_path / "d.zip", files, none)
    newer = _again(store, tmp_path, "DELETE FROM order_line WHERE id > 6")
    restore_archive(tmp_path / "d.zip", store, none)
    assert store.published_name() == published.name and newer.name in store.names() and store.verify(published.name) == []


def test_a_snapshot_without_the_newest_columns_opens(store, published, tmp_path):
    """Columns of the data are added, empty, when it is first opened; those that follow from others only the next import can give."""
    with _direct(store) as con:
        con.execute(f"ALTER TABLE mabat_{published.name}.customer DROP COLUMN identity_number")
    other = PostgresStore(store.url)
    opened = other.warehouse()
    assert profile(opened, Scope.everything(), 1).identity_number is None and other.verify(published.name) == []
    for how in (find, find_by_sql):
        assert [one.number for one in how(opened, Scope.everything(), "David Cohen", 3)][:1] == ["C-1"]
    newer = _again(store, tmp_path, "UPDATE customer SET identity_number = '39337423' WHERE id = 1")
    assert [one.number for one in find_by_sql(store.warehouse(newer.name), Scope.everything(), "039337423", 3)] == ["C-1"]
    with _direct(store) as con:
        con.execute(f"ALTER TABLE mabat_{newer.name}.order_line DROP COLUMN customer_id")
    with pytest.raises(InputError, match="order_line.customer_id"):
        PostgresStore(store.url).warehouse()


def test_who_may_only_read_is_told_that_a_snapshot_is_older(store, published):
    with _direct(store) as con:
        con.execute(f"ALTER TABLE mabat_{published.name}.customer DROP COLUMN identity_number")
        con.execute("CREATE ROLE reader LOGIN")
        con.execute(f"GRANT USAGE ON SCHEMA mabat, mabat_{published.name} TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA mabat, mabat_{published.name} TO reader")
    try:
        with pytest.raises(InputError, match="customer.identity_number"):
            PostgresStore(make_url(store.url).set(username="reader").render_as_string(hide_password=False)).warehouse()
    finally:
        with _direct(store) as con:
            con.execute("DROP OWNED BY reader; DROP ROLE reader")
