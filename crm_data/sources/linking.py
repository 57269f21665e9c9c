"""From typed rows to rows of the warehouse: keys found or given, references followed, what follows from others filled in.

All statements run in the working database with the staging warehouse attached as ``staging``; tables come in the
order of ``import_order``, so that whoever is referred to is there already.
"""
from __future__ import annotations

from dataclasses import dataclass

import duckdb

from crm_data.model.keys import all_differ
from crm_data.model.schema import TABLES, references
from crm_data.sources.mapping import Mapping, output_columns
from crm_data.sources.money import Amounts, amounts_of, fills_of
from crm_data.sources.raw import literal, quoted

_STRUCT = "STRUCT(\"column\" VARCHAR, \"value\" VARCHAR, reason VARCHAR)[]"


@dataclass(frozen=True)
class Reference:
    """A reference the mapping gives: its name in the SELECT, the canonical column, and the table referred to."""

    name: str
    column: str
    parent: str


def import_order(tables: list[str]) -> list[str]:
    """The tables with those referred to before those that refer."""
    parents = {table: set() for table in TABLES}
    for table, _, parent in references():
        if parent != table:
            parents[table].add(parent)
    order: list[str] = []

    def place(table: str) -> None:
        if table in order:
            return
        for parent in sorted(parents[table]):
            place(parent)
        order.append(table)

    for table in ("currency_rate", *TABLES):
        place(table)
    return [table for table in order if table in tables]


def references_of(table: str, given: set[str]) -> list[Reference]:
    """The references of a table among the columns a mapping gives."""
    return [Reference(name, column, TABLES[table].c[column].info["to"]) for name, column in output_columns(table).items()
            if name in given and TABLES[table].c[column].info.get("to")]


def remove_repeated(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> int:
    """Take out rows that are there twice, equal in all; those that share a key and differ are marked as wrong.

    Returns how many were taken out.
    """
    typed = f"typed.{quoted(table)}"
    if all_differ(con, f"{typed} WHERE _why IS NULL", "source_id"):
        return 0
    whole = f"hash({', '.join(quoted(column) for column in columns)})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE twice AS SELECT source_id, count(DISTINCT {whole}) AS versions, count(*) AS n, "
                f"min(rowid) AS first FROM {typed} WHERE _why IS NULL GROUP BY source_id HAVING count(*) > 1")
    con.execute(f"UPDATE {typed} SET _why = CAST(to_json([{{'column': 'source_id', 'value': twice.source_id, 'reason': "
                f"'stands in ' || twice.n || ' rows that differ; the key of a row must be its own'}}]) AS VARCHAR) FROM twice "
                f"WHERE {typed}.source_id = twice.source_id AND twice.versions > 1 AND _why IS NULL")
    return con.execute(f"DELETE FROM {typed} USING twice WHERE {typed}.source_id = twice.source_id AND twice.versions = 1 "
                       f"AND {typed}.rowid <> twice.first AND _why IS NULL").fetchone()[0]


def link(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, given: list[str], currency: str) -> list[str]:
    """Make ``ready.<table>`` from the sound rows of ``typed.<table>``; the canonical columns it has besides ``id``.

    Where rows of the source are known already, a new one has no ``id`` yet, unless rows of the table refer to each
    other. What the rejected rows lack is told by ``note_unlinked``.
    """
    refs = references_of(table, set(given))
    itself = [ref for ref in refs if ref.parent == table]
    plain = [name for name in given if name not in {ref.name for ref in refs} and not name.startswith("_")]
    amounts = amounts_of(con, mapping, table, set(given), currency)
    fills = fills_of(table, set(given), mapping, currency, by_branch="branch_ref" in given)
    columns = list(dict.fromkeys([*plain, *fills, *(ref.column for ref in refs), *amounts.columns]))
    known = con.execute(f"SELECT 1 FROM staging.{quoted(table)} WHERE source = {literal(mapping.source)} LIMIT 1").fetchone()
    # Of a first import nothing is compared: its rows go into the warehouse without being kept in between.
    kind = "TABLE" if known or itself else "VIEW"
    con.execute(f"CREATE {kind} ready.{quoted(table)} AS "
                f"{_ready_sql(con, mapping, table, plain, refs, fills, amounts, known=bool(known))}")
    if itself:
        note_unlinked(con, table)
        _link_itself(con, mapping, table, itself)
    return columns


def unlink(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Take ``ready.<table>`` and ``typed.<table>`` away again."""
    kind, = con.execute("SELECT table_type FROM information_schema.tables WHERE table_schema = 'ready' AND table_name = ?",
                        [table]).fetchone()
    con.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} ready.{quoted(table)}; DROP TABLE typed.{quoted(table)}")


def note_unlinked(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Put rows whose references lead nowhere, or whose amounts cannot be told, into the rejects."""
    if con.execute("SELECT 1 FROM rejects WHERE seq = 2 AND table_name = ? LIMIT 1", [table]).fetchone():
        return
    _note_lost(con, table)
    con.execute("INSERT INTO rejects SELECT 2, ?, _file, _row, source_id, _unsound[1], _unsound[2], _unsound[3] "
                f"FROM ready.{quoted(table)} WHERE _unsound IS NOT NULL", [table])


def _ready_sql(con, mapping: Mapping, table: str, plain: list[str], refs: list[Reference], fills: dict[str, str],
               amounts: Amounts, *, known: bool) -> str:
    joins, chosen = [], []
    latest = con.execute(f"SELECT coalesce(max(id), 0) FROM staging.{quoted(table)}").fetchone()[0]
    key = f"{latest} + x.rowid + 1"
    if known:
        joins.append(f"LEFT JOIN (SELECT id, source_id FROM staging.{quoted(table)} WHERE source = {literal(mapping.source)}) e "
                     "ON e.source_id = x.source_id")
        key = "e.id"
        if any(ref.parent == table for ref in refs):
            key = f"coalesce(e.id, {latest} + x.rowid + 1)"
    lost = []
    for number, ref in enumerate(refs):
        if ref.parent == table:
            chosen += [f"x.{quoted(ref.name)} AS {quoted('_' + ref.name)}", f"CAST(NULL AS BIGINT) AS {quoted(ref.column)}"]
            continue
        more = ", timezone" if ref.parent == "branch" else ""
        of = literal(mapping.references.get(ref.parent, mapping.source))
        alias = "branch" if ref.name == "branch_ref" else f"p{number}"
        joins.append(f"LEFT JOIN (SELECT id, source_id{more} FROM staging.{quoted(ref.parent)} WHERE source = {of}) {alias} "
                     f"ON {alias}.source_id = x.{quoted(ref.name)}")
        chosen.append(f"{alias}.id AS {quoted(ref.column)}")
        missing = f"x.{quoted(ref.name)} IS NOT NULL AND {alias}.id IS NULL"
        lost.append((missing, f"CASE WHEN {missing} THEN {{'column': {literal(ref.name)}, 'value': x.{quoted(ref.name)}, "
                              f"'reason': {literal(ref.parent)}}} END"))
    chosen += [f"{fills.get(name, 'x.' + quoted(name))} AS {quoted(name)}" for name in dict.fromkeys([*plain, *fills])]
    why = "NULL" if not lost else (f"CASE WHEN {' OR '.join(f'({test})' for test, _ in lost)} THEN "
                                   f"list_filter([{', '.join(said for _, said in lost)}], problem -> problem IS NOT NULL) END")
    inner = (f"SELECT x._file, x._row, CAST({key} AS BIGINT) AS id, {', '.join(chosen)}, CAST({why} AS {_STRUCT}) AS _lost "
             f"FROM typed.{quoted(table)} x {' '.join(joins)} WHERE x._why IS NULL")
    return amounts.around(inner)


def _note_lost(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Put references that lead nowhere into the rejects, with why the row referred to was rejected, if it was."""
    con.execute(
        "INSERT INTO rejects SELECT 2, ?, t._file, t._row, t.source_id, lost.column, left(lost.value, 300), CASE WHEN r.source_id IS NULL "
        "THEN 'refers to a ' || lost.reason || ' that is not there' "
        "ELSE 'refers to a ' || lost.reason || ' that was rejected (' || r.why || ')' END "
        f"FROM (SELECT _file, _row, source_id, unnest(_lost) AS lost FROM ready.{quoted(table)} WHERE _lost IS NOT NULL) t "
        "LEFT JOIN (SELECT table_name, source_id, min(coalesce(column_name || ' ', '') || reason) AS why FROM rejects "
        "WHERE source_id IS NOT NULL GROUP BY ALL) r ON r.table_name = lost.reason AND r.source_id = lost.value", [table])


def _link_itself(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, refs: list[Reference]) -> None:
    """Follow references of a table to itself; a row whose parent falls falls too, and so do those under it."""
    ready = f"ready.{quoted(table)}"
    of = literal(mapping.references.get(table, mapping.source))
    own = f"SELECT source_id, id FROM {ready} WHERE _lost IS NULL AND _unsound IS NULL AND {of} = {literal(mapping.source)}"
    kept = f"SELECT source_id, id FROM staging.{quoted(table)} WHERE source = {of}"
    known = f"({own} UNION ALL ({kept} AND source_id NOT IN (SELECT source_id FROM ({own}))))"
    for ref in refs:
        name = quoted("_" + ref.name)
        while con.execute(
                f"UPDATE {ready} SET _lost = [{{'column': {literal(ref.name)}, 'value': {name}, 'reason': {literal(table)}}}] "
                f"WHERE _lost IS NULL AND _unsound IS NULL AND {name} IS NOT NULL AND {name} NOT IN (SELECT source_id FROM {known})"
                ).fetchone()[0]:
            _note_fallen(con, table, name)
        con.execute(f"UPDATE {ready} SET {quoted(ref.column)} = k.id FROM {known} k WHERE k.source_id = {name}")


def _note_fallen(con: duckdb.DuckDBPyConnection, table: str, name: str) -> None:
    ready = f"ready.{quoted(table)}"
    con.execute(
        "INSERT INTO rejects SELECT 2, ?, t._file, t._row, t.source_id, t._lost[1].column, t._lost[1].value, "
        "CASE WHEN r.source_id IS NULL THEN 'refers to a ' || ? || ' that is not there' "
        "ELSE 'refers to a ' || ? || ' that was rejected (' || r.why || ')' END "
        f"FROM {ready} t LEFT JOIN (SELECT source_id, min(coalesce(column_name || ' ', '') || reason) AS why FROM rejects "
        f"WHERE table_name = ? GROUP BY ALL) r ON r.source_id = t.{name} "
        "WHERE t._lost IS NOT NULL AND t._unsound IS NULL AND t.source_id NOT IN "
        "(SELECT source_id FROM rejects WHERE table_name = ? AND source_id IS NOT NULL)", [table, table, table, table, table])


def note_rates(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table of rates amounts are converted with, from the rates that are in the staging warehouse by now."""
    con.execute("CREATE OR REPLACE TEMP TABLE rates AS SELECT currency, valid_on, max(rate) AS rate FROM staging.currency_rate "
                "GROUP BY ALL")
