"""The door to the warehouse: ``open_store(url)`` gives the snapshots kept there, whichever engine keeps them."""
from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Engine, MetaData, Table, inspect, select

from crm_data.countries import MON_FRI
from crm_data.errors import N_, InputError
from crm_data.model.engines import open_engine, parse_url
from crm_data.model.manifest import Manifest
from crm_data.model.store import NoSnapshot, Store, Warehouse, to_prune
from crm_data.model.tables import create_tables

__all__ = ["Manifest", "NoSnapshot", "Store", "Warehouse", "create_tables", "open_store", "protected_names", "to_prune"]

_stores: dict[tuple, Store] = {}
_lock = threading.Lock()


def open_store(url: str, *, week_start: int = 6, country: str = "", weekend: frozenset[int] = MON_FRI) -> Store:
    """The store at ``url``: ``duckdb:///FOLDER`` or ``postgresql+psycopg://...``; the same one every time in a process.

    ``week_start`` (0 Monday ... 6 Sunday), ``country`` and ``weekend`` are the firm's (``Settings.place``), handed on to the warehouses it opens.
    """
    key = (str(url), week_start, country, weekend)
    with _lock:
        if key not in _stores:
            _stores[key] = _create(*key)
        return _stores[key]


def _create(url: str, week_start: int, country: str, weekend: frozenset[int]) -> Store:
    address = parse_url(url)
    backend = address.get_backend_name()
    if backend == "duckdb":
        from crm_data.model.store_duckdb import DuckDBStore
        folder = Path(address.database or "")
        if not folder.name or folder.is_file():
            raise InputError(N_("The warehouse “{text}” must name a folder for the snapshots."), text=url)
        return DuckDBStore(url, folder, week_start, country, weekend)
    if backend == "postgresql":
        from crm_data.model.store_postgres import PostgresStore
        return PostgresStore(url, week_start, country, weekend)
    raise InputError(N_("{where}: “{text}” cannot be used here; possible are {known}."), where="MABAT_WAREHOUSE", text=backend,
                     known="duckdb, postgresql")


def protected_names(appdb: str | Engine) -> set[str]:
    """Snapshots that pruning must keep: those a meeting in the application database refers to."""
    if not isinstance(appdb, Engine):
        url = parse_url(appdb)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            return set()
        appdb = open_engine(url, read_only=True)
    if not inspect(appdb).has_table("meeting"):
        return set()
    meeting = Table("meeting", MetaData(), autoload_with=appdb)
    if "snapshot" not in meeting.c:
        return set()
    with appdb.connect() as connection:
        return {name for (name,) in connection.execute(select(meeting.c.snapshot).distinct()) if name}
