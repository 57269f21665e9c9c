"""One canonical table after the other: run its mapping, cast, check, link and merge it."""
from __future__ import annotations

from collections.abc import Callable

import duckdb

from crm_data.errors import N_, ImportRefused
from crm_data.sources.casting import cast_sql
from crm_data.sources.doubts import note_doubts
from crm_data.sources.linking import import_order, link, note_rates, note_unlinked, remove_repeated, unlink
from crm_data.sources.mapping import Mapping, check_columns
from crm_data.sources.merging import Merged, merge
from crm_data.sources.raw import quoted
from crm_data.sources.raw_sql import describe, first_line, with_place
from crm_data.sources.rejects import note_bad_values
from crm_data.sources.report import Doubt, TableReport


def bring_in(con: duckdb.DuckDBPyConnection, mapping: Mapping, currency: str, batch: int,
             tell: Callable[[float, str], None], country: str = "") -> tuple[tuple[TableReport, ...], tuple[Doubt, ...]]:
    """Bring every table of the mapping into the staging warehouse; what became of the rows of each, and what looks wrong in them.

    ``country`` (ISO code) is the firm's.
    """
    order = import_order(list(mapping.selects))
    selects, given = {}, {}
    for table in order:
        # All are looked at before the first is run: a wrong mapping is told at once.
        selects[table] = with_place(con, mapping.selects[table])
        given[table] = describe(con, mapping, table, selects[table])
        check_columns(mapping, table, list(given[table]))
    reports: list[TableReport] = []
    doubts: list[Doubt] = []
    for number, table in enumerate(order):
        tell(number / len(order), table)
        report, doubted = _bring_in(con, mapping, table, selects[table], given[table], currency, batch, country)
        reports.append(report)
        doubts += doubted
    return tuple(reports), tuple(doubts)


def _bring_in(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, select: str, given: dict[str, str], currency: str,
              batch: int, country: str) -> tuple[TableReport, tuple[Doubt, ...]]:
    try:
        con.execute(f"CREATE TABLE typed.{quoted(table)} AS {cast_sql(mapping, table, select, given)}")
    except duckdb.Error as error:
        raise ImportRefused(N_("{file} stopped: {error}. Leave the value as text, or use try_cast: a value that does not fit is then "
                               "rejected with its row."), file=mapping.file(table), error=first_line(error)) from error
    read = _count(con, f"typed.{quoted(table)}")
    columns = [name for name in given if not name.startswith("_")]
    repeated = remove_repeated(con, table, columns)
    note_bad_values(con, table)
    doubts = note_doubts(con, table, columns, country)
    note_rates(con)
    sound = _count(con, f"typed.{quoted(table)} WHERE _why IS NULL")
    merged = merge(con, mapping, table, link(con, mapping, table, columns, currency), batch)
    if merged.accepted < sound:
        note_unlinked(con, table)
    unlink(con, table)
    return _report(table, read, repeated, merged), doubts


def _report(table: str, read: int, repeated: int, merged: Merged) -> TableReport:
    accepted = merged.accepted
    return TableReport(table, read, accepted, merged.new, merged.changed, merged.unchanged, repeated, read - repeated - accepted)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
