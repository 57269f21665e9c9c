"""Build the demonstration firm into a new staging DuckDB file, ready to be published."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from crm_data.demo import deals, goals, people, places, planted, sales, service
from crm_data.demo.dice import make_macros
from crm_data.errors import N_, InputError
from crm_data.model.engines import duckdb_memory
from crm_data.model.snapshots import create_tables

#: The stories stand on fixed customers; fewer than this leaves nothing around them.
FEWEST = 300
#: Customers whose sales are made in one step: bounds the memory.
_STEP = 10_000
Progress = Callable[[float, str], None]


def window(today: date) -> tuple[date, date]:
    """The first and last day of the firm's data: three years up to yesterday."""
    last = today - timedelta(days=1)
    return (last - timedelta(days=3 * 365 + 1)).replace(day=1), last


def build(path: Path, *, customers: int = 2000, seed: int = 7, today: date, progress: Progress | None = None) -> None:
    """Write the staging file ``path`` (must not exist). The same arguments give the same rows."""
    if customers < FEWEST:
        raise InputError(N_("The demonstration firm needs at least {fewest} customers, not {customers}."), fewest=FEWEST, customers=customers)
    tell = progress or (lambda share, what: None)
    first, last = window(today)
    con = duckdb.connect(str(path), config={"memory_limit": duckdb_memory(), "temp_directory": str(path.parent / "spill"), "preserve_insertion_order": False})
    try:
        create_tables(con)
        make_macros(con, seed)
        tell(0.0, "branch")
        places.make_places(con, first, last, today)
        tell(0.03, "customer")
        people.make_people(con, customers, first, last)
        planted.make_planted(con, today, last)
        for low in range(people.PLANTED + 1, customers + 1, _STEP):
            high = min(low + _STEP - 1, customers)
            tell(0.08 + 0.77 * low / customers, "sales_order")
            sales.make_sales(con, low, high, last)
            deals.make_deals(con, low, high, last)
            service.make_service(con, low, high, last)
        tell(0.85, "campaign_touch")
        deals.make_marketing(con, last)
        tell(0.93, "target_import")
        goals.make_goals(con, last)
        con.execute("CHECKPOINT")
    finally:
        con.close()
    tell(1.0, "totals")
