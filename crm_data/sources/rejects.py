"""Rejected rows: counted by reason for the report, and kept whole as CSV files, one a table."""
from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from crm_data.sources.report import Reject

HEADER = ("file", "row", "source_id", "column", "value", "reason")
_LIVE = ("=", "+", "-", "@", "\t", "\r")


def note_bad_values(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Put what casting refused in a table into the rejects."""
    con.execute(f'INSERT INTO rejects SELECT 1, ?, _file, _row, source_id, bad.column, bad.value, bad.reason FROM '
                f'(SELECT _file, _row, source_id, unnest(from_json(_why, ?)) AS bad FROM typed."{table}" WHERE _why IS NOT NULL)',
                [table, '[{"column": "VARCHAR", "value": "VARCHAR", "reason": "VARCHAR"}]'])


def reasons(con: duckdb.DuckDBPyConnection, order: list[str]) -> tuple[Reject, ...]:
    """The rejects by table (files first, then in ``order``), column and reason, with the first of each."""
    rows = con.execute(
        "SELECT table_name, column_name, reason, count(*), arg_min(struct_pack(f := file, r := row_number, s := source_id, v := value), "
        "coalesce(row_number, 0)) FROM rejects GROUP BY table_name, column_name, reason "
        "ORDER BY coalesce(list_position(?, table_name), 0), table_name, count(*) DESC, column_name, reason", [order]).fetchall()
    return tuple(Reject(table, column, reason, count, first["f"], first["r"], first["s"], first["v"])
                 for table, column, reason, count, first in rows)


def write_rejects(con: duckdb.DuckDBPyConnection, folder: Path) -> Path | None:
    """Write ``<folder>/<table>.csv`` for each table with rejects; the folder, None when there are none."""
    tables = [row[0] for row in con.execute("SELECT DISTINCT table_name FROM rejects ORDER BY 1").fetchall()]
    if not tables:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        cursor = con.execute("SELECT file, row_number, source_id, column_name, value, reason FROM rejects WHERE table_name = ? "
                             "ORDER BY file, row_number, column_name", [table])
        name = re.sub(r"[^\w.-]+", "_", table)
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            while rows := cursor.fetchmany(10_000):
                writer.writerows([tuple(_harmless(cell) for cell in row) for row in rows])
    return folder


def _harmless(cell: object) -> object:
    """A text a spreadsheet would run as a formula is kept as text."""
    if isinstance(cell, str) and cell.startswith(_LIVE) and not re.fullmatch(r"[+-]?[\d.,]+", cell):
        return "'" + cell
    return cell
