"""The truth database: 13 parties and 20 orders small enough to answer every question on paper (README.md).

``rows()`` reads ``tables.txt``; ``build`` writes them into a staging DuckDB file; ``publish`` makes a snapshot of it in
any store. Nothing here computes an answer.
"""
from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from crm_data.model.schema import TABLES
from crm_data.model.snapshots import create_tables, open_store

HERE = Path(__file__).parent
#: The truth database's "today": its last fact.
TODAY = date(2026, 11, 20)


def rows() -> dict[str, list[dict[str, str | None]]]:
    """Every row of ``tables.txt`` as text by column; an empty cell is None."""
    found: dict[str, list[dict[str, str | None]]] = {}
    table, columns = "", []
    for line in (HERE / "tables.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            table, columns = line[3:].strip(), []
            found[table] = []
        elif line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("|")]
            if not columns:
                columns = cells
                continue
            cells += [""] * (len(columns) - len(cells))
            if len(cells) > len(columns):
                raise ValueError(f"{table}: more cells than columns in {line!r}")
            found[table].append({c: v or None for c, v in zip(columns, cells, strict=True)})
    return found


def build(path: Path) -> Path:
    """A staging DuckDB file with the canonical tables filled; derived columns are left to publishing."""
    with duckdb.connect(str(path)) as con:
        create_tables(con)
        for table, records in rows().items():
            types = {c.name: c.type.compile() for c in TABLES[table].columns}
            for record in records:
                record = {**record, "source": "truth", "source_id": record["id"], "batch_id": "1"}
                names = ", ".join(f'"{c}"' for c in record)
                values = ", ".join(f"CAST(? AS {types[c]})" for c in record)
                con.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", list(record.values()))
    return path


def publish(url: str, folder: Path, *, as_of: date = TODAY):
    """The truth database published in the store at ``url``; returns its Warehouse."""
    store = open_store(url)
    store.publish(build(folder / "truth_staging.duckdb"), currency="ILS", sources=["truth"], as_of=as_of)
    return store.warehouse()
