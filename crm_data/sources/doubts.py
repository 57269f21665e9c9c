"""What an import brings in and doubts: numbers of persons and companies whose check digit does not fit. They are told, never refused."""
from __future__ import annotations

import duckdb

from crm_data.countries import country_code
from crm_data.model.identity import doubt, masked
from crm_data.sources.report import Doubt, Place

_BATCH, MOST_PLACES = 20_000, 5
COLUMN = "identity_number"


def note_doubts(con: duckdb.DuckDBPyConnection, table: str, columns: list[str], firm_country: str) -> tuple[Doubt, ...]:
    """The numbers of ``typed.customer`` that look wrong, by what is wrong, the most first. Customers without a country are judged by the firm's."""
    if table != "customer" or COLUMN not in columns:
        return ()
    found: dict[str, list[Place]] = {}
    counts: dict[str, int] = {}
    country = "country" if "country" in columns else "NULL"
    reader = con.cursor().execute(f"SELECT _file, _row, {COLUMN}, party, {country} FROM typed.customer WHERE {COLUMN} IS NOT NULL AND _why IS NULL ORDER BY _file, _row")
    while rows := reader.fetchmany(_BATCH):
        for file, row, number, party, place in rows:
            reason = doubt(number, country_code(place) if place else firm_country, party)
            if reason:
                counts[reason] = counts.get(reason, 0) + 1
                if counts[reason] <= MOST_PLACES:
                    found.setdefault(reason, []).append(Place(file, row, masked(number)))
    return tuple(Doubt(table, COLUMN, reason, counts[reason], tuple(found[reason])) for reason in sorted(counts, key=lambda reason: (-counts[reason], reason)))
