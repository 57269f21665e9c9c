"""Parquet and JSON files into ``raw``, as text: what is nested stays JSON text, for a mapping to take apart."""
from __future__ import annotations

from pathlib import Path

import duckdb

from crm_data.errors import N_, ImportRefused
from crm_data.sources.raw import RawTable, Workplace, base_name, literal, quoted, show_as_raw
from crm_data.sources.text_files import as_utf8, detect_encoding, unique_names


def parquet_table(path: Path) -> RawTable:
    """The raw table of a Parquet file."""
    return RawTable(path.stem, path.name, lambda table, work: _load_parquet(table, work, path))


def json_table(path: Path) -> RawTable:
    """The raw table of a JSON file: an array of objects, or an object a line."""
    return RawTable(path.stem, path.name, lambda table, work: _load_json(table, work, path))


def _load_parquet(table: RawTable, work: Workplace, path: Path) -> None:
    file = f"read_parquet({literal(path)})"
    try:
        found = work.con.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()
        names = unique_names(row[0] for row in found)
        columns = ", ".join(f"{_as_text(row[0], row[1])} AS {quoted(name)}" for row, name in zip(found, names, strict=True))
        work.con.execute(f"CREATE TABLE {base_name(table.name)} AS SELECT {columns} FROM {file}")
    except duckdb.Error as error:
        raise ImportRefused(N_("{file} cannot be read as Parquet: it is damaged or not a Parquet file."), file=path.name) from error
    # A Parquet file has no header row: its first record is row 1.
    show_as_raw(work, table, row_sql="t.rowid + 1")


def _as_text(name: str, kind: str) -> str:
    nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))
    return f"CAST({'to_json(' + quoted(name) + ')' if nested else quoted(name)} AS VARCHAR)"


def _load_json(table: RawTable, work: Workplace, path: Path) -> None:
    con = work.con
    readable = as_utf8(path, work.encoding or detect_encoding(path), work.folder)
    objects = f"raw_base.{quoted(table.name + ' objects')}"
    try:
        con.execute(f"CREATE TABLE {objects} AS SELECT json FROM read_json_objects({literal(readable)}, format='auto')")
        odd = con.execute(f"SELECT min(rowid) FROM {objects} WHERE json_type(json) <> 'OBJECT'").fetchone()[0]
    except duckdb.Error as error:
        raise ImportRefused(N_("{file} is not valid JSON: give an array of objects, or an object a line."), file=path.name) from error
    if odd is not None:
        raise ImportRefused(N_("{file} holds something else than objects at record {row}: give an array of objects, or an "
                               "object a line."), file=path.name, row=odd + 1)
    keys = [row[0] for row in con.execute(
        f"SELECT key FROM (SELECT rowid AS n, unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) AS place "
        f"FROM {objects}) GROUP BY key ORDER BY min(n * 10000 + place)").fetchall()]
    if not keys:
        raise ImportRefused(N_("{file} is empty: it has no record."), file=path.name)
    names = unique_names(keys)
    columns = ", ".join(f"json ->> {literal(_pointer(key))} AS {quoted(name)}" for key, name in zip(keys, names, strict=True))
    con.execute(f"CREATE TABLE {base_name(table.name)} AS SELECT {columns} FROM {objects}; DROP TABLE {objects}")
    show_as_raw(work, table, row_sql="t.rowid + 1")


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")
