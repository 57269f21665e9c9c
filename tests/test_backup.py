"""Backup and restore: everything comes back; a damaged archive is refused and changes nothing."""
from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from crm_data.cli import main
from crm_data.errors import InputError, SnapshotDamaged
from crm_data.model import engines
from crm_data.model.archive import ArchiveDamaged, restore_archive, write_archive
from crm_data.model.snapshots import open_store
from tests.staging import build, change


def _make(folder: Path) -> None:
    store = open_store(f"duckdb:///{folder / 'warehouse'}")
    store.publish(build(folder / "a.duckdb"), currency="ILS", sources=["test"])
    store.checkout(folder / "b.duckdb")
    store.publish(change(folder / "b.duckdb", "DELETE FROM order_line WHERE id > 6"), currency="ILS", sources=["test"])
    with closing(sqlite3.connect(folder / "app.db")) as con:
        con.execute("PRAGMA journal_mode=WAL")
        con.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)")
        con.executemany("INSERT INTO note (body) VALUES (?)", [(f"note {i}",) for i in range(1000)])
        con.commit()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A firm's folder, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    _make(folder)
    return folder


@pytest.fixture
def firm(tmp_path, prepared):
    folder = shutil.copytree(prepared, tmp_path / "firm")
    return open_store(f"duckdb:///{folder / 'warehouse'}"), f"sqlite:///{folder / 'app.db'}"


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return open_store(f"duckdb:///{folder / 'warehouse'}"), f"sqlite:///{folder / 'app.db'}"


def _notes(url: str) -> int:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as con:
        return con.execute("SELECT count(*) FROM note").fetchone()[0]


def _state(store, url: str) -> tuple:
    files = sorted((path.name, path.read_bytes()) for path in store.folder.glob("*.*") if path.is_file()) if store.folder.exists() else []
    app = Path(url.removeprefix("sqlite:///"))
    return files, app.read_bytes() if app.exists() else None


def test_everything_comes_back_elsewhere(firm, elsewhere, tmp_path):
    made = write_archive(tmp_path / "all.zip", *firm, every=True)
    assert made.appdb and len(made.snapshots) == 2 and made.published == firm[0].published_name()
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0, "personal data and password hashes are for the owner alone"
    assert restore_archive(tmp_path / "all.zip", *elsewhere).snapshots == made.snapshots
    store, url = elsewhere
    assert store.published() == firm[0].published() and store.list() == firm[0].list() and _notes(url) == 1000
    assert [store.verify(name) for name in store.names()] == [[], []]
    assert store.warehouse().manifest.tables["order_line"]["rows"] == 6
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_only_the_published_snapshot_by_default(firm, elsewhere, tmp_path):
    made = write_archive(tmp_path / "one.zip", *firm)
    restore_archive(tmp_path / "one.zip", *elsewhere)
    assert elsewhere[0].names() == [made.published] == list(made.snapshots)


def test_restoring_over_changed_data_goes_back(firm, tmp_path):
    store, url = firm
    before = store.published()
    write_archive(tmp_path / "b.zip", *firm)
    store.checkout(tmp_path / "c.duckdb")
    newer = store.publish(change(tmp_path / "c.duckdb", "DELETE FROM interaction"), currency="ILS", sources=["test"])
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as con:
        con.execute("DELETE FROM note WHERE id > 10")
        con.commit()
        reader = store.warehouse()
        restore_archive(tmp_path / "b.zip", *firm)
        # A dashboard that has the application database open goes on with what was restored.
        assert con.execute("SELECT count(*) FROM note").fetchone()[0] == 1000
    assert store.published() == before and newer.name in store.names() and reader.snapshot == newer.name
    assert store.warehouse().snapshot == before.name


def test_a_copy_is_consistent_while_someone_writes(firm, elsewhere, tmp_path):
    with closing(sqlite3.connect(firm[1].removeprefix("sqlite:///"))) as con:
        con.execute("BEGIN IMMEDIATE")
        con.execute("DELETE FROM note")
        write_archive(tmp_path / "b.zip", *firm)
        con.rollback()
    restore_archive(tmp_path / "b.zip", *elsewhere)
    assert _notes(elsewhere[1]) == 1000


def test_a_warehouse_without_an_application_database_and_the_reverse(firm, elsewhere, tmp_path):
    none = f"sqlite:///{tmp_path / 'none.db'}"
    assert not write_archive(tmp_path / "w.zip", firm[0], none).appdb
    restore_archive(tmp_path / "w.zip", elsewhere[0], none)
    assert not (tmp_path / "none.db").exists() and elsewhere[0].published() == firm[0].published()
    empty = open_store(f"duckdb:///{tmp_path / 'empty'}")
    assert write_archive(tmp_path / "a.zip", empty, firm[1]).published is None
    with pytest.raises(InputError, match="nothing to back up"):
        write_archive(tmp_path / "n.zip", empty, none)
    assert not (tmp_path / "n.zip").exists()


def _rewrite(source: Path, target: Path, change) -> Path:
    """A copy of the archive whose files went through ``change(name, content)``; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = change(info.filename, old.read(info.filename))
            if content is not None:
                new.writestr(info.filename, content)
    return target


def _flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:]


@pytest.mark.parametrize("damage", ["cut", "flipped", "not an archive", "file missing", "file changed", "manifest changed", "list changed",
                                    "list missing", "file added", "app.db changed", "app.db swapped"])
def test_damaged_archive_is_refused_and_nothing_changed(firm, tmp_path, damage):
    store, url = firm
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    write_archive(good, *firm)
    content = good.read_bytes()
    if damage == "cut":
        bad.write_bytes(content[:len(content) // 2])
    elif damage == "flipped":
        bad.write_bytes(_flip(content))
    elif damage == "not an archive":
        bad.write_bytes(b"hello")
    elif damage == "file added":
        _rewrite(good, bad, lambda name, body: body)
        with zipfile.ZipFile(bad, "a") as archive:
            archive.writestr("../../evil.txt", "x")
    elif damage == "app.db swapped":
        other = b"SQLite format 3\x00" + b"nonsense" * 500
        def swap(name: str, body: bytes) -> bytes:
            if name == "backup.json":
                listed = json.loads(body)
                listed["files"]["app.db"]["sha256"] = hashlib.sha256(other).hexdigest()
                return json.dumps(listed).encode()
            return other if name == "app.db" else body
        _rewrite(good, bad, swap)
    else:
        suffix = {"file missing": ".duckdb", "file changed": ".duckdb", "manifest changed": "_.json", "list changed": "backup.json",
                  "list missing": "backup.json", "app.db changed": "app.db"}[damage]

        def alter(name: str, body: bytes) -> bytes | None:
            hit = name.endswith(suffix) or suffix == "_.json" and name.endswith(".json") and name != "backup.json"
            return body if not hit else None if "missing" in damage else _flip(body)
        _rewrite(good, bad, alter)
    before = _state(store, url)
    with pytest.raises((ArchiveDamaged, SnapshotDamaged)) as error:
        restore_archive(bad, *firm)
    assert "damaged" in str(error.value) and _state(store, url) == before
    assert not (tmp_path / "evil.txt").exists() and [p for p in tmp_path.rglob(".restore-*")] == []


def test_damaged_snapshot_is_not_put_into_an_archive(firm, tmp_path):
    store, url = firm
    path = store.folder / f"{store.published_name()}.duckdb"
    path.write_bytes(_flip(path.read_bytes()))
    engines.sweep(0)
    with pytest.raises(SnapshotDamaged):
        write_archive(tmp_path / "x.zip", *firm)
    assert not (tmp_path / "x.zip").exists() and list(tmp_path.glob("*.part")) == []


def test_existing_file_missing_folder_and_other_databases_are_said(firm, tmp_path):
    (tmp_path / "there.zip").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_archive(tmp_path / "there.zip", *firm)
    assert (tmp_path / "there.zip").read_text() == "mine"
    with pytest.raises(InputError, match="does not exist"):
        write_archive(tmp_path / "no" / "x.zip", *firm)
    with pytest.raises(InputError, match="pg_dump"):
        write_archive(tmp_path / "x.zip", firm[0], "postgresql+psycopg://h/d")
    with pytest.raises(InputError, match="There is no file"):
        restore_archive(tmp_path / "none.zip", *firm)


def test_command_line(firm, elsewhere, tmp_path):
    def run(pair, *arguments: str, answer: str = ""):
        store, url = pair
        return CliRunner().invoke(main, arguments, input=answer, env={"MABAT_WAREHOUSE": store.url, "MABAT_APPDB": url,
                                                                      "MABAT_HOME": str(tmp_path)})
    file = str(tmp_path / "b.zip")
    made = run(firm, "backup", file)
    assert made.exit_code == 0 and "the application database and 1 snapshot" in made.output
    assert run(elsewhere, "restore", file, answer="n\n").exit_code == 1 and elsewhere[0].published() is None
    assert run(elsewhere, "restore", file, "--yes").exit_code == 0 and elsewhere[0].published() == firm[0].published()
    Path(file).write_bytes(Path(file).read_bytes()[:1000])
    refused = run(elsewhere, "restore", file, "--yes")
    assert refused.exit_code == 2 and "nothing was changed" in refused.stderr and len(refused.stderr.strip().splitlines()) == 1
