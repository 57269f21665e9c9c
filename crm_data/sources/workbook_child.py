"""The process that parses a workbook: a CSV file a sheet, with limits of memory and cells. Run by ``workbooks``."""
from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from pathlib import Path

TOO_MANY_CELLS, OUT_OF_MEMORY, DAMAGED = 3, 4, 5


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: the limit of cells and of time still hold there
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def text_of(value: object) -> str:
    """A cell as text: dates in ISO form, whole numbers without a decimal point, nothing for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def convert(source: Path, target: Path, max_cells: int) -> list[dict]:
    """Write each sheet that has a header as a CSV file; their names, files and columns."""
    import openpyxl

    from crm_data.sources.text_files import unique_names

    book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    sheets, cells = [], 0
    for number, sheet in enumerate(book.worksheets):
        if hasattr(sheet, "reset_dimensions"):
            # The size a file states may be wrong or made up.
            sheet.reset_dimensions()
        names: list[str] = []
        path = target / f"{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for row_number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells += len(row)
                if cells > max_cells:
                    raise SystemExit(TOO_MANY_CELLS)
                values = [text_of(value) for value in row]
                if not any(values):
                    continue
                if not names:
                    names = _header(values, unique_names)
                    writer.writerow(["_row", *names])
                    continue
                while len(values) > len(names) and not values[-1]:
                    values.pop()
                # A row with values beyond the header is written as it is: the reader rejects it by its number.
                values += [""] * (len(names) - len(values))
                writer.writerow([row_number, *values])
        if names:
            sheets.append({"name": sheet.title, "csv": path.name, "columns": names})
    return sheets


def _header(values: list[str], unique_names) -> list[str]:
    while values and not values[-1]:
        values.pop()
    return unique_names(values)


def main() -> None:
    """Entry: source, target folder, memory limit in bytes, limit of cells."""
    source, target, memory, cells = sys.argv[1:]
    _limit_memory(int(memory))
    try:
        sheets = convert(Path(source), Path(target), int(cells))
    except MemoryError:
        raise SystemExit(OUT_OF_MEMORY) from None
    except Exception as error:
        # Whatever a broken file does to the parser, the parent says that it is broken.
        print(type(error).__name__, error, file=sys.stderr)
        raise SystemExit(DAMAGED) from None
    (Path(target) / "sheets.json").write_text(json.dumps(sheets, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
