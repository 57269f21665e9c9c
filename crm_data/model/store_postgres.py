"""Snapshots as schemas of a PostgreSQL database: ``mabat_NAME`` each, and one row in ``mabat.published`` that points.

A snapshot is loaded, indexed, compared with its control totals and published in one transaction: killed at any moment,
it leaves nothing. Readers find the schema by ``schema_translate_map``; an older schema stays until it is pruned.
"""
from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from crm_data.countries import MON_FRI
from crm_data.errors import N_, Cause, EngineUnavailable, InputError, SnapshotDamaged
from crm_data.model.checks import derived_problems
from crm_data.model.copying import (
    create_postgres_tables,
    from_postgres,
    index_postgres,
    postgres_type,
    to_postgres,
)
from crm_data.model.engines import CONNECT_SECONDS, open_engine, unavailable
from crm_data.model.finish import Progress, finish
from crm_data.model.locks import Busy
from crm_data.model.manifest import Manifest, as_of_default, checked_name, differences, digest, file_sha256, new_name
from crm_data.model.older import complete
from crm_data.model.schema import DERIVED_COLUMNS, TABLES
from crm_data.model.store import NoSnapshot, Store, Warehouse, check_base, mark_base
from crm_data.model.tables import control_sql, control_values, create_tables

_LOCK_KEY = 7_215_040_811  # any number, the same in every Mabat: the writers' advisory lock of the database
_WAIT_SECONDS = 60.0
#: How long a process trusts what it knows to be published before it asks again.
_TRUST_SECONDS = 1.0
_BOOKS = """
CREATE SCHEMA IF NOT EXISTS mabat;
CREATE TABLE IF NOT EXISTS mabat.snapshot (name text PRIMARY KEY, manifest text NOT NULL);
CREATE TABLE IF NOT EXISTS mabat.published (one boolean PRIMARY KEY DEFAULT true CHECK (one), name text NOT NULL, digest text NOT NULL);
"""


class PostgresStore(Store):
    """A PostgreSQL database with a schema for each snapshot. See ``Store``."""

    def __init__(self, url: str, week_start: int = 6, country: str = "", weekend: frozenset[int] = MON_FRI) -> None:
        super().__init__(url, week_start, country, weekend)
        self.engine = open_engine(url, read_only=True)
        self._open: dict[str, Warehouse] = {}
        self._seen: tuple[float, str] | None = None
        self._guard = threading.Lock()

    # Reading -------------------------------------------------------------------------------------------------------
    def published(self) -> Manifest | None:
        rows = self._read("SELECT p.name, p.digest FROM mabat.published AS p")
        if not rows:
            return None
        name, said = rows[0]
        manifest = self.manifest(name)
        if digest(manifest.to_dict()) != said:
            raise self.damaged(name, Cause(N_("its manifest is not the one that was published")))
        return manifest

    def published_name(self) -> str | None:
        rows = self._read("SELECT name FROM mabat.published")
        return rows[0][0] if rows else None

    def names(self) -> list[str]:
        return [name for (name,) in self._read("SELECT name FROM mabat.snapshot ORDER BY name DESC")]

    def manifest(self, name: str) -> Manifest:
        rows = self._read("SELECT manifest FROM mabat.snapshot WHERE name = :name", name=checked_name(name))
        if not rows:
            raise InputError(N_("There is no snapshot {name}; “mabat snapshots list” shows them."), name=name)
        return Manifest.from_json(rows[0][0], name)

    def verify(self, name: str) -> list[str]:
        try:
            manifest = self.manifest(name)
            with self._connect() as con:
                held = con.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s", [_schema(name)])
                known = [key for key in held if key in DERIVED_COLUMNS]
                return self._differences(con, manifest) + derived_problems(con, f'"{_schema(name)}".', known)
        except (SnapshotDamaged, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            return [Cause(error.message, **error.values) if isinstance(error, SnapshotDamaged) else str(error).splitlines()[0]]

    def warehouse(self, name: str | None = None) -> Warehouse:
        with self._guard:
            if name is None:
                now = time.monotonic()
                if self._seen is None or now - self._seen[0] > _TRUST_SECONDS:
                    current = self.published_name()
                    if current is None:
                        raise NoSnapshot
                    self._seen = (now, current)
                name = self._seen[1]
            if name not in self._open:
                self._open[name] = self._opened(checked_name(name))
            return self._open[name]

    def _opened(self, name: str) -> Warehouse:
        manifest = self.manifest(name)
        held: dict[str, set[str]] = {}
        for table, column in self._read("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = :schema", schema=_schema(name)):
            held.setdefault(table, set()).add(column)
        missing = set(manifest.tables) - set(held)
        if missing:
            raise self.damaged(name, Cause(N_("the table {name} is missing"), name=min(missing)))
        older = sorted((table, column) for table in manifest.tables if table in TABLES for column in set(TABLES[table].c.keys()) - held[table])
        if older and not self._completed(name, older):
            raise InputError(N_("The snapshot {name} was made by an older version: it has no column {column}. Let a user of the database who may write open it once, "
                                "import the data again, or publish another snapshot with “mabat snapshots use”."), name=name, column=".".join(older[0]))
        engine = self.engine.execution_options(schema_translate_map={None: _schema(name)})
        return Warehouse(engine, name, manifest.as_of, manifest.currency, manifest.attributes, manifest, self.week_start, self.country, self.weekend)

    def _completed(self, name: str, lacking: list[tuple[str, str]]) -> bool:
        """Whether a snapshot made by an older version got the columns it lacks: empty ones, which change nothing it says. A column that
        follows from others is worked out by the next import only, and a required one cannot be empty."""
        columns = [(table, TABLES[table].c[column]) for table, column in lacking]
        if any((table, column.name) in DERIVED_COLUMNS or not column.nullable for table, column in columns):
            return False
        try:
            with self._connect() as con:
                # Whoever reads the table now is not kept waiting for this, nor this for them: the next opening tries again.
                con.execute("SET LOCAL lock_timeout = '3s'")
                for table, column in columns:
                    try:
                        con.execute(f'ALTER TABLE "{_schema(name)}"."{table}" ADD COLUMN IF NOT EXISTS "{column.name}" {postgres_type(column)}')
                    except psycopg.errors.LockNotAvailable as error:
                        raise Busy(N_("The snapshot {name} was made by an older version, and its table {table} is in use. Try again in a moment."), name=name, table=table) from error
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.UndefinedTable):
            return False
        return True

    def _read(self, statement: str, **values: str) -> list:
        """Rows of the books; none while there are no books yet."""
        try:
            with self.engine.connect() as connection:
                return list(connection.execute(text(statement), values))
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
                return []
            raise unavailable(self.engine, error) from error

    def _differences(self, con: psycopg.Connection, manifest: Manifest) -> list[str]:
        prefix = f'"{_schema(manifest.name)}".'
        found = {name: control_values(TABLES[name], con.execute(control_sql(TABLES[name], prefix, "NUMERIC")).fetchone())
                 for name in manifest.tables if name in TABLES}
        return differences(manifest, found)

    # Writing -------------------------------------------------------------------------------------------------------
    def checkout(self, path: Path) -> Manifest | None:
        manifest = self.published()
        if manifest:
            self.export(manifest.name, path)
        mark_base(path, manifest.name if manifest else None)
        return manifest

    def export(self, name: str, path: Path) -> None:
        self.manifest(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        duck = duckdb.connect(str(path))
        try:
            create_tables(duck)
            with self._connect() as con:
                for table in TABLES.values():
                    from_postgres(con, duck, _schema(name), table, path.parent)
        finally:
            duck.close()

    def publish(self, staging: Path, *, currency: str, sources: Iterable[str], note: str = "", as_of: date | None = None,
                progress: Progress | None = None) -> Manifest:
        tell = progress or (lambda share, what: None)
        with self.writing(), tempfile.TemporaryDirectory(dir=staging.parent, prefix="publish") as place:
            check_base(staging, self.published_name())
            file = Path(place) / "finished.duckdb"
            finished = finish(staging, file, today=date.today(), progress=lambda share, what: tell(share / 3, what), country=self.country)
            manifest = Manifest(self._free_name(), datetime.now(UTC).replace(microsecond=0), as_of or as_of_default(finished.latest, date.today()),
                                currency, tuple(sources), finished.tables, None, note, attributes=finished.attributes)
            self._load(file, manifest, tell)
        tell(1.0, "published")
        return manifest

    def adopt(self, file: Path, manifest: Manifest) -> Manifest:
        if manifest.sha256 and file_sha256(file) != manifest.sha256:
            raise SnapshotDamaged(N_("The file of the snapshot {name} does not match its manifest; nothing was changed."),
                                  name=manifest.name)
        manifest = replace(manifest, sha256=None, size=None)  # they were the file's; here there is none
        with self.writing(), tempfile.TemporaryDirectory(prefix="mabat") as place:
            copy = Path(place) / "restored.duckdb"  # opening a file may write beside it
            shutil.copyfile(file, copy)
            self._load(copy, manifest, lambda share, what: None)
        return manifest

    def use(self, name: str) -> Manifest:
        with self.writing():
            manifest = self.manifest(checked_name(name))
            problems = self.verify(name)
            if problems:
                raise self.damaged(name, problems[0])
            with self._connect() as con:
                _point(con, manifest)
        self._seen = None
        return manifest

    def _load(self, file: Path, manifest: Manifest, tell: Progress) -> None:
        """Load a finished DuckDB file as a new schema and point to it, all in one transaction."""
        schema = _schema(manifest.name)
        duck = duckdb.connect(str(file), read_only=True)
        try:
            complete(duck)
            with self._connect() as con:
                con.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
                con.execute(f'CREATE SCHEMA "{schema}"')
                create_postgres_tables(con, schema)
                for done, (name, table) in enumerate(TABLES.items()):
                    tell(0.35 + 0.6 * done / len(TABLES), name)
                    to_postgres(duck, con, schema, table, file.parent)
                    index_postgres(con, schema, table)
                    con.execute(f'ANALYZE "{schema}"."{name}"')
                tell(0.95, "totals")
                problems = self._differences(con, manifest)
                if problems:
                    raise SnapshotDamaged(N_("The new snapshot could not be written: {cause}."), cause=problems[0])
                con.execute("INSERT INTO mabat.snapshot (name, manifest) VALUES (%s, %s) "
                            "ON CONFLICT (name) DO UPDATE SET manifest = excluded.manifest", [manifest.name, manifest.to_json()])
                _point(con, manifest)
        finally:
            duck.close()
        with self._guard:
            self._seen = None
            self._open.pop(manifest.name, None)

    def _remove(self, name: str) -> None:
        with self._connect() as con:
            con.execute("DELETE FROM mabat.snapshot WHERE name = %s", [name])
            con.execute(f'DROP SCHEMA IF EXISTS "{_schema(name)}" CASCADE')
        with self._guard:
            self._open.pop(name, None)

    def _free_name(self) -> str:
        newest = max(self.names(), default="")
        while (name := new_name()) <= newest:  # within one second the random part decides; names must sort by time
            time.sleep(0.05)
        return name

    @contextmanager
    def _connect(self) -> Iterator[psycopg.Connection]:
        """A writing connection and a transaction: committed at the end, rolled back on any error."""
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            con = psycopg.connect(address, connect_timeout=CONNECT_SECONDS)
        except psycopg.Error as error:
            raise unavailable(self.engine, error) from error
        try:
            with con:  # commits or rolls back, and closes
                yield con
        except psycopg.OperationalError as error:
            raise EngineUnavailable(N_("The database {address} stopped answering: {cause}"),
                                    address=self.engine.url.render_as_string(hide_password=True),
                                    cause=str(error).strip().splitlines()[0]) from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with self._connect() as con:
            until = time.monotonic() + _WAIT_SECONDS
            while not con.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_KEY]).fetchone()[0]:
                if time.monotonic() >= until:
                    raise Busy(N_("Another import or publication is running (lock {path}). Try again when it has ended."),
                               path=self.engine.url.render_as_string(hide_password=True))
                time.sleep(0.2)
            con.execute(_BOOKS)
            con.commit()  # the lock belongs to the session, not to the transaction: it is held until the connection closes
            yield


def _schema(name: str) -> str:
    return f"mabat_{checked_name(name)}"


def _point(con: psycopg.Connection, manifest: Manifest) -> None:
    con.execute("INSERT INTO mabat.published (name, digest) VALUES (%s, %s) "
                "ON CONFLICT (one) DO UPDATE SET name = excluded.name, digest = excluded.digest",
                [manifest.name, digest(manifest.to_dict())])
