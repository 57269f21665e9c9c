"""What a store of snapshots can do, whichever engine keeps them, and the warehouse a reader gets from it."""
from __future__ import annotations

import builtins
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy.engine import Engine

from crm_data.countries import MON_FRI
from crm_data.errors import N_, ImportRefused, InputError, SnapshotDamaged
from crm_data.model.finish import Progress
from crm_data.model.manifest import Manifest
from crm_data.model.tables import add_columns, create_tables

_STAGING = "mabat_staging"


@dataclass(frozen=True)
class Warehouse:
    """One snapshot, open for reading. It keeps working while newer snapshots are published.

    ``attributes`` are the keys of ``customer_attribute``; ``week_start`` is 0 for Monday ... 6 for Sunday; ``country`` (ISO code, "" unknown)
    and ``weekend`` are the firm's and hold where a branch or customer names none; ``segments`` are the reader's own conditions on customers (``crm_data.cuts.segments``), each a dimension; ``rates`` are the cost rates that
    hold instead of those of ``cost_rate`` where an administrator changed some (None: those of the data).
    """

    engine: Engine
    snapshot: str
    as_of: date
    currency: str
    attributes: tuple[str, ...]
    manifest: Manifest
    week_start: int = 6
    country: str = ""
    weekend: frozenset[int] = MON_FRI
    segments: tuple = ()
    rates: tuple | None = None

    @property
    def key(self) -> tuple:
        """What every kept answer depends on besides its question, the rights of who asks and the segments named in it."""
        return (str(self.engine.url), self.snapshot, (self.week_start, self.country, self.weekend), self.rates)


class NoSnapshot(InputError):
    """Nothing has been published yet."""

    def __init__(self) -> None:
        super().__init__(N_("There is no data yet. Import some with “mabat import”, or make the demonstration firm with “mabat demo”."))


class Store(ABC):
    """Snapshots of one warehouse. Safe to use from several threads; several processes may read, one at a time writes."""

    def __init__(self, url: str, week_start: int, country: str = "", weekend: frozenset[int] = MON_FRI) -> None:
        self.url = url
        self.week_start, self.country, self.weekend = week_start, country, weekend
        self._threads = threading.RLock()
        self._depth = 0

    @abstractmethod
    def published(self) -> Manifest | None:
        """The manifest of the snapshot being read, None when there is none yet."""

    @abstractmethod
    def published_name(self) -> str | None:
        """The name alone: told also when the snapshot itself is damaged."""

    @abstractmethod
    def names(self) -> builtins.list[str]:
        """Names of all snapshots that were ever published and are kept, newest first; also damaged ones."""

    @abstractmethod
    def manifest(self, name: str) -> Manifest:
        """The manifest of a snapshot; ``SnapshotDamaged`` when it cannot be read, ``InputError`` when there is none."""

    @abstractmethod
    def verify(self, name: str) -> builtins.list[str]:
        """Read the snapshot whole and compare it with its manifest: what differs, in words; empty when it is whole."""

    @abstractmethod
    def checkout(self, path: Path) -> Manifest | None:
        """Write the published snapshot into a new staging DuckDB file, to be changed and published again.

        With nothing published it holds empty canonical tables, and None is returned.
        """

    @abstractmethod
    def export(self, name: str, path: Path) -> None:
        """Write a snapshot into a new DuckDB file, as it is."""

    @abstractmethod
    def publish(self, staging: Path, *, currency: str, sources: Iterable[str], note: str = "", as_of: date | None = None,
                progress: Progress | None = None) -> Manifest:
        """Check and complete ``staging`` (closed by the caller) and make it what readers see, in one step.

        ``as_of`` defaults to the last day of the facts that is not after today. On any error, and when the process is
        killed, what was published before stays. ``ImportRefused`` says what is wrong with the data.
        """

    @abstractmethod
    def adopt(self, file: Path, manifest: Manifest) -> Manifest:
        """Publish a DuckDB file that was exported before (a restored backup), under its own name where possible."""

    @abstractmethod
    def use(self, name: str) -> Manifest:
        """Publish an older whole snapshot again."""

    @abstractmethod
    def warehouse(self, name: str | None = None) -> Warehouse:
        """The published snapshot (or the one called ``name``), open for reading. Cheap: call it for every request."""

    @abstractmethod
    def _remove(self, name: str) -> None:
        """Delete one snapshot; the writers' lock is held."""

    @abstractmethod
    def _lock(self) -> AbstractContextManager[None]:
        """The writers' lock between processes."""

    def list(self) -> builtins.list[Manifest]:
        """Manifests of all kept snapshots, newest first; those whose manifest is damaged are left out."""
        found = []
        for name in self.names():
            try:
                found.append(self.manifest(name))
            except (SnapshotDamaged, InputError):
                continue  # ``names`` still has it and ``verify`` says what is wrong
        return found

    def prune(self, keep: int, protected: set[str]) -> builtins.list[str]:
        """Remove all but the newest ``keep``, the published one and the ``protected``; returns the names removed."""
        with self.writing():
            removed = to_prune(self.names(), keep, protected | {self.published_name() or ""})
            for name in removed:
                self._remove(name)
        return removed

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writers' lock, e.g. from checkout to publish. May be nested; ``Busy`` when another process holds it."""
        with self._threads:
            self._depth += 1
            try:
                if self._depth > 1:
                    yield
                else:
                    with self._lock():
                        yield
            finally:
                self._depth -= 1

    def damaged(self, name: str, cause: str) -> SnapshotDamaged:
        """The sentence for a damaged snapshot: what is wrong, and which whole one to go back to."""
        for older in self.names():
            if older < name and not self.verify(older):
                return SnapshotDamaged(N_("The snapshot {name} is damaged ({cause}) and was not opened. The last whole one before "
                                          "it is {older}: go back to it with “mabat snapshots use {older}”."),
                                       name=name, cause=cause, older=older)
        return SnapshotDamaged(N_("The snapshot {name} is damaged ({cause}) and was not opened. There is no whole one before it: "
                                  "restore a backup with “mabat restore”, or import the data again."), name=name, cause=cause)


def to_prune(names: Iterable[str], keep: int, protected: set[str]) -> list[str]:
    """The rule of pruning: of all ``names``, those that are neither among the newest ``keep`` nor protected."""
    if keep < 1:
        raise InputError(N_("At least one snapshot must be kept, not {keep}."), keep=keep)
    return [name for name in sorted(names, reverse=True)[keep:] if name not in protected]


def mark_base(staging: Path, base: str | None) -> None:
    """Complete a checked-out staging file: all canonical tables and columns, and the name of the snapshot it was made from."""
    con = duckdb.connect(str(staging))
    try:
        con.execute("BEGIN")  # one commit to the disk instead of one a table
        create_tables(con)
        add_columns(con)
        con.execute(f"CREATE OR REPLACE TABLE {_STAGING} AS SELECT CAST(? AS VARCHAR) AS base", [base])
        con.execute("COMMIT")
    finally:
        con.close()


def check_base(staging: Path, published: str | None) -> None:
    """Refuse a staging file made from a snapshot that is no longer the published one: it would undo another import."""
    if not staging.is_file():
        raise ImportRefused(N_("The staging database {path} does not exist."), path=staging)
    try:
        con = duckdb.connect(str(staging))
    except duckdb.Error as error:
        raise ImportRefused(N_("The staging database {path} cannot be opened: {cause}"),
                            path=staging, cause=str(error).splitlines()[0]) from error
    try:
        marked = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [_STAGING]).fetchone()
        base = con.execute(f"SELECT base FROM {_STAGING}").fetchone()[0] if marked else published
    finally:
        con.close()
    if base != published:
        raise ImportRefused(N_("Another import published the snapshot {name} meanwhile. Nothing was changed: import again."),
                            name=published)
