"""The import of order lines against what DuckDB itself needs for the same files.

Two yardsticks, both by the engine alone and both ending in a checkpointed file on disk:

* **typed** is "the engine's own bulk speed": ``read_csv`` with every column's canonical type written down (nothing is
  detected, a bad value stops it) into the canonical tables, with the provenance columns, the columns copied from the order
  and the base amounts, in the physical order of a snapshot, then the checks of a snapshot. It is the least the engine can
  do for a snapshot's tables and their soundness.
* **untyped** is ``read_csv(all_varchar = true)`` into tables of text: nothing is typed, sorted or checked. It is no
  snapshot, only the cost of having read the files at all.

The import does more than either: it finds encodings and delimiters, keeps each bad value with its row and reason, takes
out repeated rows, follows references by the source's keys, makes customers' search texts, sums control totals, hashes the
file and publishes it. Rounds alternate, and medians count. Processor time is told as well: others' work on the machine
changes it little.
"""
from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import duckdb

from crm_data.model.checks import find_problems
from crm_data.model.schema import DERIVED_COLUMNS, TABLES, derived_joins
from crm_data.model.tables import column_type, create_tables, order_of
from crm_data.settings import Settings, load_settings
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
#: Columns that follow from those of the file: table -> SQL over the file's row ``t``.
_FOLLOWING: Mapping[str, str] = {"sales_order": ", 'ILS' AS currency", "order_line": ", t.net AS net_base, t.discount AS discount_base"}


@dataclass(frozen=True)
class Seconds:
    """Time by the clock, and processor time of all threads."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Load:
    """Rows, and medians of the time of the import and of both bulk loads; ``publishing`` is part of the import's."""

    rows: int
    imported: Seconds
    publishing: float
    typed: Seconds
    untyped: Seconds

    @property
    def share(self) -> float:
        """Rate of the import as a share of the engine's own bulk speed (typed, sorted, checked)."""
        return self.typed.clock / self.imported.clock

    @property
    def untyped_share(self) -> float:
        """Rate of the import as a share of the load into tables of text."""
        return self.untyped.clock / self.imported.clock

    @property
    def processor_share(self) -> float:
        """``share`` in processor time."""
        return self.typed.processor / self.imported.processor


def time_import(snapshot: Path, folder: Path, rounds: int = 3) -> Load:
    """Write the orders of a snapshot's file as CSV into ``folder``, then load them each way into new databases there."""
    files, mapping = folder / "files", folder / "mapping"
    rows = write_files(snapshot, files, mapping)
    home = folder / "home"
    settings = replace(load_settings(), home=home, warehouse=f"duckdb:///{home / 'warehouse'}", currency="ILS")
    taken: dict[str, list[Seconds]] = {"typed": [], "untyped": [], "import": []}
    publishing = []
    for _ in range(rounds):
        taken["typed"].append(_timed(lambda: _typed(files, folder / "typed.duckdb")))
        taken["untyped"].append(_timed(lambda: _untyped(files, folder / "untyped.duckdb")))
        taken["import"].append(_timed(lambda: publishing.append(_import(files, mapping, settings, rows))))
        for path in folder.glob("*typed.duckdb*"):
            path.unlink()
        shutil.rmtree(home)
    return Load(rows, _median(taken["import"]), median(publishing), _median(taken["typed"]), _median(taken["untyped"]))


def _timed(work: Callable[[], object]) -> Seconds:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.perf_counter() - clock, time.process_time() - processor)


def _median(taken: list[Seconds]) -> Seconds:
    return Seconds(median(t.clock for t in taken), median(t.processor for t in taken))


def _import(files: Path, mapping: Path, settings: Settings, rows: int) -> float:
    """Import into an empty warehouse; the seconds publishing took."""
    began: list[float] = []

    def tell(share: float, what: str) -> None:
        if share >= 0.7 and not began:
            began.append(time.perf_counter())
    report = import_source(str(files), mapping, settings, progress=tell)
    ended = time.perf_counter()
    accepted = sum(table.accepted for table in report.tables)
    if accepted != rows:
        raise RuntimeError(f"{accepted} rows were imported instead of {rows}: {report.rejects[:3]}")
    return ended - (began[0] if began else ended)


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


def _typed(files: Path, target: Path) -> None:
    """The engine's own bulk load into the canonical tables: typed, in physical order, checked, on disk."""
    con = duckdb.connect(str(target))
    con.execute("SET preserve_insertion_order = false")  # as the import: only ORDER BY decides
    create_tables(con)
    for table in _FILES:
        file = files / f"{table}.csv"
        with file.open(encoding="utf-8") as text:
            names = text.readline().strip().split(",")
        columns = ", ".join(f"'{name}': '{column_type(TABLES[table].c[name])}'" for name in names)
        derived = [column for of, column in DERIVED_COLUMNS if of == table]
        copied = "".join(f", ({DERIVED_COLUMNS[table, column].sql}) AS {column}" for column in derived)
        con.execute(f"INSERT INTO {table} BY NAME SELECT t.*{_FOLLOWING.get(table, '')}{copied}, 'bench' AS source, "
                    f"CAST(t.id AS VARCHAR) AS source_id, CAST(1 AS BIGINT) AS batch_id "
                    f"FROM read_csv('{file}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
                    f"columns = {{{columns}}}) AS t {derived_joins(table, derived, '')} ORDER BY {order_of(table)}")
    problems = list(find_problems(con, "", lambda name: None))
    if problems:
        raise RuntimeError(str(problems[0]))
    con.execute("CHECKPOINT")
    con.close()


def _untyped(files: Path, target: Path) -> None:
    """The files into tables of text, on disk: nothing typed, sorted or checked."""
    con = duckdb.connect(str(target))
    con.execute("SET preserve_insertion_order = false")
    for table in _FILES:
        con.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{files / f'{table}.csv'}', all_varchar = true)")
    con.execute("CHECKPOINT")
    con.close()
