"""Days written in the Jalali calendar: 1405-08-30, 1405/8/30; the years 1200 to 1599, as wherever a day is typed.

The engine asks for them only where a text begins like such a year: nearly no text of a file does.
"""
from __future__ import annotations

import re
from functools import lru_cache

import duckdb

from crm_data.calendars import from_jalali

_WRITTEN = re.compile(r"\s*(1[2-5]\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(.*)", re.DOTALL | re.ASCII)
_FUNCTION = "gregorian_text"


@lru_cache(maxsize=50_000)
def gregorian_text(text: str | None) -> str | None:
    """A text that begins with a Jalali day with that day written in the Gregorian calendar; None for any other, and for a day there is not."""
    found = _WRITTEN.fullmatch(text or "")
    try:
        return from_jalali(int(found[1]), int(found[2]), int(found[3])).isoformat() + found[4].rstrip() if found else None
    except ValueError:
        return None


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Make the working database able to read them."""
    con.create_function(_FUNCTION, gregorian_text, ["VARCHAR"], "VARCHAR", null_handling="special")


def gregorian_sql(text: str) -> str:
    """SQL: a text with a Jalali day at its beginning made Gregorian, any other as it is; one that only looks like a Jalali day is NULL where it
    would be read as a day of that Gregorian year."""
    # The comparison, which is quick, leaves out nearly all of a file: what begins with 16 to 99.
    begins = f"{text} < '16' AND regexp_matches({text}, '^\\s*1[2-5][0-9]{{2}}[-/.]')"
    return f"CASE WHEN {begins} THEN {_FUNCTION}({text}) ELSE {text} END"
