"""A small firm whose targets can be worked out by hand: three branches under a group, one beside it, two months of sales.

Data end on Tuesday 15 September 2026. Israel works Sunday to Thursday, Germany Monday to Friday, Iran Saturday to Wednesday.
"""
from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
from sqlalchemy import insert, text

from crm_data.countries import MON_FRI
from crm_data.model import schema as s
from crm_data.model.engines import open_engine
from crm_data.model.tables import create_tables

AS_OF = date(2026, 9, 15)
SEPTEMBER = date(2026, 9, 1), date(2026, 9, 30)
HOLIDAYS = [date(2026, 9, d) for d in (12, 13, 20, 21, 26, 27)]

#: order: (day, customer, branch, owner, amount, cost)
ORDERS = [
    (date(2026, 9, 1), 1, 2, 1, 30_000, 18_000), (date(2026, 9, 15), 1, 2, 1, 60_000, 42_000),       # Haifa 90,000 in September
    (date(2026, 9, 2), 2, 3, 2, 50_000, 30_000), (date(2026, 9, 10), 2, 3, 2, 10_000, 6_000),        # Berlin 60,000
    (date(2026, 9, 5), 3, 4, 3, 20_000, 5_000),                                                      # Tehran 20,000
    (date(2026, 9, 9), 4, 5, 4, 7_000, 7_000),                                                       # Nazareth 7,000
    (date(2026, 8, 20), 1, 2, 1, 100_000, 50_000), (date(2026, 8, 21), 2, 3, 2, 80_000, 40_000),     # August
    (date(2025, 9, 3), 1, 2, 1, 75_000, 40_000), (date(2025, 9, 14), 2, 3, 2, 90_000, 45_000),       # a year before
]
#: imported target: measure, first, last, dimension, member, value
TARGETS = [
    ("revenue", *SEPTEMBER, "branch", "Haifa", 180_000), ("revenue", *SEPTEMBER, "branch", "Berlin", 110_000),
    ("revenue", *SEPTEMBER, "branch", "Tehran", 55_000), ("revenue", *SEPTEMBER, "branch", "Nazareth", 11_000),
    ("gross_margin", *SEPTEMBER, "branch", "Haifa", 0.4), ("gross_margin", *SEPTEMBER, "branch", "Group", 0.4),
    ("revenue", *SEPTEMBER, "owner", "Anna", 100_000), ("revenue", date(2026, 8, 1), date(2026, 8, 31), "branch", "Haifa", 80_000),
    ("open_balance", *SEPTEMBER, None, None, 1_000), ("magic", *SEPTEMBER, None, None, 5), ("revenue", *SEPTEMBER, "severity", "high", 5),
]


def _row(table, place: int, **values) -> dict:
    return {"id": place, "source": "test", "source_id": f"{table.name}-{place}", "batch_id": 1, **values}


def _derive(table: str) -> str:
    """The statement that fills the columns of a table that follow from others, as an import does."""
    columns = [column for of, column in s.DERIVED_COLUMNS if of == table]
    worked_out = ", ".join(f"({s.DERIVED_COLUMNS[table, column].sql}) AS {column}" for column in columns)
    return (f"UPDATE {table} SET {', '.join(f'{column} = found.{column}' for column in columns)} "
            f"FROM (SELECT t.id, {worked_out} FROM {table} AS t {s.derived_joins(table, columns, '')}) AS found WHERE found.id = {table}.id")


def build(folder: Path, name: str = "firm", more: dict[str, list[dict]] | None = None, moved: dict[int, int] | None = None,
          url: str = ""):
    """A warehouse in ``folder``, or in the empty database ``url``; ``more`` adds rows by table (without id and source); ``moved``: order -> another customer."""
    path = folder / f"{name}.duckdb"
    engine = open_engine(url or f"duckdb:///{path}", read_only=False)
    if url:
        s.metadata.create_all(engine)
    else:
        con = duckdb.connect(str(path))
        create_tables(con)
        con.close()
    rows: dict[str, list[dict]] = {
        "branch": [{"name": "Group", "country": "Israel"}, {"name": "Haifa", "parent_id": 1, "country": "Israel", "region": "North"},
                   {"name": "Berlin", "parent_id": 1, "country": "Germany", "region": "Europe"}, {"name": "Tehran", "parent_id": 1, "country": "Iran"},
                   {"name": "Nazareth", "country": "Israel", "region": "North"}],
        "staff": [{"name": n, "branch_id": b, "team": "Key accounts"} for n, b in (("Anna", 2), ("Berta", 3), ("Dara", 4), ("Elias", 5))],
        "customer": [{"number": str(n), "name": f"Customer {n}", "party": "company", "relation": "customer", "branch_id": b, "owner_id": b - 1,
                      "customer_since": date(2024, 1, 1)} for n, b in ((1, 2), (2, 3), (3, 4), (4, 5))],
        "work_calendar": [{"branch_id": 2, "day": day, "working": False, "name": "Holiday"} for day in HOLIDAYS],
        "target_import": [{"measure": m, "period_from": f, "period_to": t, "dimension": d, "member": x, "value": v} for m, f, t, d, x, v in TARGETS],
        "invoice": [{"customer_id": 1, "branch_id": 2, "owner_id": 1, "amount": 700, "amount_base": 700, "issued_on": date(2026, 9, 1),
                     "due_on": date(2026, 9, 10), "cancelled": False}],
    }
    for number, (on, customer, branch, owner, _, _) in enumerate(ORDERS, 1):
        customer = (moved or {}).get(number, customer)
        rows.setdefault("sales_order", []).append({"customer_id": customer, "branch_id": branch, "owner_id": owner, "status": "delivered", "ordered_on": on,
                                                   "ordered_at": datetime(on.year, on.month, on.day, 10)})
    for number, (on, customer, _, _, amount, cost) in enumerate(ORDERS, 1):
        customer = (moved or {}).get(number, customer)
        rows.setdefault("order_line", []).append({"order_id": number, "customer_id": customer, "ordered_on": on, "counted": True, "quantity": 1,
                                                  "net": amount, "net_base": amount, "cost_base": cost})
    for table, extra in (more or {}).items():
        rows.setdefault(table, []).extend(extra)
    with engine.begin() as connection:
        for table, values in rows.items():
            target = s.TABLES[table]
            connection.execute(insert(target), [{c.name: None for c in target.columns} | _row(target, n, **v) for n, v in enumerate(values, 1)])
        for table in dict.fromkeys(table for table, _ in s.DERIVED_COLUMNS):
            connection.execute(text(_derive(table)))
    return SimpleNamespace(engine=engine, key=(str(engine.url), name), rates=None, snapshot=f"test-{name}", as_of=AS_OF, currency="ILS", attributes=(), week_start=6, country="", weekend=MON_FRI,
                           manifest=SimpleNamespace(tables={}, sources=()))
