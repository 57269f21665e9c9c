"""Snapshots made before the model got its newest columns: what they lack is added by views, for one connection, while they are read.

A column that follows from others (``DERIVED_COLUMNS``) is worked out anew by every statement that needs it, so that such a snapshot
answers the same, only slower; any other column is empty there. The next import writes the columns into the file.
"""
from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakSet

import duckdb
from sqlalchemy import event
from sqlalchemy.engine import Engine

from crm_data.model.schema import DERIVED_COLUMNS, TABLES, derived_joins
from crm_data.model.tables import column_type

_watched: WeakSet[Engine] = WeakSet()


def held_columns(con: duckdb.DuckDBPyConnection, database: str | None = None) -> dict[str, set[str]]:
    """The columns of each table of a database (the connection's own, when not named)."""
    found: dict[str, set[str]] = {}
    rows = con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = coalesce(?, current_database())", [database])
    for table, column in rows.fetchall():
        found.setdefault(table, set()).add(column)
    return found


def derived_held(held: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The derived columns that are there."""
    return [(table, column) for table, column in DERIVED_COLUMNS if column in held.get(table, ())]


def completing(held: dict[str, set[str]], database: str) -> list[str]:
    """The statements that give a connection what the tables of ``database`` lack; none for a snapshot of today's model."""
    return [_view(name, [c for c in table.columns.keys() if c not in held[name]], database)
            for name, table in TABLES.items() if name in held and not set(table.columns.keys()) <= held[name]]


def _view(name: str, missing: Iterable[str], database: str) -> str:
    derived = [column for column in missing if (name, column) in DERIVED_COLUMNS]
    added = [f'({DERIVED_COLUMNS[name, column].sql}) AS "{column}"' for column in derived]
    added += [f'CAST(NULL AS {column_type(TABLES[name].c[column])}) AS "{column}"' for column in missing if column not in derived]
    # A view of a connection's own stands before the table of the same name.
    return f'CREATE TEMP VIEW "{name}" AS SELECT t.*, {", ".join(added)} FROM "{database}".main."{name}" AS t {derived_joins(name, derived, f"{chr(34)}{database}{chr(34)}.main.")}'


def complete(con: duckdb.DuckDBPyConnection) -> None:
    """Complete one connection to a snapshot's file."""
    database = con.execute("SELECT current_database()").fetchone()[0]
    for statement in completing(held_columns(con), database):
        con.execute(statement)


def complete_connections(engine: Engine) -> None:
    """Complete every connection the engine will make to a snapshot's file; said twice, it does so once."""
    if engine in _watched:
        return
    _watched.add(engine)
    known: list[list[str]] = []  # the file never changes: looked at once

    @event.listens_for(engine, "connect")
    def completed(connection, record) -> None:
        con = getattr(connection, "driver_connection", connection)
        if not known:
            known.append(completing(held_columns(con), con.execute("SELECT current_database()").fetchone()[0]))
        for statement in known[0]:
            con.execute(statement)
