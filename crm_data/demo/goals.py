"""Targets of last and this year, set from what was reached so that months ended between 78 and 125 % and the pace now is 80 to 120 %."""
from __future__ import annotations

from datetime import date

import duckdb


def make_goals(con: duckdb.DuckDBPyConnection, today: date, last: date) -> None:
    """Fill target_import; the sales tables are complete."""
