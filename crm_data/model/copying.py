"""Whole tables between DuckDB and PostgreSQL, as CSV through a temporary file and COPY: rows never pass through Python."""
from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import psycopg
from sqlalchemy import String, Table, Text
from sqlalchemy.dialects import postgresql

from crm_data.model.schema import TABLES
from crm_data.model.tables import FACT_DAYS, column_type

_BLOCK = 1 << 20
_DIALECT = postgresql.dialect()
#: Keys by which one customer's, order's or opportunity's rows are looked up.
_LOOKED_UP = ("customer_id", "order_id", "opportunity_id", "invoice_id", "payment_id", "parent_id")


def create_postgres_tables(con: psycopg.Connection, schema: str) -> None:
    """Create all canonical tables, without keys and indexes, which come after the rows.

    Texts have no length there: the lengths of the model describe, and DuckDB does not enforce them either.
    """
    for table in TABLES.values():
        columns = ", ".join(f'"{c.name}" {postgres_type(c)}{"" if c.nullable else " NOT NULL"}' for c in table.columns)
        con.execute(f'CREATE TABLE "{schema}"."{table.name}" ({columns})')


def postgres_type(column) -> str:
    """The PostgreSQL type of a canonical column."""
    return "TEXT" if isinstance(column.type, String | Text) else column.type.compile(dialect=_DIALECT)


def to_postgres(duck: duckdb.DuckDBPyConnection, con: psycopg.Connection, schema: str, table: Table, folder: Path) -> None:
    """Copy a table from DuckDB into a table created in the same transaction."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="copy") as place:
        file = Path(place) / "rows.csv"
        # NULL is an empty field, an empty text a quoted one: PostgreSQL's CSV reads it the same way.
        duck.execute(f"COPY (SELECT {_columns(table)} FROM \"{table.name}\") TO '{file}' (FORMAT csv, HEADER false)")
        statement = f'COPY "{schema}"."{table.name}" ({_columns(table)}) FROM STDIN (FORMAT csv, FREEZE true)'
        with con.cursor() as cursor, cursor.copy(statement) as copy, open(file, "rb") as stream:
            while block := stream.read(_BLOCK):
                copy.write(block)


def index_postgres(con: psycopg.Connection, schema: str, table: Table) -> None:
    """Primary key, the source's key, and indexes for periods and look-ups."""
    place = f'"{schema}"."{table.name}"'
    con.execute(f"ALTER TABLE {place} ADD PRIMARY KEY (id)")
    for column in table.columns:
        if column.name in _LOOKED_UP or column.name == FACT_DAYS.get(table.name):
            con.execute(f'CREATE INDEX ON {place} ("{column.name}")')


def from_postgres(con: psycopg.Connection, duck: duckdb.DuckDBPyConnection, schema: str, table: Table, folder: Path) -> None:
    """Copy a table of a snapshot into the DuckDB table of the same name; columns an older snapshot lacks stay empty."""
    held = {name for (name,) in con.execute("SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
                                            [schema, table.name])}
    columns = [column for column in table.columns if column.name in held]
    names = ", ".join(f'"{column.name}"' for column in columns)
    types = ", ".join(f"'{column.name}': '{column_type(column)}'" for column in columns)
    with tempfile.TemporaryDirectory(dir=folder, prefix="copy") as place:
        file = Path(place) / "rows.csv"
        with con.cursor() as cursor, open(file, "wb") as stream:
            with cursor.copy(f'COPY (SELECT {names} FROM "{schema}"."{table.name}") TO STDOUT (FORMAT csv)') as copy:
                for block in copy:
                    stream.write(block)
        if file.stat().st_size:
            duck.execute(f'INSERT INTO "{table.name}" ({names}) SELECT * FROM read_csv(\'{file}\', header=false, '
                         f"auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false, "
                         f"null_padding=false, max_line_size=16000000, columns={{{types}}})")


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)
