"""Excel workbooks into ``raw``: looked at from outside first, then parsed in a child process with limits.

A small workbook can unpack to gigabytes, so the zip directory is checked before anything is unpacked, and the
parser has a limit of memory and time: it may fail, the import only says so.
"""
from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from crm_data.errors import N_, ImportRefused
from crm_data.sources.csv_files import load_utf8
from crm_data.sources.raw import RawTable, Workplace

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 1_000
MAX_CELLS = 20_000_000
MEMORY_BYTES = 768 * 1024 * 1024
SECONDS = 180


def check_workbook(path: Path) -> None:
    """Refuse a file that is not a workbook or would unpack to more than is reasonable. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ImportRefused(N_("{file} is damaged or not an Excel workbook. Open it in Excel, save it again as .xlsx and "
                               "import that."), file=path.name) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if len(entries) > MAX_ENTRIES:
        raise ImportRefused(N_("{file} has {count} parts inside; at most {limit} are read. Save its sheets as CSV files."),
                            file=path.name, count=len(entries), limit=MAX_ENTRIES)
    if unpacked > MAX_UNPACKED or (unpacked / packed > MAX_RATIO and unpacked > 10 * 1024 * 1024):
        raise ImportRefused(N_("{file} would unpack to {size} MB, {ratio} times its size; at most {limit} MB and {most} times "
                               "are read. Save its sheets as CSV files."), file=path.name, size=unpacked // (1024 * 1024),
                            ratio=round(unpacked / packed), limit=MAX_UNPACKED // (1024 * 1024), most=MAX_RATIO)
    if "[Content_Types].xml" not in {entry.filename for entry in entries}:
        raise ImportRefused(N_("{file} is damaged or not an Excel workbook. Open it in Excel, save it again as .xlsx and "
                               "import that."), file=path.name)


def workbook_tables(path: Path, folder: Path) -> list[RawTable]:
    """The raw tables of a workbook, one a sheet that has a header; empty sheets are left out."""
    check_workbook(path)
    target = folder / f"{path.name}.sheets"
    target.mkdir()
    return [RawTable(sheet["name"], f"{path.name}/{sheet['name']}", _loader(target / sheet["csv"], sheet["columns"]))
            for sheet in _parse(path, target)]


def _loader(csv_path: Path, columns: list[str]):
    def load(table: RawTable, work: Workplace) -> None:
        load_utf8(table, work, csv_path, ",", columns, numbered=True)
        csv_path.unlink()
    return load


def _parse(path: Path, target: Path) -> list[dict]:
    """Run the parser as a process of its own; the list of sheets it wrote."""
    # Absolute: the process runs in the program's own folder.
    command = [sys.executable, "-m", "crm_data.sources.workbook_child", str(path.absolute()), str(target.absolute()), str(MEMORY_BYTES), str(MAX_CELLS)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False,
                              cwd=Path(__file__).resolve().parents[2])
    except subprocess.TimeoutExpired as error:
        raise ImportRefused(N_("{file} took longer than {seconds} seconds to read. Save its sheets as CSV files."),
                            file=path.name, seconds=SECONDS) from error
    if done.returncode == 3:
        raise ImportRefused(N_("{file} has more than {limit} cells. Save its sheets as CSV files."), file=path.name, limit=MAX_CELLS)
    if done.returncode == 4:
        raise ImportRefused(N_("{file} needs more memory to read than is allowed ({limit} MB). Save its sheets as CSV files."),
                            file=path.name, limit=MEMORY_BYTES // (1024 * 1024))
    if done.returncode != 0:
        raise ImportRefused(N_("{file} is damaged or not an Excel workbook. Open it in Excel, save it again as .xlsx and "
                               "import that."), file=path.name)
    return json.loads((target / "sheets.json").read_text(encoding="utf-8"))
