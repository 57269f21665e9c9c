"""CSV and TSV files into ``raw``: strict, so that a row with too few or too many fields is rejected by its number."""
from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from crm_data.errors import N_, ImportRefused
from crm_data.sources.raw import RawTable, Workplace, base_name, literal, number_by_column, quoted, show_as_raw
from crm_data.sources.text_files import as_utf8, detect_delimiter, detect_encoding, header_of, sample_text

MAX_COLUMNS = 2_000
#: Read at a time; the engine's default of 32 MB leaves cores idle at files of that size. Several times its longest row.
_BUFFER_BYTES = 8 << 20
_REASONS = {
    "MISSING COLUMNS": "the row has fewer fields than the header",
    "TOO MANY COLUMNS": "the row has more fields than the header",
    "INVALID ENCODING": "the row holds bytes that are not valid UTF-8",
    "UNQUOTED VALUE": "a quotation mark is not closed or stands in the wrong place",
    "LINE SIZE OVER MAXIMUM": "the row is longer than 2 MB",
}


def csv_table(path: Path) -> RawTable:
    """The raw table of a CSV, TSV or delimited text file."""
    return RawTable(path.stem, path.name, lambda table, work: load_csv(table, work, path))


def load_csv(table: RawTable, work: Workplace, path: Path) -> None:
    """Read a text file into the working database, its bad rows into the rejects."""
    if path.stat().st_size == 0:
        raise ImportRefused(N_("{file} is empty: it has not even a header."), file=path.name)
    readable = as_utf8(path, work.encoding or detect_encoding(path), work.folder)
    text = sample_text(readable)
    delimiter = detect_delimiter(text, suffix=path.suffix.lower())
    load_utf8(table, work, readable, delimiter, header_of(text, delimiter))
    if readable != path:
        readable.unlink()


def load_utf8(table: RawTable, work: Workplace, path: Path, delimiter: str, names: list[str], *,
              numbered: bool = False) -> None:
    """Read a UTF-8 file whose delimiter and columns are known; ``numbered``: its first column is the row's number."""
    if not names:
        raise ImportRefused(N_("{file} is empty: it has not even a header."), file=table.file)
    if len(names) > MAX_COLUMNS:
        raise ImportRefused(N_("{file} has {count} columns; at most {limit} are read."), file=table.file, count=len(names),
                            limit=MAX_COLUMNS)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in ["_row"] * numbered + names)
    base = base_name(table.name)
    read = (f"CREATE TABLE {base} AS SELECT * FROM read_csv($file, auto_detect=false, header=true, delim={literal(delimiter)}, "
            f"quote='\"', escape='\"', columns={{{columns}}}, store_rejects=true, buffer_size={_BUFFER_BYTES})")
    forget = "DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"
    try:
        work.con.execute(f"{forget}; {read.replace('$file', literal(path))}")
    except duckdb.InvalidInputException:
        # Line ends of several kinds in one file: written anew with one kind it can be read.
        copy = _with_plain_lines(table, work, path, delimiter)
        work.con.execute(f"{forget}; {read.replace('$file', literal(copy))}")
        copy.unlink()
    starts = _note_rejects(table, work, numbered=numbered)
    if numbered:
        number_by_column(work, table)
    else:
        show_as_raw(work, table, starts=starts)


def _with_plain_lines(table: RawTable, work: Workplace, path: Path, delimiter: str) -> Path:
    copy = work.folder / f"{path.name}.plain"
    try:
        with path.open(encoding="utf-8-sig", newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, delimiter=delimiter, lineterminator="\n").writerows(csv.reader(source, delimiter=delimiter))
    except (csv.Error, UnicodeError) as error:
        raise ImportRefused(N_("{file} cannot be read: its lines end in several ways, and {error}. Save it again as CSV, UTF-8."),
                            file=table.file, error=error) from error
    return copy


def _note_rejects(table: RawTable, work: Workplace, *, numbered: bool) -> str | None:
    """Keep what the reader refused, with the row's number in the file.

    Returns the table saying from which kept row on how many rows were refused before it; None when none was.
    """
    cases = " ".join(f"WHEN {literal(kind)} THEN {literal(reason)}" for kind, reason in _REASONS.items())
    row = "try_cast(split_part(min(csv_line), ',', 1) AS BIGINT)" if numbered else "line"
    work.con.execute(
        f"INSERT INTO rejects SELECT 0, ?, ?, {row}, NULL, NULL, left(min(csv_line), 300), "
        f"min(CASE CAST(error_type AS VARCHAR) {cases} ELSE error_message END) FROM reject_errors GROUP BY line",
        [f"raw.{table.name}", table.file])
    if not work.con.execute("SELECT count(*) FROM reject_errors").fetchone()[0]:
        return None
    starts = f"raw_base.{quoted(table.name + ' refused')}"
    # The k-th refused row (from 0) at line n moves every kept row from position n - k - 2 on.
    work.con.execute(
        f"CREATE TABLE {starts} AS SELECT start, max(nth) AS before FROM (SELECT line - row_number() OVER (ORDER BY line) - 1 "
        "AS start, row_number() OVER (ORDER BY line) AS nth FROM (SELECT DISTINCT line FROM reject_errors)) GROUP BY start")
    return starts
