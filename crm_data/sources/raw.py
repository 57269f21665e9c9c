"""Raw tables: what a reader found, and putting it into the schema ``raw`` of the working database as text.

Every raw table has the file's columns as text, under the names the file gives them, and two more: ``_file`` and
``_row``, the row's number in the file as a spreadsheet shows it (the header is row 1).
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from crm_data.sources.jalali import register


def quoted(name: str) -> str:
    """An identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


@dataclass(frozen=True)
class Workplace:
    """Where an import works: its database connection, a folder for copies and the encoding people named, if any."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    encoding: str | None = None


@dataclass(frozen=True)
class RawTable:
    """A table of the source, not read yet. ``load`` puts it into the working database."""

    name: str
    file: str
    load: Callable[[RawTable, Workplace], None] = field(repr=False)


@dataclass(frozen=True)
class Loaded:
    """What was read of a raw table."""

    table: str
    file: str
    rows: int
    rejected: int


def base_name(name: str) -> str:
    """The table behind the view ``raw.<name>``."""
    return f"raw_base.{quoted(name)}"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas, the table of rejects and the reading of Jalali days in the working database."""
    register(con)
    con.execute("CREATE SCHEMA IF NOT EXISTS raw; CREATE SCHEMA IF NOT EXISTS raw_base; CREATE SCHEMA IF NOT EXISTS typed; "
                "CREATE SCHEMA IF NOT EXISTS ready")
    con.execute("CREATE TABLE IF NOT EXISTS rejects (seq BIGINT, table_name VARCHAR, file VARCHAR, row_number BIGINT, "
                "source_id VARCHAR, column_name VARCHAR, value VARCHAR, reason VARCHAR)")


def show_as_raw(work: Workplace, table: RawTable, *, row_sql: str = "t.rowid + 2", starts: str | None = None) -> None:
    """Make the view mappings read over the loaded table, with ``_file`` and ``_row``.

    ``starts`` is a table (start, before): from the kept row ``start`` on, ``before`` rows of the file were refused.
    """
    shift, join = ("", "") if starts is None else (" + coalesce(s.before, 0)", f" ASOF LEFT JOIN {starts} s ON t.rowid >= s.start")
    work.con.execute(f"CREATE VIEW raw.{quoted(table.name)} AS SELECT t.*, {literal(table.file)} AS _file, "
                     f"CAST({row_sql}{shift} AS BIGINT) AS _row FROM {base_name(table.name)} t{join}")


def number_by_column(work: Workplace, table: RawTable) -> None:
    """Make the view over a loaded table whose column ``_row`` holds the row's number in the file already."""
    work.con.execute(f"CREATE VIEW raw.{quoted(table.name)} AS SELECT * EXCLUDE (_row), {literal(table.file)} AS _file, "
                     f"CAST(_row AS BIGINT) AS _row FROM {base_name(table.name)}")


def columns_of(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """Names of the columns of a raw table."""
    return [row[0] for row in con.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'raw' AND lower(table_name) = lower(?) "
        "ORDER BY ordinal_position", [name]).fetchall()]


def unique_tables(tables: Iterable[RawTable]) -> list[RawTable]:
    """Tables with names told apart: a second one of the same name is called by its file (and sheet) as a whole."""
    taken: set[str] = set()
    result = []
    for table in tables:
        name = table.name if table.name.casefold() not in taken else f"{table.file}"
        number = 2
        while name.casefold() in taken:
            name, number = f"{table.file} {number}", number + 1
        taken.add(name.casefold())
        result.append(RawTable(name, table.file, table.load))
    return result
