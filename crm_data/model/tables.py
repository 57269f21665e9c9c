"""The canonical tables inside DuckDB: created, listed, ordered, and summed for control totals."""
from __future__ import annotations

import duckdb
from duckdb_sqlalchemy import Dialect
from sqlalchemy import BigInteger, Date, Numeric, Table

from crm_data.model.schema import TABLES

_DIALECT = Dialect()

#: The day a fact table is cut by: it gives ``as_of`` and, where nothing else is said, the physical order.
FACT_DAYS: dict[str, str] = {
    "interaction": "started_on", "activity": "created_on", "web_lead": "received_on", "complaint": "opened_on",
    "feedback": "given_on", "campaign_touch": "touched_on", "document": "added_on", "offer": "made_on",
    "opportunity": "opened_on", "stage_history": "entered_on", "quote": "sent_on", "sales_order": "ordered_on",
    "order_line": "ordered_on", "invoice": "issued_on", "payment": "paid_on", "payment_allocation": "allocated_on",
}

#: Rows that are read together lie together: DuckDB skips what a period, or a customer's page, does not need.
PHYSICAL_ORDER: dict[str, tuple[str, ...]] = {
    "order_line": ("ordered_on", "order_id"), "sales_order": ("ordered_on", "id"), "interaction": ("customer_id", "started_on"),
    "campaign_touch": ("customer_id", "touched_on"), "invoice": ("issued_on", "id"), "payment": ("paid_on", "id"),
}


def column_type(column) -> str:
    """The DuckDB type of a canonical column, e.g. ``NUMERIC(18, 4)``."""
    return column.type.compile(dialect=_DIALECT)


def create_table(con: duckdb.DuckDBPyConnection, table: Table, catalog: str = "") -> None:
    """Create one canonical table without keys or indexes: in DuckDB they cost more than the checks at publishing."""
    columns = ", ".join(f'"{column.name}" {column_type(column)}' for column in table.columns)
    con.execute(f'CREATE TABLE IF NOT EXISTS {catalog}"{table.name}" ({columns})')


def create_tables(con: duckdb.DuckDBPyConnection, catalog: str = "") -> None:
    """Create every canonical table that is not there yet. ``catalog`` is a prefix such as ``new.``."""
    for table in TABLES.values():
        create_table(con, table, catalog)


def add_columns(con: duckdb.DuckDBPyConnection, database: str | None = None) -> None:
    """Add, empty, the columns of today's model that the canonical tables of a database (the connection's own, when not named) lack."""
    held: dict[str, set[str]] = {}
    for table, column in con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = coalesce(?, current_database())", [database]).fetchall():
        held.setdefault(table, set()).add(column)
    for name, table in TABLES.items():
        for column in table.columns:
            if name in held and column.name not in held[name]:
                con.execute(f'ALTER TABLE {f"{database}." if database else ""}"{name}" ADD COLUMN "{column.name}" {column_type(column)}')


def order_of(name: str) -> str:
    """The ORDER BY list of a table's physical order."""
    columns = PHYSICAL_ORDER.get(name) or ((FACT_DAYS[name], "id") if name in FACT_DAYS else ("id",))
    return ", ".join(f'"{column}"' for column in columns)


def control_columns(table: Table) -> list[str]:
    """Columns whose sums are kept in the manifest: every amount, rate and share, and the key."""
    return ["id"] + [column.name for column in table.columns if isinstance(column.type, Numeric)]


def control_sql(table: Table, prefix: str = "", wide: str = "HUGEINT") -> str:
    """One SELECT with the row count and the control totals; exact, so equal in every engine.

    ``wide`` is the type the key is summed in.
    """
    sums = [f'sum(CAST("{name}" AS {wide}))' if isinstance(table.c[name].type, BigInteger) else f'sum("{name}")'
            for name in control_columns(table)]
    return f'SELECT count(*), {", ".join(sums)} FROM {prefix}"{table.name}"'


def control_values(table: Table, row: tuple) -> dict:
    """The manifest's entry of a table from the row of ``control_sql``."""
    texts = {name: "" if value is None else format(value, "f") if hasattr(value, "as_tuple") else str(value)
             for name, value in zip(control_columns(table), row[1:], strict=True)}
    return {"rows": int(row[0]), "controls": texts}


def date_columns(table: Table) -> list[str]:
    """Names of the table's calendar days."""
    return [column.name for column in table.columns if isinstance(column.type, Date)]
