"""Snapshots that are kept, pruned, damaged or locked, and the command line over them."""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from crm_data.cli import main
from crm_data.errors import InputError, SnapshotDamaged
from crm_data.model import engines, store_duckdb
from crm_data.model.locks import Busy, file_lock
from crm_data.model.manifest import Manifest
from crm_data.model.snapshots import protected_names, to_prune
from crm_data.model.store_duckdb import DuckDBStore
from tests.snapshot_fixtures import again, prepared_snapshot, published, store  # noqa: F401


# Keeping and pruning ----------------------------------------------------------------------------------------------
def test_pruning_rule():
    names = [f"20261101_0000{i:02d}_aaaa" for i in range(20)]
    assert to_prune(names, 14, set()) == names[5::-1]
    assert to_prune(names, 14, {names[2]}) == [name for name in names[5::-1] if name != names[2]]
    assert to_prune(names, 100, set()) == []
    with pytest.raises(InputError, match="At least one"):
        to_prune(names, 0, set())


def test_prune_keeps_the_published_one_even_when_it_is_old(store, published, tmp_path):
    newer = [again(store, tmp_path).name for _ in range(3)]
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
    newer = again(store, tmp_path)
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
    newer = again(store, tmp_path)
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
    newer = again(store, tmp_path, "DELETE FROM order_line")
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
        again(store, tmp_path)


def test_names_never_reach_a_path_unchecked(store, published):
    for name in ("../x", "", "published", "20261122_013000_a1b2; DROP", "20261122_013000_A1B2\n"):
        with pytest.raises(InputError, match="is not the name of a snapshot"):
            store.warehouse(name or " ")


# The command line -------------------------------------------------------------------------------------------------
def _run(store, *arguments: str):
    return CliRunner().invoke(main, arguments, env={"MABAT_WAREHOUSE": store.url, "MABAT_HOME": str(store.folder.parent)})


def test_command_line(store, published, tmp_path):
    newer = again(store, tmp_path)
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
