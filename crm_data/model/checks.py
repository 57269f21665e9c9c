"""What must hold for a staging database before it is published; every check is one set-wise statement.

All checks run on tables under a prefix (``old.``) of one DuckDB connection and say table, column, how many rows are
wrong and three examples by their ``source_id``.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import duckdb
from sqlalchemy import Table

from crm_data.errors import N_, Cause, ImportRefused
from crm_data.model.keys import all_differ
from crm_data.model.schema import CODES, DERIVED_COLUMNS, TABLES, derived_joins, references

Step = Callable[[str], None]
_EXAMPLES = 3
#: Shares are kept with six decimals: three thirds of 0.333333 are one.
_SHARE_TOLERANCE = "0.00001"


@dataclass(frozen=True)
class Problem:
    """Rows of one column that break a rule. ``message`` is an English template with ``{table}``, ``{column}``,
    ``{count}`` and ``{examples}``, and whatever else is in ``extra``."""

    message: str
    table: str
    column: str
    count: int
    examples: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def values(self) -> dict[str, object]:
        """What goes into the template."""
        return {"table": self.table, "column": self.column, "count": self.count, "examples": ", ".join(self.examples),
                **dict(self.extra)}

    def __str__(self) -> str:
        return self.message.format(**self.values)


def find_problems(con: duckdb.DuckDBPyConnection, prefix: str, step: Step) -> Iterator[Problem]:
    """All problems, the cheapest checks first."""
    filled = {name for name in TABLES if con.execute(f'SELECT 1 FROM {prefix}"{name}" LIMIT 1').fetchone()}
    for name, table in TABLES.items():
        if name in filled:
            step(name)
            yield from _values(con, prefix, table)
            yield from _unique(con, prefix, name)
    for name, column, parent in references():
        if name in filled and (name, column) not in DERIVED_COLUMNS:
            yield from _reference(con, prefix, name, column, parent)
    if "order_credit" in filled:
        yield from _shares(con, prefix)
    if "cost_rate" in filled:
        yield from _overlaps(con, prefix)


def refuse(problems: list[Problem]) -> None:
    """Raise ``ImportRefused`` for the first of ``problems`` (all of them are in ``error.problems``); nothing for none."""
    if not problems:
        return
    first = problems[0]
    values = first.values
    message = first.message
    if len(problems) > 1:
        message = N_("{first} There are {more} more problems. Nothing was published.")
        values = {**values, "first": Cause(first.message, **first.values), "more": len(problems) - 1}
    error = ImportRefused(message, **values)
    error.problems = tuple(problems)
    raise error


def _values(con: duckdb.DuckDBPyConnection, prefix: str, table: Table) -> Iterator[Problem]:
    """Required values and codes, all columns of a table in one scan."""
    rules: list[tuple[str, str, str, tuple[tuple[str, str], ...]]] = []
    for column in table.columns:
        if not column.nullable:
            rules.append((column.name, f'"{column.name}" IS NULL',
                          N_("{table}.{column} is empty in {count} rows, e.g. {examples}; it must have a value."), ()))
        codes = CODES.get((table.name, column.name))
        if codes:
            listed = ", ".join(f"'{code}'" for code in codes)
            rules.append((column.name, f'"{column.name}" NOT IN ({listed})',
                          N_("{table}.{column} has {count} values that are not allowed, e.g. in {examples}; "
                             "allowed are {allowed}."), (("allowed", ", ".join(codes)),)))
    counts = con.execute("SELECT " + ", ".join(f"count(*) FILTER (WHERE {rule[1]})" for rule in rules)
                         + f' FROM {prefix}"{table.name}"').fetchone()
    for (column, condition, message, extra), count in zip(rules, counts, strict=True):
        if count:
            yield Problem(message, table.name, column, count, _examples(con, f'{prefix}"{table.name}" WHERE {condition}'), extra)


def _unique(con: duckdb.DuckDBPyConnection, prefix: str, name: str) -> Iterator[Problem]:
    """``id`` and (source, source_id). Bits or hashes are compared first; only if two are equal, the keys themselves."""
    source = f'{prefix}"{name}"'
    for column, within, keys in (("id", "", "id"), ("source_id", "source", "source, source_id")):
        if all_differ(con, source, column, within=within):
            continue
        twice = f"(SELECT {keys}, count(*) AS n FROM {source} WHERE id IS NOT NULL GROUP BY {keys} HAVING count(*) > 1)"
        count = con.execute(f"SELECT coalesce(sum(n), 0) FROM {twice}").fetchone()[0]
        if count:
            yield Problem(N_("{table}.{column} must differ in every row; {count} rows share theirs with another, e.g. {examples}."),
                          name, column, int(count), _examples(con, twice, column))


def _reference(con: duckdb.DuckDBPyConnection, prefix: str, name: str, column: str, parent: str) -> Iterator[Problem]:
    lost = (f'{prefix}"{name}" AS t WHERE t."{column}" IS NOT NULL AND NOT EXISTS '
            f'(SELECT 1 FROM {prefix}"{parent}" AS p WHERE p.id = t."{column}")')
    count = con.execute(f"SELECT count(*) FROM {lost}").fetchone()[0]
    if count:
        yield Problem(N_("{table}.{column}: {count} rows refer to a {parent} that does not exist, e.g. {examples}."),
                      name, column, count, _examples(con, lost), (("parent", parent),))


def _shares(con: duckdb.DuckDBPyConnection, prefix: str) -> Iterator[Problem]:
    orders = (f"(SELECT o.source_id FROM {prefix}order_credit AS c JOIN {prefix}sales_order AS o ON o.id = c.order_id "
              f"GROUP BY o.id, o.source_id HAVING abs(sum(c.share) - 1) > {_SHARE_TOLERANCE} OR min(c.share) < 0)")
    count = con.execute(f"SELECT count(*) FROM {orders}").fetchone()[0]
    if count:
        yield Problem(N_("{table}.{column}: the shares of {count} orders do not sum to 1, e.g. of order {examples}."),
                      "order_credit", "share", count, _examples(con, orders))


def _overlaps(con: duckdb.DuckDBPyConnection, prefix: str) -> Iterator[Problem]:
    wrong = (f"(SELECT source_id, driver, valid_from, valid_to, lead(valid_from) OVER (PARTITION BY driver ORDER BY valid_from, id) "
             f"AS next_from FROM {prefix}cost_rate) WHERE valid_to < valid_from OR next_from <= coalesce(valid_to, DATE '9999-12-31')")
    count = con.execute(f"SELECT count(*) FROM {wrong}").fetchone()[0]
    if count:
        yield Problem(N_("{table}.{column}: {count} rates overlap the next one of their driver or end before they begin, "
                         "e.g. {examples}."), "cost_rate", "valid_from", count, _examples(con, wrong, "driver || ' ' || valid_from"))


def _examples(con: duckdb.DuckDBPyConnection, rows: str, column: str = "source_id") -> tuple[str, ...]:
    found = con.execute(f"SELECT {column} FROM {rows} ORDER BY 1 LIMIT {_EXAMPLES}").fetchall()
    return tuple("(empty)" if value is None else str(value) for (value,) in found)


def derived_problems(con: duckdb.DuckDBPyConnection, prefix: str = "", held: Collection[tuple[str, str]] = tuple(DERIVED_COLUMNS)) -> list[str]:
    """Where a derived column is not what it follows from; empty when nothing is. Part of ``snapshots verify``.

    ``held``: the derived columns that are there, where the snapshot is older than some of them.
    """
    problems: list[str] = []
    for name in dict.fromkeys(table for table, _ in held):
        columns = [column for table, column in held if table == name]
        asked = ", ".join(f't."{column}" AS said_{n}, ({DERIVED_COLUMNS[name, column].sql}) AS found_{n}' for n, column in enumerate(columns))
        counts = con.execute("SELECT " + ", ".join(f"count(*) FILTER (WHERE said_{n} IS DISTINCT FROM found_{n})" for n in range(len(columns)))
                             + f' FROM (SELECT {asked} FROM {prefix}"{name}" AS t {derived_joins(name, columns, prefix)}) AS compared').fetchone()
        problems += [Cause(N_("{column}: {count} rows differ from what they follow from"), column=f"{name}.{column}", count=count) for column, count in zip(columns, counts, strict=True) if count]
    return problems
