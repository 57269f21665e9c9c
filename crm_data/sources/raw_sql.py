"""A mapping's SQL, looked at before it runs: one SELECT, over ``raw`` only, with file and row carried through."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator

import duckdb

from crm_data.errors import N_, Cause, ImportRefused, nearest
from crm_data.sources.mapping import Mapping
from crm_data.sources.raw import columns_of

#: Functions a mapping may read rows from: they make rows of values, and reach nothing outside.
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree", "repeat"})


def tables_read(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str) -> set[str]:
    """Names of the raw tables a mapping's SQL reads.

    Raises ImportRefused when it is not one SELECT or reads anything but ``raw``.
    """
    tree = _parsed(con, mapping, table)
    nodes = list(_nodes(tree))
    defined = {entry["key"].casefold() for node in nodes for entry in (node.get("cte_map") or {}).get("map", [])}
    names = set()
    for node in nodes:
        if node.get("type") == "TABLE_FUNCTION":
            function = str(node.get("function", {}).get("function_name", ""))
            if function not in TABLE_FUNCTIONS:
                raise ImportRefused(N_("{file} reads from “{name}”. A mapping reads only the tables of raw."),
                                    file=mapping.file(table), name=f"{function}()")
        if node.get("type") != "BASE_TABLE":
            continue
        schema, name = node.get("schema_name") or "", node["table_name"]
        if not schema and name.casefold() in defined:
            continue
        if schema.casefold() != "raw" or node.get("catalog_name"):
            raise ImportRefused(N_("{file} reads “{name}”. A mapping reads only the tables of raw: write raw.\"{table}\"."),
                                file=mapping.file(table), name=f"{schema}.{name}" if schema else name, table=name)
        names.add(name)
    return names


def _parsed(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str) -> dict:
    tree = json.loads(con.execute("SELECT json_serialize_sql(?)", [mapping.selects[table]]).fetchone()[0])
    if tree.get("error"):
        if "Only SELECT" in tree.get("error_message", ""):
            raise ImportRefused(N_("{file} must be a SELECT and nothing else."), file=mapping.file(table))
        raise ImportRefused(N_("{file} is not valid SQL: {error}."), file=mapping.file(table),
                            error=str(tree.get("error_message", "")).splitlines()[0].rstrip("."))
    if len(tree["statements"]) != 1:
        raise ImportRefused(N_("{file} must be one SELECT; it holds {count} statements."), file=mapping.file(table),
                            count=len(tree["statements"]))
    return tree


def _nodes(value: object) -> Iterator[dict]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def check_raw_names(mapping: Mapping, table: str, wanted: set[str], known: list[str]) -> None:
    """Refuse a raw table the source does not hold, with the nearest one."""
    folded = {name.casefold() for name in known}
    for name in sorted(wanted):
        if name.casefold() not in folded:
            close = nearest(name, known)
            raise ImportRefused(N_("{file} reads raw.\"{name}\", and the source has no such table. {hint}"), file=mapping.file(table),
                                name=name, hint=Cause(N_("Did you mean “{close}”?"), close=close) if close else Cause(N_("It has: {known}."), known=", ".join(known) or "–"))


def with_place(con: duckdb.DuckDBPyConnection, select: str) -> str:
    """The SELECT with ``_file`` and ``_row`` of the table it starts from added, where it is simple enough for that."""
    tree = json.loads(con.execute("SELECT json_serialize_sql(?)", [select]).fetchone()[0])
    node = tree["statements"][0]["node"]
    place = _driving_table(node)
    if place is None:
        return select
    for name in ("_file", "_row"):
        node["select_list"].append({"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "query_location": 0,
                                    "column_names": [place, name]})
    try:
        text = con.execute("SELECT json_deserialize_sql(CAST(? AS JSON))", [json.dumps(tree)]).fetchone()[0]
        con.execute(f"DESCRIBE {text}")
    except duckdb.Error:
        # Not possible here, e.g. an aggregate without GROUP BY: the rows are then known by source_id only.
        return select
    return text


def _driving_table(node: dict) -> str | None:
    """Alias of the first table of a plain SELECT; None when the rows are not those of one table."""
    if node.get("type") != "SELECT_NODE" or node.get("group_expressions") or node.get("aggregate_handling") != "STANDARD_HANDLING":
        return None
    if any(modifier.get("type") == "DISTINCT_MODIFIER" for modifier in node.get("modifiers", [])):
        return None
    names = [expression.get("alias") or (expression.get("column_names") or [""])[-1] for expression in node["select_list"]]
    if "_row" in names or any(expression.get("type") == "STAR" for expression in node["select_list"]):
        return None
    source = node.get("from_table") or {}
    while source.get("type") == "JOIN":
        source = source["left"]
    if source.get("type") != "BASE_TABLE" or (source.get("schema_name") or "").casefold() != "raw":
        return None
    return source.get("alias") or source["table_name"]


def describe(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, select: str) -> dict[str, str]:
    """The columns a mapping's SQL gives and their types; a missing column is named with the nearest one there is."""
    try:
        return {row[0]: row[1] for row in con.execute(f"DESCRIBE {select}").fetchall()}
    except duckdb.BinderException as error:
        raise missing_column(con, mapping, table, error) from error
    except duckdb.Error as error:
        raise ImportRefused(N_("{file} cannot run: {error}."), file=mapping.file(table), error=first_line(error)) from error


def missing_column(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, error: Exception) -> ImportRefused:
    """The sentence for a column a mapping reads and the source does not have."""
    found = re.search(r'Referenced column "([^"]+)" (?:was )?not found|does not have a column named "([^"]+)"', str(error))
    if not found:
        return ImportRefused(N_("{file} cannot run: {error}."), file=mapping.file(table), error=first_line(error))
    name = found.group(1) or found.group(2)
    read = tables_read(con, mapping, table)
    known = [column for raw in sorted(read) for column in columns_of(con, raw)]
    close = nearest(name, known)
    return ImportRefused(N_("{file} reads the column “{name}”, and {tables} has none of that name. {hint}"), file=mapping.file(table),
                         name=name, tables=", ".join(f"raw.\"{raw}\"" for raw in sorted(read)),
                         hint=Cause(N_("Did you mean “{close}”?"), close=close) if close else Cause(N_("There are: {known}."), known=", ".join(known)))


def first_line(error: Exception) -> str:
    """The first line of a database's message, without its final point."""
    return str(error).strip().splitlines()[0].rstrip(".")
