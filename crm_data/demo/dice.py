"""Dice that always fall the same way: macros of DuckDB that draw from a row's key, a salt and the seed.

``u(key, salt)`` is even on [0, 1), ``z(key, salt)`` normal, ``day_in(key, salt, first, last)`` a day of a range. Nothing
depends on the order of rows or on threads, so the same seed and day give the same firm on any number of cores.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from crm_data.model.schema import TABLES
from crm_data.model.tables import column_type

SOURCE = "demo"


def make_macros(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Create the macros on this connection."""
    con.execute(f"CREATE TEMP MACRO u(k, salt) AS ((hash(hash(k, salt, {int(seed)})) >> 12) % 1000003) / 1000003.0")
    con.execute("CREATE TEMP MACRO z(k, salt) AS sqrt(-2 * ln(1 - u(k, salt))) * cos(2 * pi() * u(k, salt || '~'))")
    con.execute("CREATE TEMP MACRO pick(k, salt, choices) AS choices[1 + CAST(floor(u(k, salt) * len(choices)) AS INTEGER)]")
    con.execute("CREATE TEMP MACRO day_in(k, salt, first, last) AS CAST(first AS DATE) + CAST(floor(u(k, salt) * (date_diff('day', first, last) + 1)) AS INTEGER)")
    con.execute("CREATE TEMP MACRO cents(x) AS CAST(round(x, 2) AS DECIMAL(18, 2))")


def put(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict]) -> None:
    """Insert rows made in Python. ``id`` counts on from 1 and ``source_id`` follows it where they are not given."""
    if not rows:
        return
    full = [{"id": i, "source": SOURCE, "batch_id": 1, **row} for i, row in enumerate(rows, 1)]
    for row in full:
        row.setdefault("source_id", f"{table}-{row['id']}")
    names = [column.name for column in TABLES[table].columns if any(column.name in row for row in full)]
    made = pa.table({name: pa.array([_plain(row.get(name)) for row in full]) for name in names})
    con.register("rows_made", made)
    chosen = ", ".join(f'CAST("{name}" AS {column_type(TABLES[table].c[name])}) AS "{name}"' for name in names)
    con.execute(f'INSERT INTO "{table}" BY NAME SELECT {chosen} FROM rows_made')
    con.unregister("rows_made")


def _plain(value: object) -> object:
    return value


def put_query(con: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
    """Insert what a query gives; it has ``id``, the rest of the key is made from it."""
    con.execute(f"""INSERT INTO "{table}" BY NAME
        SELECT *, '{SOURCE}' AS source, '{table}-' || id AS source_id, 1 AS batch_id FROM ({query})""")


def literal(values: Sequence[str]) -> str:
    """Texts as an SQL list."""
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"


def days(first: date, last: date) -> list[date]:
    """All days of a range, both ends included."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]
