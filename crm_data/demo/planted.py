"""The customers of the stories, written by hand: fixed numbers and names, days counted back from today."""
from __future__ import annotations

from datetime import date

import duckdb


def make_planted(con: duckdb.DuckDBPyConnection, today: date, last: date) -> None:
    """Insert the planted customers and what happened with them."""
