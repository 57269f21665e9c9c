"""What the tests of imports share: small sources and mappings made on the spot, settings kept apart, the shared data."""
from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from crm_data.model.snapshots import open_store
from crm_data.settings import Settings, load_settings
from crm_data.sources.importer import import_source
from crm_data.sources.report import Report

CUSTOMERS = {
    "customers.csv": "id,name,city,born\nC1,Maya Cohen,Haifa,1990-02-03\nC2,Firm Ltd,Berlin,\nC3,Dan Levi,Haifa,1985-11-30\n",
}
CUSTOMER_SQL = """SELECT id AS source_id, id AS number, name, 'person' AS party, 'customer' AS relation, city, born AS birth_date
FROM raw.customers"""


def shared_data(name: str) -> Path:
    """A folder of the data beside the repository (MABAT_TEST_DATA says another place); the test is skipped without it."""
    root = Path(os.environ.get("MABAT_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not (root / name).exists():
        pytest.skip(f"no test data: {root / name} is not there; set MABAT_TEST_DATA to the folder that holds {name}")
    return root / name


def settings_in(folder: Path, **more: str) -> Settings:
    """Settings whose home, and so every database, is inside ``folder``."""
    return load_settings({"MABAT_HOME": str(folder / "home"), "MABAT_TIMEZONE": "UTC", "MABAT_CURRENCY": "ILS",
                          **{f"MABAT_{name.upper()}": value for name, value in more.items()}})


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write text files into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class Firm:
    """A source folder, a mapping folder and a home to import into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = settings_in(folder)
        self.source = folder / "source"
        self.mapping = folder / "firm"

    def files(self, **files: str) -> Firm:
        """Write source files: ``customers="id,name\\n..."`` becomes customers.csv."""
        write_files(self.source, {f"{name}.csv": text for name, text in files.items()})
        return self

    def sql(self, **selects: str) -> Firm:
        """Write the mapping: ``customer="SELECT ..."``; ``toml`` is its mapping.toml."""
        write_files(self.mapping, {"mapping.toml" if name == "toml" else f"{name}.sql": text for name, text in selects.items()})
        return self

    def bring(self, *, dry_run: bool = False, source: str | Path | None = None) -> Report:
        """Import the source."""
        return import_source(str(source or self.source), self.mapping, self.settings, dry_run=dry_run)

    def rows(self, sql: str) -> list[tuple]:
        """Ask the published snapshot's file with plain SQL."""
        return rows_of(self.settings, sql)


def rows_of(settings: Settings, sql: str) -> list[tuple]:
    """Ask the published snapshot's file with plain SQL, past the cuts."""
    name = open_store(settings.warehouse).published().name
    path = Path(settings.warehouse.removeprefix("duckdb:///")) / f"{name}.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def figures(report: Report, table: str) -> tuple[int, int, int, int, int]:
    """(read, new, changed, unchanged, rejected) of a table in a report."""
    found = next(item for item in report.tables if item.table == table)
    return found.read, found.new, found.changed, found.unchanged, found.rejected


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its content: to see that nothing changed."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
