"""Independent answers: the plain SQL of ``sql/<measure>.sql``, run by DuckDB alone over a snapshot's tables."""
from __future__ import annotations

import calendar
from datetime import date, timedelta
from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql"
#: The cuts each file can be asked for: the member's expression, from the tables every file joins.
MEMBERS = {"": "NULL", "customer_type": "type.name", "branch": "branch.name", "month": "NULL"}


def months(first: date, last: date) -> list[tuple[date, date]]:
    """(first, last) of each month touched, cut to the period."""
    found, day = [], first
    while day <= last:
        end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        found.append((day, min(end, last)))
        day = end + timedelta(days=1)
    return found


def answers(con: duckdb.DuckDBPyConnection, measure: str, cut: str, first: date, last: date) -> dict[object, object]:
    """{member (or first day of the month): value}; cells with nothing in them are missing."""
    cells = months(first, last) if cut == "month" else [(first, last)]
    con.execute("CREATE OR REPLACE TEMP TABLE period (first DATE, last DATE)")
    con.executemany("INSERT INTO period VALUES (?, ?)", cells)
    sql = (SQL / f"{measure}.sql").read_text(encoding="utf-8").replace("{member}", MEMBERS[cut])
    rows = con.execute(f"SELECT first, member, value FROM ({sql})").fetchall()
    return {(r[0].replace(day=1) if cut == "month" else r[1]): r[2] for r in rows}


def open_tables(staging: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a finished file of canonical tables (derived columns are not used by the SQL)."""
    return duckdb.connect(str(staging), read_only=True)
