"""An import from end to end: read, map, check, link, merge, publish.

All work is done in a working database and in a staging copy of the warehouse; readers see nothing of it until the
last step, which the store does at once. Killed at any moment, an import leaves what was published as it was.
"""
from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import duckdb

from crm_data.errors import N_, ImportRefused
from crm_data.model.engines import duckdb_memory
from crm_data.model.snapshots import open_store
from crm_data.model.store import Store
from crm_data.settings import Settings
from crm_data.sources.mapping import Mapping, load_mapping
from crm_data.sources.raw import RawTable, Workplace, literal, prepare, quoted
from crm_data.sources.raw_sql import check_raw_names, first_line, tables_read
from crm_data.sources.readers import find_tables
from crm_data.sources.rejects import reasons, write_rejects
from crm_data.sources.report import FileReport, Report
from crm_data.sources.tables import bring_in
from crm_data.sources.template_mapping import mapping_of_template

#: Called with the share of the work done (0-1) and what is being done.
Progress = Callable[[float, str], None]


class Overlay(Protocol):
    """What people decided here and every snapshot carries: taken off before rows are merged, laid over the result again.

    Both are given the working database with the staging warehouse attached as ``staging``.
    """

    def before(self, con: duckdb.DuckDBPyConnection) -> None: ...

    def after(self, con: duckdb.DuckDBPyConnection) -> int:
        """How many customers differ from what was published because of it."""
        ...


def import_source(source: str, mapping_folder: Path | None, settings: Settings, *, dry_run: bool = False,
                  progress: Progress | None = None, overlay: Overlay | None = None) -> Report:
    """Import a file, folder, database URL or ``package:NAME`` through a mapping and publish the result.

    Without a mapping the source must be a filled workbook template. With ``dry_run`` nothing is changed or written.
    Raises ImportRefused (nothing changed) with what is wrong; rejected rows are in the report, not an error.
    """
    tell = progress or (lambda share, what: None)
    try:
        return _import(source, mapping_folder, settings, dry_run, tell, overlay)
    except duckdb.Error as error:
        raise ImportRefused(N_("The import stopped: {error}. Nothing was changed."), error=first_line(error)) from error
    except OSError as error:
        raise ImportRefused(N_("The import stopped: {error}. Nothing was changed."), error=error) from error


def _import(source: str, mapping_folder: Path | None, settings: Settings, dry_run: bool, tell: Progress, overlay: Overlay | None) -> Report:
    started = time.monotonic()
    with _work_folder(settings, dry_run) as folder:
        found = find_tables(source, folder)
        mapping = load_mapping(mapping_folder, timezone=settings.timezone) if mapping_folder else mapping_of_template(found, settings)
        store = open_store(settings.warehouse, **settings.place)
        con = _working_database(folder)
        try:
            work = Workplace(con, folder, mapping.encoding)
            files = _read(work, found, mapping, lambda share, what: tell(0.4 * share, what))
            with nullcontext() if dry_run else store.writing():
                return _bring_and_publish(work, mapping, files, store, settings, dry_run, tell, started, overlay)
        finally:
            con.close()


def _bring_and_publish(work: Workplace, mapping: Mapping, files: tuple[FileReport, ...], store: Store, settings: Settings,
                       dry_run: bool, tell: Progress, started: float, overlay: Overlay | None) -> Report:
    con, staging = work.con, work.folder / "staging.duckdb"
    published = store.checkout(staging)
    currency = _reporting_currency(mapping, published.currency if published else None, settings)
    con.execute(f"ATTACH {literal(staging)} AS staging")
    # What is read keeps its order, for the rows' numbers; from here on the order of rows says nothing.
    con.execute("SET preserve_insertion_order=false")
    # The staging warehouse is read once more, when it is published, and removed: only packing that is quick saves more than it costs.
    con.execute("SET disabled_compression_methods='rle,dictionary,fsst,dict_fsst,zstd,alp,alprd,chimp,patas'")
    con.execute("SET enable_external_access=false")
    con.execute("SET lock_configuration=true")
    batch = _batch(con)
    if overlay:
        overlay.before(con)
    tables, doubts = bring_in(con, mapping, currency, batch, lambda share, what: tell(0.4 + 0.3 * share, what), settings.country)
    laid = overlay.after(con) if overlay else 0
    con.execute("DETACH staging")
    snapshot = None
    if not dry_run and (laid or any(table.new or table.changed for table in tables)):
        sources = sorted({*(published.sources if published else ()), mapping.source})
        snapshot = store.publish(staging, currency=currency, sources=sources, note=f"import {mapping.source}",
                                 progress=lambda share, what: tell(0.7 + 0.3 * share, what)).name
    kept = None if dry_run else write_rejects(con, settings.home / "rejects" / str(batch))
    tell(1.0, "")
    return Report(mapping.source, mapping.name, batch, dry_run, currency, snapshot, files, tables, reasons(con, [t.table for t in tables]),
                  str(kept) if kept else None, round(time.monotonic() - started, 3), doubts)


def _working_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into the work folder: raw data is never written twice where it fits."""
    con = duckdb.connect(config={"memory_limit": duckdb_memory(), "temp_directory": str(folder / "spill")})
    con.execute("SET TimeZone = 'UTC'")
    prepare(con)
    return con


def _read(work: Workplace, found: list[RawTable], mapping: Mapping, tell: Progress) -> tuple[FileReport, ...]:
    """Read the raw tables the mapping's SQL reads, and no others."""
    names = [table.name for table in found]
    needed = {name.casefold() for name in mapping.read}
    check_raw_names(mapping, "mapping.toml", set(mapping.read), names)
    for table in mapping.selects:
        wanted = tables_read(work.con, mapping, table)
        check_raw_names(mapping, table, wanted, names)
        needed |= {name.casefold() for name in wanted}
    chosen = [table for table in found if table.name.casefold() in needed]
    files = []
    for number, table in enumerate(chosen):
        tell(number / len(chosen), table.file)
        table.load(table, work)
        rows = work.con.execute(f"SELECT count(*) FROM raw_base.{quoted(table.name)}").fetchone()[0]
        refused = work.con.execute("SELECT count(*) FROM rejects WHERE table_name = ?", [f"raw.{table.name}"]).fetchone()[0]
        files.append(FileReport(table.name, table.file, rows, refused))
    return tuple(files)


def _reporting_currency(mapping: Mapping, kept_in: str | None, settings: Settings) -> str:
    """The currency the warehouse is kept in: what it is already, else the mapping's wish, else the setting."""
    if kept_in is None:
        return mapping.reporting_currency or settings.currency
    if mapping.reporting_currency and mapping.reporting_currency != kept_in:
        raise ImportRefused(N_("The warehouse is kept in {kept}, and the mapping “{mapping}” reports in {wanted}. Import it into a "
                               "warehouse of its own (MABAT_HOME or MABAT_WAREHOUSE), or take reporting_currency out of "
                               "mapping.toml and give the rates in currency_rate."),
                            kept=kept_in, mapping=mapping.name, wanted=mapping.reporting_currency)
    return kept_in


def _batch(con: duckdb.DuckDBPyConnection) -> int:
    """The number of this import: its time (UTC), above every number used so far."""
    tables = con.execute("SELECT table_name FROM duckdb_columns() WHERE database_name = 'staging' AND column_name = 'batch_id'").fetchall()
    latest = [con.execute(f"SELECT max(batch_id) FROM staging.{quoted(name)}").fetchone()[0] or 0 for (name,) in tables]
    return max(int(datetime.now(UTC).strftime("%Y%m%d%H%M%S")), max(latest, default=0) + 1)


@contextmanager
def _work_folder(settings: Settings, dry_run: bool) -> Iterator[Path]:
    """A folder for copies and the staging warehouse, removed at the end; what killed imports left goes first."""
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="mabat-") as name:
            yield Path(name)
        return
    root = settings.home / "work"
    _sweep(root)
    folder = root / f"import-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    for path in root.glob("import-*-*") if root.is_dir() else ():
        process = path.name.split("-")[1]
        if process.isdigit() and not _alive(int(process)):
            shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # where a process cannot be asked, leftovers of others are left alone
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
