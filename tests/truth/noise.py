"""A firm of 300 customers made of dice: every table filled, everything that may be unknown sometimes unknown.

It looks like nothing, so it has what nobody thinks of: opportunities closed before they open, due days before the bill,
settled more than billed, birth dates in the future, a customer that is its own branch's only one. The dice are the same
every time.
"""
from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
from sqlalchemy import Boolean, Date, DateTime, Integer, Numeric, SmallInteger

from crm_data.model.schema import CODES, DERIVED_COLUMNS, TABLES
from crm_data.model.snapshots import create_tables, open_store

SEED, TODAY, FIRST = 11, date(2026, 11, 20), date(2024, 1, 15)
ROWS = {"branch": 6, "staff": 12, "customer_type": 5, "campaign": 6, "customer": 300, "product_category": 5, "product": 25, "contact": 80,
        "interaction": 1500, "activity": 60, "web_lead": 250, "complaint": 220, "feedback": 300, "campaign_touch": 100, "document": 40,
        "offer": 50, "opportunity": 350, "stage_history": 300, "quote": 200, "sales_order": 900, "order_line": 1900, "invoice": 700,
        "payment": 600, "payment_allocation": 800, "customer_interest": 320, "customer_attribute": 200, "staff_assignment": 15, "currency_rate": 10}
#: Texts are few, so that members repeat, and awkward, so that nothing is taken for granted.
TEXTS = ("Haifa", "חיפה", "حیفا", "O'Hara", "50% _off", "a|b", "É", "é", "Zürich", "back\\slash", "North", "South", "East", "#3")
UNKNOWN = 0.15


def _value(dice: random.Random, table: str, column):
    kind = column.type
    if (table, column.name) in CODES:
        return dice.choice(CODES[table, column.name])
    if column.info.get("to"):
        return dice.randint(1, ROWS[column.info["to"]])
    if isinstance(kind, Date):
        return FIRST + timedelta(days=dice.randint(0, (TODAY - FIRST).days + 20))
    if isinstance(kind, DateTime):
        return datetime(2025, 1, 1) + timedelta(minutes=dice.randint(0, 900_000))
    if isinstance(kind, Boolean):
        return dice.random() < 0.3
    if isinstance(kind, Numeric):
        digits = min(kind.scale or 0, 4)
        return Decimal(dice.randint(-200, 9000) if "probability" not in column.name else dice.randint(0, 100)).scaleb(-min(digits, 2))
    if isinstance(kind, SmallInteger | Integer):
        return dice.randint(0, 23) if "hour" in column.name else dice.randint(1, 6)
    return dice.choice(TEXTS)


def _customer(dice: random.Random, row: dict) -> None:
    row["relation"] = dice.choices(CODES["customer", "relation"], (1, 1, 8, 3, 1, 1))[0]
    if row["birth_date"]:
        row["birth_date"] = date(dice.choice((1850, *range(1935, 2010), 2030)), dice.randint(1, 12), dice.randint(1, 28))
        if dice.random() < 0.05:
            row["birth_date"] = date(1988, 2, 29)
    if row["birth_year"]:
        row["birth_year"] = dice.randint(1930, 2010)


def _records(dice: random.Random, name: str, count: int) -> list[dict]:
    table, rows = TABLES[name], []
    for i in range(1, count + 1):
        row = {}
        for column in table.columns:
            if column.name in ("id", "source", "source_id", "batch_id") or (name, column.name) in DERIVED_COLUMNS:
                continue
            row[column.name] = None if column.nullable and dice.random() < UNKNOWN else _value(dice, name, column)
        row |= {"id": i, "source": "dice", "source_id": f"{name}{i}", "batch_id": 1}
        if name == "customer":
            _customer(dice, row)
        if name in ("branch", "staff", "campaign", "product", "customer_type", "product_category"):
            row["name"] = f"{name} {i}" if i % 2 else f"{TEXTS[i % len(TEXTS)]} {i}"
        if name == "customer_attribute":
            row["key"] = dice.choice(("newsletter", "fleet size", "city"))
        if name == "feedback":
            row["score"] = Decimal(dice.randint(0, 10) if row["kind"] == "nps" else dice.randint(1, 5))
        rows.append(row)
    return rows


def rows() -> dict[str, list[dict]]:
    """All rows by table; derived columns are left to publishing."""
    dice = random.Random(SEED)
    found = {name: _records(dice, name, count) for name, count in ROWS.items()}
    base = {"source": "dice", "batch_id": 1}
    credits = []
    for order in dice.sample(range(1, ROWS["sales_order"] + 1), 120):
        people, shares = dice.sample(range(1, 13), 3), dice.choice(((Decimal("0.6"), Decimal("0.4")), (Decimal("0.333333"), Decimal("0.333333"), Decimal("0.333334"))))
        credits += [{"order_id": order, "staff_id": p, "share": s} for p, s in zip(people, shares, strict=False)]
    found["order_credit"] = [{**base, **c, "id": i, "source_id": f"credit{i}"} for i, c in enumerate(credits, 1)]
    rates, drivers = [], ["complaint", "order", "return", "delivery", "late_day", "minute_phone", "minute_chat",
                          *(f"contact_{c}" for c in CODES["interaction", "channel"] if c not in ("sms", "letter"))]
    for driver in drivers:
        rates += [{"driver": driver, "rate_base": Decimal(dice.randint(1, 900)).scaleb(-2), "valid_from": date(y, 3, 1), "valid_to": date(y + 1, 2, 28)}
                  for y in (2024, 2025, 2026) if dice.random() < 0.8]
    found["cost_rate"] = [{**base, **r, "id": i, "source_id": f"rate{i}"} for i, r in enumerate(rates, 1)]
    return found


def build(path: Path) -> Path:
    """A staging DuckDB file of the firm."""
    with duckdb.connect(str(path)) as con:
        create_tables(con)
        for name, records in rows().items():
            frame = pd.DataFrame({c: pd.Series([None if r[c] is None else str(r[c]) for r in records], dtype="str") for c in records[0]})
            con.register("made", frame)
            types = {c.name: c.type.compile() for c in TABLES[name].columns}
            columns = ", ".join(f'"{c}"' for c in frame)
            con.execute(f'INSERT INTO "{name}" ({columns}) SELECT ' + ", ".join(f'CAST("{c}" AS {types[c]})' for c in frame) + " FROM made")
            con.unregister("made")
    return path


def publish(url: str, folder: Path):
    """The firm published in the store at ``url``; returns its Warehouse."""
    store = open_store(url)
    store.publish(build(folder / "noise_staging.duckdb"), currency="ILS", sources=["dice"], as_of=TODAY)
    return store.warehouse()
