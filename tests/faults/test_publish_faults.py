"""A publication killed at any moment, a full disk, two writers: what was published stays whole and the next one works."""
from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_data.errors import ImportRefused
from crm_data.model import locks, store_duckdb
from crm_data.model.snapshots import open_store
from crm_data.model.store_duckdb import DuckDBStore
from tests.staging import build, change

pytestmark = pytest.mark.faults

KILLS = 20
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.staging", "crm_data.model.store_duckdb"])

_GROW = ("INSERT INTO interaction BY NAME SELECT 1000 + range AS id, 1 AS customer_id, 'email' AS channel, DATE '2026-05-01' AS started_on, "
         "'test' AS source, 'more-' || range AS source_id, 2 AS batch_id FROM range(30000)")


def _import(url: str, path: str, begun) -> None:
    """What an import does, in a process of its own."""
    store = open_store(url)
    begun.set()
    store.checkout(Path(path))
    change(Path(path), "DELETE FROM order_line WHERE id > 6")
    store.publish(Path(path), currency="ILS", sources=["killed"])


def _import_killed_at(url: str, path: str, step: int) -> None:
    """The same, ended without any tidying up before the ``step``-th thing done to the disk while publishing."""
    done = 0

    def counted(work):
        def run(*arguments):
            nonlocal done
            done += 1
            if done == step:
                os._exit(9)
            return work(*arguments)
        return run
    locks.os.replace = counted(os.replace)
    for name in ("sync_file", "sync_folder", "file_sha256", "finish"):
        work = getattr(store_duckdb, name)
        setattr(store_duckdb, name, counted(work) if name != "finish" else lambda *a, _work=work, **k: counted(lambda: _work(*a, **k))())
    store = open_store(url)
    store.checkout(Path(path))
    change(Path(path), "DELETE FROM order_line WHERE id > 6")
    store.publish(Path(path), currency="ILS", sources=["killed"])


def _fill_disk(url: str, path: str, said) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    try:
        open_store(url).publish(Path(path), currency="ILS", sources=["t"])
    except ImportRefused as error:
        said.put(str(error))
    else:
        said.put("")


@pytest.fixture
def store(tmp_path) -> DuckDBStore:
    store = open_store(f"duckdb:///{tmp_path / 'warehouse'}")
    store.publish(build(tmp_path / "first.duckdb", _GROW), currency="ILS", sources=["test"])
    return store


def _check_whole(store: DuckDBStore, before: str) -> str:
    """What a new process sees is one of the two, whole, and can be read."""
    fresh = DuckDBStore(store.url, store.folder)
    name = fresh.published_name()
    rows = 12 if name == before else 6
    assert fresh.verify(name) == [] and fresh.published().tables["order_line"]["rows"] == rows
    with fresh.warehouse().engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM order_line")).scalar_one() == rows
    assert all(fresh.verify(other) == [] for other in fresh.names())
    return name


def _next_import_works(store: DuckDBStore, tmp_path: Path) -> None:
    path = tmp_path / f"next_{time.monotonic_ns()}.duckdb"
    store.checkout(path)
    manifest = store.publish(path, currency="ILS", sources=["next"])
    assert store.verify(manifest.name) == []
    left = {file.name for file in store.folder.iterdir()}
    kept = {f"{name}{suffix}" for name in store.names() for suffix in (".duckdb", ".json")}
    assert left == kept | {"published.json", "writer.lock"}


def test_killed_at_random_moments(store, tmp_path):
    first = store.published_name()
    ends, chance = {"killed": 0, "done": 0}, random.Random(7)
    longest = 0.3
    for number in range(KILLS):
        begun = _context.Event()
        child = _context.Process(target=_import, args=(store.url, str(tmp_path / f"k{number}.duckdb"), begun))
        child.start()
        assert begun.wait(60)
        started = time.monotonic()
        child.join(chance.uniform(0, longest))
        if child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
            ends["killed"] += 1
            longest *= 1.1
        else:
            ends["done"] += 1
            longest = max(0.2, time.monotonic() - started)
        child.join(60)
        if _check_whole(store, first) != first:
            store.use(first)
    assert ends["killed"] >= KILLS // 3
    _next_import_works(store, tmp_path)


def test_killed_at_every_step(store, tmp_path):
    """finish, sync, SHA-256, manifest, its sync, file, folder, pointer, its sync: ended before each of them."""
    first, step, switched = store.published_name(), 0, []
    while True:
        step += 1
        child = _context.Process(target=_import_killed_at, args=(store.url, str(tmp_path / f"s{step}.duckdb"), step))
        child.start()
        child.join(60)
        switched.append(_check_whole(store, first) != first)
        if switched[-1]:
            store.use(first)
        if child.exitcode == 0:
            break
        assert child.exitcode == 9
    assert step >= 9 and switched[0] is False and switched[-1] is True and switched == sorted(switched)
    _next_import_works(store, tmp_path)


def test_full_disk_is_said_and_changes_nothing(store, tmp_path):
    path = tmp_path / "big.duckdb"
    store.checkout(path)
    said = _context.Queue()
    child = _context.Process(target=_fill_disk, args=(store.url, str(path), said))
    child.start()
    sentence = said.get(timeout=60)
    child.join(60)
    assert "nothing was changed" in sentence and _check_whole(store, store.published_name())
    _next_import_works(store, tmp_path)


def test_two_imports_at_once_publish_one_after_the_other_or_not_at_all(store, tmp_path):
    first = store.published_name()
    children = []
    for number in range(3):
        begun = _context.Event()
        children.append(_context.Process(target=_import, args=(store.url, str(tmp_path / f"t{number}.duckdb"), begun)))
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert _check_whole(store, first) != first
    # Those that were overtaken ended with an error; no one's publication was lost without a word.
    done = sum(child.exitcode == 0 for child in children)
    assert done == len(store.names()) - 1 >= 1
