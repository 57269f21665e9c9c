"""From a staging DuckDB to the file of a snapshot: checked, completed, in physical order, compact.

The staging file is only read (missing tables and columns are added to it, empty). The new file is written in one pass,
table by table; DuckDB spills to disk beside it when memory does not suffice.
"""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from crm_data.errors import N_, ImportRefused
from crm_data.model.checks import find_problems, refuse
from crm_data.model.engines import duckdb_memory
from crm_data.model.folding import phone_digits, search_text
from crm_data.model.schema import DERIVED_COLUMNS, TABLES, derived_joins
from crm_data.model.tables import FACT_DAYS, add_columns, control_sql, control_values, create_tables, order_of

#: Called with a share of the work done (0-1) and what is being done, in English (a table's name or a word).
Progress = Callable[[float, str], None]

#: Columns of facts that take the customer's branch and owner where the source did not say.
FILLED_COLUMNS: tuple[tuple[str, str], ...] = tuple(
    (name, column) for name, table in TABLES.items() if name in FACT_DAYS and "customer_id" in table.c
    for column in ("branch_id", "owner_id") if column in table.c and (name, column) not in DERIVED_COLUMNS)

_BATCH = 20_000


@dataclass(frozen=True)
class Finished:
    """What the finished file holds: see ``Manifest``. ``latest`` are the last days of the fact tables up to today."""

    tables: dict[str, dict]
    attributes: tuple[str, ...]
    latest: tuple[date | None, ...]


def finish(staging: Path, target: Path, *, today: date, progress: Progress | None = None, country: str = "") -> Finished:
    """Check ``staging`` and write ``target`` (a new file) from it; ``ImportRefused`` names what is wrong.

    ``country`` (ISO code) is the firm's: phone numbers of customers without a country are read as its own. Nobody may hold ``staging`` open meanwhile.
    """
    tell = progress or (lambda share, what: None)
    if not staging.is_file():
        raise ImportRefused(N_("The staging database {path} does not exist."), path=staging)
    spill = target.parent / "spill"
    con = duckdb.connect(config={"memory_limit": duckdb_memory(), "temp_directory": str(spill)})
    try:
        _attach(con, staging, target)
        _prepare(con)
        con.execute("CREATE TABLE found_by (id BIGINT, phone_digits VARCHAR, search_text VARCHAR)")
        # Search texts are Python's work, the rest is the engine's: both at once.
        with ThreadPoolExecutor(1) as beside:
            searched = beside.submit(_search_columns, con.cursor(), con.cursor(), country)
            checked = iter(range(len(TABLES)))
            refuse(list(find_problems(con, "old.", lambda name: tell(0.3 * next(checked) / len(TABLES), name))))
            for done, name in enumerate(sorted(TABLES, key=lambda name: name == "customer")):  # customers last
                tell(0.3 + 0.6 * done / len(TABLES), name)
                if name == "customer":
                    searched.result()
                _copy(con, name)
        tell(0.9, "totals")
        finished = _measure(con, today)
        con.execute("CHECKPOINT new")
        con.execute("DETACH new")
    except (duckdb.Error, OSError) as error:  # the disk is full, memory does not suffice even with spilling ...
        raise ImportRefused(N_("The snapshot could not be made, and nothing was changed: {cause}"),
                            cause=str(error).strip().splitlines()[0]) from error
    finally:
        con.close()
    tell(0.95, "totals")
    return finished


def _attach(con: duckdb.DuckDBPyConnection, staging: Path, target: Path) -> None:
    try:
        con.execute(f"ATTACH {quoted(staging)} AS old")
    except duckdb.Error as error:
        raise ImportRefused(N_("The staging database {path} cannot be opened: {cause}"),
                            path=staging, cause=str(error).splitlines()[0]) from error
    con.execute(f"ATTACH {quoted(target)} AS new")
    # The order of rows comes from ORDER BY alone; keeping the order of everything else would hold it all in memory.
    con.execute("SET preserve_insertion_order = false")


def quoted(path: Path) -> str:
    """A path as an SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Canonical tables and columns the staging lacks are added, empty; a column nobody knows is refused by name."""
    for catalog in ("old.", "new."):
        con.execute("BEGIN")  # one commit to the disk instead of one a table
        create_tables(con, catalog)
        con.execute("COMMIT")
    add_columns(con, "old")
    known: dict[str, set[str]] = {}
    for name, column in con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'old'").fetchall():
        known.setdefault(name, set()).add(column)
    for name, table in TABLES.items():
        unknown = sorted(known[name] - set(table.c.keys()))
        if unknown:
            raise ImportRefused(N_("The table {table} has a column “{column}” that the model does not know."),
                                table=name, column=unknown[0])


def _search_columns(con: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection, firm: str) -> None:
    """Work out phone digits and search texts of customers in batches, into ``found_by`` beside the data; by two cursors."""
    reader = other.execute("SELECT id, name, name_local, number, email, phone, phone_digits, country FROM old.customer")
    while rows := reader.fetchmany(_BATCH):
        ids, digits, texts = [], [], []
        for key, name, name_local, number, email, phone, known, country in rows:
            told = known or phone_digits(phone, country or firm) or None
            ids.append(key)
            digits.append(told)
            texts.append(search_text(name, name_local, number, email, told))
        con.register("batch", pa.table({"id": pa.array(ids, pa.int64()), "phone_digits": pa.array(digits, pa.string()),
                                        "search_text": pa.array(texts, pa.string())}))
        con.execute("INSERT INTO found_by SELECT * FROM batch")
        con.unregister("batch")


def _copy(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Copy a table into the new file, with derived and filled columns, in its physical order."""
    held = _held(con, name)
    if not held:
        return
    expressions = {column: f"({derived.sql})" for (table, column), derived in DERIVED_COLUMNS.items() if table == name}
    # From the new tables: there a parent's own columns are filled.
    joins = [derived_joins(name, expressions, "new.")]
    filling = {column for table, column in FILLED_COLUMNS if table == name}
    for column in sorted(filling.intersection(_held(con, "customer") if filling else ())):
        expressions[column] = f'coalesce(t."{column}", c."{column}")'
        joins.append("LEFT JOIN old.customer AS c ON c.id = t.customer_id")
    if name == "customer":
        expressions |= {"phone_digits": "f.phone_digits", "search_text": "f.search_text"}
        joins.append("LEFT JOIN found_by AS f ON f.id = t.id")
    # Columns without a value are left to be empty: sorted along, they cost as much as full ones.
    columns = [column.name for column in TABLES[name].columns if column.name in held or column.name in expressions]
    chosen = ", ".join(f'{expressions.get(column, f"t.{chr(34)}{column}{chr(34)}")} AS "{column}"' for column in columns)
    con.execute(f'INSERT INTO new."{name}" BY NAME SELECT * FROM (SELECT {chosen} FROM old."{name}" AS t '
                f'{" ".join(dict.fromkeys(joins))}) ORDER BY {order_of(name)}')


def _held(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The columns of a table that hold a value, and those it is sorted by; none when it has no rows."""
    columns = list(TABLES[name].columns.keys())
    counts = con.execute(f'SELECT count(*), {", ".join(f"count({chr(34)}{column}{chr(34)})" for column in columns)} '
                         f'FROM old."{name}"').fetchone()
    if not counts[0]:
        return []
    return [column for column, count in zip(columns, counts[1:], strict=True) if count or f'"{column}"' in order_of(name)]


def _measure(con: duckdb.DuckDBPyConnection, today: date) -> Finished:
    tables = {name: control_values(table, con.execute(control_sql(table, "new.")).fetchone()) for name, table in TABLES.items()}
    latest = [con.execute(f'SELECT max("{day}") FROM new."{name}" WHERE "{day}" <= ?', [today]).fetchone()[0]
              for name, day in FACT_DAYS.items()]
    keys = con.execute("SELECT DISTINCT key FROM new.customer_attribute ORDER BY 1").fetchall()
    return Finished(tables, tuple(key for (key,) in keys), tuple(latest))
