"""Fixtures everyone may use: the truth database, a demo of 300 customers, an own PostgreSQL server, settings kept apart.

Nothing a test does touches the machine's own Mabat home: ``MABAT_*`` variables are set to a temporary folder first.
"""
from __future__ import annotations

import contextlib
import getpass
import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, settings

_HOME = Path(tempfile.mkdtemp(prefix="mabat-tests-"))
for _name in [n for n in os.environ if n.startswith("MABAT_")]:
    del os.environ[_name]
os.environ["MABAT_HOME"] = str(_HOME)

#: The same examples every time; the slow form looks further.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                                                       HealthCheck.data_too_large, HealthCheck.filter_too_much]}
settings.register_profile("default", derandomize=True, max_examples=25, database=None, **_COMMON)
settings.register_profile("slow", derandomize=True, max_examples=200, database=None, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

DEMO_CUSTOMERS, DEMO_SEED = 300, 7


#: Of the many cases of these, every run takes a fixed one in so many; ``make test-all`` takes all.
SAMPLED = {"tests/engines/": 2, "tests/test_dates_pages": 3, "tests/test_toman": 2}


def pytest_collection_modifyitems(config, items) -> None:
    """Tests marked slow run only when asked for by name of the marker (``-m slow`` or ``-m "slow or not slow"``)."""
    for item in items:
        if "[" in item.nodeid and crc32(item.nodeid.encode()) % next((n for part, n in SAMPLED.items() if part in item.nodeid), 1):
            item.add_marker(pytest.mark.slow)
    if "slow" in (config.option.markexpr or ""):
        return
    skip = pytest.mark.skip(reason="slow: run with -m slow (make test-all)")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


def pytest_sessionfinish() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def everything():
    """The scope that sees all rows."""
    from crm_data.cuts.access import Scope
    return Scope.everything()


@pytest.fixture(scope="session")
def truth_url(tmp_path_factory) -> str:
    """URL of a store with the truth database published (DuckDB)."""
    from tests.truth import tiny
    folder = tmp_path_factory.mktemp("truth")
    url = f"duckdb:///{folder / 'warehouse'}"
    tiny.publish(url, folder)
    return url


@pytest.fixture(scope="session")
def truth(truth_url):
    """The truth database's Warehouse (tests/truth/README.md); its last day is 2026-11-20."""
    from crm_data.model.snapshots import open_store
    return open_store(truth_url).warehouse()


@pytest.fixture(scope="session")
def noise_url(tmp_path_factory) -> str:
    """URL of a store with the firm made of dice published (DuckDB)."""
    from tests.truth import noise
    folder = tmp_path_factory.mktemp("noise")
    url = f"duckdb:///{folder / 'warehouse'}"
    noise.publish(url, folder)
    return url


@pytest.fixture(scope="session")
def noise(noise_url):
    """The Warehouse of the firm made of dice (tests/truth/noise.py): 300 customers, everything sometimes unknown."""
    from crm_data.model.snapshots import open_store
    return open_store(noise_url).warehouse()


@pytest.fixture(scope="session")
def demo_staging(tmp_path_factory) -> Path:
    """A finished staging DuckDB file of the demo firm with 300 customers, read by nobody else: copy it to change it."""
    from tests.demo_firm import build_demo
    path = tmp_path_factory.mktemp("demo") / "staging.duckdb"
    build_demo(path, customers=DEMO_CUSTOMERS, seed=DEMO_SEED)
    return path


@pytest.fixture(scope="session")
def demo_url(demo_staging, tmp_path_factory) -> str:
    from tests.demo_firm import publish_demo
    url = f"duckdb:///{tmp_path_factory.mktemp('demo_store') / 'warehouse'}"
    publish_demo(url, demo_staging)
    return url


@pytest.fixture(scope="session")
def demo(demo_url):
    """The Warehouse of a demo firm with 300 customers."""
    from crm_data.model.snapshots import open_store
    return open_store(demo_url).warehouse()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then as the system's user for it."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ["runuser", "-u", "postgres", "--", *command]
    return command


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """An own PostgreSQL server in a temporary folder on a free port of 127.0.0.1, ended afterwards. Yields its URL."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [str(Path(p).parent) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql, or set PATH to its programs")
    binaries, folder, port = Path(found[-1]), Path(tempfile.mkdtemp(prefix="mabat-pg-")), _free_port()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, quiet = folder / "data", {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(_as_postgres([str(binaries / "initdb"), "-D", str(data), "-U", "mabat", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]), **quiet)
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "synchronous_commit": "off",
               "full_page_writes": "off", "max_connections": "40"}
    server = subprocess.Popen(_as_postgres([str(binaries / "postgres"), "-D", str(data), *(f"--{k}={v}" for k, v in options.items())]),
                              cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(binaries, port, server)
        yield f"postgresql+psycopg://mabat@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(_as_postgres([str(binaries / "pg_ctl"), "stop", "-D", str(data), "-m", "immediate"]), stdout=subprocess.DEVNULL, cwd="/")
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(binaries: Path, port: int, server: subprocess.Popen) -> None:
    for _ in range(150):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once with code {server.returncode} (user {getpass.getuser()})")
        if subprocess.run([str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not answer within 15 s")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of an empty database on an own server, shared by the session; publish under schemas of your own snapshot."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_url):
    """A function that makes a new empty database on the session's server and returns its URL."""
    from sqlalchemy import create_engine, text
    made = 0

    def new() -> str:
        nonlocal made
        made += 1
        name = f"mabat_{made}"
        engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return postgres_url.rsplit("/", 1)[0] + f"/{name}"
    return new
