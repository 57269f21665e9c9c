"""Opening databases: one engine for each address in a process, and one sentence when a database does not answer."""
from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from crm_data.errors import N_, EngineUnavailable, InputError

CONNECT_SECONDS = 5
IDLE_SECONDS = 60.0


def duckdb_memory() -> str:
    """Memory one DuckDB instance may use: half of the machine's, between 1 and 8 GB; beyond it, it spills to disk."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = 4 << 30  # not told by the system: what a small laptop has
    return f"{max(1024, min(8192, total // 2 >> 20))}MB"


def duckdb_config() -> dict[str, str]:
    """Options of a read-only instance: no files, network or extensions for SQL that runs in it, and no way back.

    What does not fit into memory spills to DuckDB's default, a folder beside the file; naming it here is refused at times,
    because options are set in no fixed order.
    """
    return {
        "memory_limit": duckdb_memory(), "threads": str(os.cpu_count() or 2),
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
        "enable_external_access": "false", "lock_configuration": "true",
    }


@dataclass
class _Opened:
    engine: Engine
    #: Times a connection was handed out; with ``retired`` it decides when the file is let go.
    used_at: float = field(default_factory=time.monotonic)
    retired: bool = False


_opened: dict[tuple[str, bool], _Opened] = {}
_lock = threading.Lock()


def open_engine(url: str | URL, *, read_only: bool) -> Engine:
    """The engine for ``url``; the same one for the same url in this process. Nothing is connected yet.

    A DuckDB url names one file, e.g. ``duckdb:////data/warehouse/20261122_013000_a1b2.duckdb``. Read-only DuckDB
    engines have external access off and their configuration locked. Connections of one file share one instance.
    """
    address = parse_url(url)
    key = (address.render_as_string(hide_password=False), read_only)
    with _lock:
        if key not in _opened:
            opened = _opened[key] = _Opened(_create(address, read_only))

            @event.listens_for(opened.engine, "checkout")
            def mark_used(*_: object) -> None:
                opened.used_at = time.monotonic()
        else:
            opened = _opened[key]
        return opened.engine


def duckdb_engine(path: Path) -> Engine:
    """The read-only engine of a DuckDB file."""
    return open_engine(URL.create("duckdb", database=str(path.absolute())), read_only=True)


def retire(engine: Engine) -> None:
    """The engine is no longer the current one: let go of its file when nobody has used it for a while."""
    _set_retired(engine, True)


def keep(engine: Engine) -> None:
    """The engine is the current one: its connections, and what DuckDB has cached, stay."""
    _set_retired(engine, False)


def _set_retired(engine: Engine, retired: bool) -> None:
    with _lock:
        for opened in _opened.values():
            if opened.engine is engine:
                opened.retired = retired


def sweep(idle_seconds: float = IDLE_SECONDS) -> int:
    """Close idle connections of retired engines. A reader that still holds one of them connects again by itself.

    Returns how many were closed. Connections in use are never touched: they close when they come back.
    """
    now = time.monotonic()
    with _lock:
        idle = [opened for opened in _opened.values() if opened.retired and now - opened.used_at >= idle_seconds
                and not opened.engine.pool.checkedout() and opened.engine.pool.checkedin()]
    for opened in idle:
        opened.engine.dispose()
    return len(idle)


def forget(url: str | URL) -> None:
    """Dispose the engines of ``url`` and forget them (tests, and before a file is replaced)."""
    text_ = parse_url(url).render_as_string(hide_password=False)
    with _lock:
        engines = [_opened.pop(key).engine for key in list(_opened) if key[0] == text_]
    for engine in engines:
        engine.dispose()


def forget_file(path: Path) -> None:
    """``forget`` for a DuckDB file."""
    forget(URL.create("duckdb", database=str(path.absolute())))


def ping(engine: Engine) -> None:
    """Ask the database for a sign of life; ``EngineUnavailable`` says in one sentence what is wrong."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        raise unavailable(engine, error) from error


def unavailable(engine: Engine, error: Exception) -> EngineUnavailable:
    """The sentence for a database that does not answer, without its password."""
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return EngineUnavailable(N_("The database {address} does not answer: {cause}"),
                             address=engine.url.render_as_string(hide_password=True), cause=cause)


def parse_url(url: str | URL) -> URL:
    """The address of a database; ``InputError`` when it is none."""
    try:
        address = make_url(url)
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError(N_("“{text}” is not a database address such as duckdb:///FOLDER or "
                            "postgresql+psycopg://user@host/database."), text=url) from error
    return address


def _create(address: URL, read_only: bool) -> Engine:
    backend = address.get_backend_name()
    if backend == "duckdb":
        if read_only:
            arguments = {"read_only": True, "config": duckdb_config()}
        else:
            arguments = {"config": {"memory_limit": duckdb_memory()}}
        # Connections are cheap cursors of one instance (0.1 ms); a page asks few at once, sessions are many.
        return create_engine(address, connect_args=arguments, poolclass=QueuePool, pool_size=4, max_overflow=60)
    if backend == "postgresql":
        options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if read_only else "")
        return create_engine(address, pool_pre_ping=True, pool_size=4, max_overflow=16, pool_recycle=1800,
                             connect_args={"connect_timeout": CONNECT_SECONDS, "options": options})
    return create_engine(address)
