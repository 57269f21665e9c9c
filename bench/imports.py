"""The import of order lines against DuckDB's own bulk load of the same file."""
from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from crm_data.model.schema import TABLES
from crm_data.model.tables import create_tables
from crm_data.settings import load_settings
from crm_data.sources.importer import import_source

#: What is written out and read back: query over a snapshot, then the mapping's SELECT over the file.
_FILES: Mapping[str, tuple[str, str]] = {
    "product": ("SELECT id, name FROM product", "id AS source_id, name AS name"),
    "customer": ("SELECT id, number, name, party, relation FROM customer", "id AS source_id, number AS number, name AS name, party AS party, relation AS relation"),
    "sales_order": ("SELECT id, customer_id, ordered_on, status FROM sales_order",
                    "id AS source_id, customer_id AS customer_ref, ordered_on AS ordered_on, status AS status"),
    "order_line": ("SELECT id, order_id, product_id, quantity, unit_price, discount, net FROM order_line",
                   "id AS source_id, order_id AS order_ref, product_id AS product_ref, quantity AS quantity, unit_price AS unit_price, discount AS discount, net AS net")}
_MAPPING = 'description = "Order lines for the benchmark"\nsource = "bench"\ncurrency = "ILS"\nreporting_currency = "ILS"\n'


@dataclass(frozen=True)
class Load:
    """Rows and seconds of the import and of the bulk load of the same rows; ``publishing`` is part of the import's."""

    rows: int
    imported: float
    publishing: float
    bulk: float

    @property
    def share(self) -> float:
        """Rate of the import as a share of the bulk load's."""
        return self.bulk / self.imported


def time_import(snapshot: Path, folder: Path) -> Load:
    """Write the orders of a snapshot's file as CSV into ``folder``, then load them both ways into new databases there."""
    files, mapping = folder / "files", folder / "mapping"
    rows = write_files(snapshot, files, mapping)
    bulk = _bulk(files, folder / "bulk.duckdb")
    settings = replace(load_settings(), home=folder / "home", warehouse=f"duckdb:///{folder / 'warehouse'}", currency="ILS")
    began: list[float] = []

    def tell(share: float, what: str) -> None:
        if share >= 0.7 and not began:
            began.append(time.perf_counter())
    started = time.perf_counter()
    report = import_source(str(files), mapping, settings, progress=tell)
    ended = time.perf_counter()
    accepted = sum(table.accepted for table in report.tables)
    if accepted != rows:
        raise RuntimeError(f"{accepted} rows were imported instead of {rows}: {report.rejects[:3]}")
    return Load(rows, ended - started, ended - (began[0] if began else ended), bulk)


def write_files(snapshot: Path, files: Path, mapping: Path) -> int:
    """CSV files and a mapping for them; returns the rows written."""
    files.mkdir(parents=True)
    mapping.mkdir(parents=True)
    (mapping / "mapping.toml").write_text(_MAPPING, encoding="utf-8")
    rows = 0
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{snapshot}' AS kept (READ_ONLY)")
        con.execute("USE kept")
        for table, (query, select) in _FILES.items():
            con.execute(f"COPY ({query}) TO '{files / f'{table}.csv'}' (HEADER)")
            rows += con.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            (mapping / f"{table}.sql").write_text(f'SELECT {select}\nFROM raw."{table}"\n', encoding="utf-8")
    return rows


def _bulk(files: Path, target: Path) -> float:
    """Seconds DuckDB needs to COPY the files into the canonical tables, typed, on disk."""
    con = duckdb.connect(str(target))
    create_tables(con)
    for table in TABLES:  # a bulk load brings no source; the import makes it
        for column in ("source", "source_id", "batch_id"):
            con.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    started = time.perf_counter()
    for table in _FILES:
        with (files / f"{table}.csv").open(encoding="utf-8") as file:
            header = file.readline().strip()
        con.execute(f"COPY \"{table}\" ({header}) FROM '{files / f'{table}.csv'}' (HEADER)")
    con.execute("CHECKPOINT")
    con.close()
    return time.perf_counter() - started
