"""Ready rows into the staging warehouse by (source, source_id): new, changed, unchanged."""
from __future__ import annotations

from dataclasses import dataclass

import duckdb

from crm_data.model.finish import FILLED_COLUMNS
from crm_data.sources.mapping import Mapping
from crm_data.sources.raw import literal, quoted


@dataclass(frozen=True)
class Merged:
    """How many rows of a table were new, changed and unchanged."""

    new: int
    changed: int
    unchanged: int

    @property
    def accepted(self) -> int:
        """All rows that are in the warehouse now."""
        return self.new + self.changed + self.unchanged


def merge(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, columns: list[str], batch: int) -> Merged:
    """Merge ``ready.<table>`` into the staging warehouse. ``columns`` are those the mapping gives or fills.

    A row keeps its id for ever; columns the mapping does not give keep their values.
    """
    sound = f"(SELECT * FROM ready.{quoted(table)} WHERE _lost IS NULL AND _unsound IS NULL)"
    target = f"staging.{quoted(table)}"
    known = con.execute(f"SELECT 1 FROM {target} WHERE source = {literal(mapping.source)} LIMIT 1").fetchone()
    values = [name for name in columns if name != "source_id"]
    if not known:
        return Merged(_insert(con, mapping, target, sound, values, batch, keyed=True), 0, 0)
    same = " AND ".join(_same(table, name) for name in values) or "true"
    con.execute(f"CREATE OR REPLACE TEMP TABLE met AS SELECT r.id, {same} AS same FROM {sound} r JOIN {target} e ON e.id = r.id")
    met, changed = con.execute("SELECT count(*), count(*) FILTER (WHERE NOT same) FROM met").fetchone()
    if changed:
        _replace(con, table, target, sound, values, batch)
    total = con.execute(f"SELECT count(*) FROM {sound}").fetchone()[0]
    if total > met:
        fresh = f"(SELECT * FROM {sound} WHERE id IS NULL OR id NOT IN (SELECT id FROM met))"
        _insert(con, mapping, target, fresh, values, batch)
    return Merged(total - met, changed, met - changed)


def _same(table: str, name: str) -> str:
    column = quoted(name)
    equal = f"r.{column} IS NOT DISTINCT FROM e.{column}"
    # What publishing fills where the source is silent is not a change when the source is still silent.
    silent = (table, name) in FILLED_COLUMNS or (table, name) == ("customer", "phone_digits")
    return f"(r.{column} IS NULL OR {equal})" if silent else f"({equal})"


def _insert(con, mapping: Mapping, target: str, rows: str, values: list[str], batch: int, *, keyed: bool = False) -> int:
    """Add rows, giving those without a key the next ones; how many. ``keyed``: all have theirs, as in a first import."""
    listed = "".join(f", {quoted(name)}" for name in values)
    key = "id"
    if not keyed and con.execute(f"SELECT 1 FROM {rows} WHERE id IS NULL LIMIT 1").fetchone():
        latest = con.execute(f"SELECT coalesce(max(id), 0) FROM {target}").fetchone()[0]
        key = f"coalesce(id, {latest} + row_number() OVER ()) AS id"
    return con.execute(f"INSERT INTO {target} BY NAME SELECT {key}, source_id{listed}, {literal(mapping.source)} AS source, "
                       f"CAST({batch} AS BIGINT) AS batch_id FROM {rows}").fetchone()[0]


def _replace(con, table: str, target: str, sound: str, values: list[str], batch: int) -> None:
    """Put changed rows in place of the old ones; told from the phone, the digits are worked out anew."""
    replaced = [f"r.{quoted(name)} AS {quoted(name)}" for name in values]
    if table == "customer" and "phone_digits" not in values:
        replaced.append("NULL AS phone_digits")
    replaced.append(f"CAST({batch} AS BIGINT) AS batch_id")
    con.execute(f"CREATE OR REPLACE TEMP TABLE altered AS SELECT e.* REPLACE ({', '.join(replaced)}) FROM {sound} r "
                f"JOIN {target} e ON e.id = r.id WHERE r.id IN (SELECT id FROM met WHERE NOT same)")
    con.execute(f"DELETE FROM {target} WHERE id IN (SELECT id FROM altered)")
    con.execute(f"INSERT INTO {target} BY NAME SELECT * FROM altered; DROP TABLE altered")
