"""A table as plain values: columns that know their kind, rows of numbers and texts; and the same table as CSV and XLSX.

Files carry full numbers, never shortened ones. A text that a spreadsheet would run as a formula is guarded in CSV and
written as text in XLSX.
"""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from crm_data.output.formats import Formats, plain

Kind = Literal["text", "money", "count", "number", "share", "part", "change", "points", "difference", "days", "hours", "minutes", "years", "score", "tenth",
               "date", "trend", "link", "rank", "move", "class"]
#: Kinds kept out of files: a line drawn is not a number.
DRAWN = frozenset({"trend"})
_XLSX = {"money": "#,##0.00", "count": "#,##0", "rank": "0", "move": "0", "number": "#,##0.00", "share": "0.0%", "part": "0.0%", "change": "0.0%",
         "points": '0.0" pts"', "difference": "0.00", "days": "#,##0.0", "hours": "#,##0.0", "minutes": "#,##0.0", "years": "0.0", "score": "0.00", "tenth": "0.0", "date": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Column:
    """``name`` is the key in rows; ``better`` colours a change; ``width`` in pixels (None: what is left); ``bar`` draws a
    share or value as a bar; ``link_to`` names the column that holds a link's address; ``wide_only`` is left out on a phone."""

    name: str
    head: str
    kind: Kind = "text"
    better: str = "none"
    width: int | None = None
    bar: bool = False
    link_to: str = ""
    quiet: bool = False
    help: str = ""
    wide_only: bool = False


@dataclass(frozen=True)
class Sheet:
    """Rows under columns. Amounts are as the data keeps them: who draws or writes the sheet tells them in the reader's unit. ``total`` is one more row, last, asked of the database, never summed here. A row's ``_quiet`` (True, or names
    of columns) is what is drawn grey."""

    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    total: Mapping[str, Any] | None = None

    @property
    def all_rows(self) -> tuple[Mapping[str, Any], ...]:
        return self.rows if self.total is None else (*self.rows, self.total)


def head_of(column: Column, formats: Formats) -> str:
    """What stands over a column. Amounts told in another unit than they are kept in always have its sign there."""
    unsaid = formats.toman and column.kind == "money" and formats.symbol not in column.head
    return f"{column.head} {formats.symbol}".strip() if unsaid else column.head


def cell_text(column: Column, value: object, formats: Formats) -> str:
    """A cell as people read it on the screen, in full."""
    if value is None or (isinstance(value, float) and value != value):
        return "" if column.kind in ("text", "date", "link", "class") else "–"
    if column.kind == "difference":
        return (("↑ " if round(float(value), 2) > 0 else "↓ " if round(float(value), 2) < 0 else "") + formats.number(abs(float(value))))  # type: ignore[arg-type]
    if column.kind in ("change", "points"):
        arrow = "↑ " if round(float(value), 3) > 0 else "↓ " if round(float(value), 3) < 0 else ""  # type: ignore[arg-type]
        return arrow + (formats.points(abs(float(value))) if column.kind == "points" else formats.change(abs(float(value))))  # type: ignore[arg-type]
    if column.kind == "date":
        return formats.day_figures(value) if isinstance(value, date) else str(value)
    if column.kind == "part":
        return formats.part(value)
    if column.kind == "tenth":
        return formats.number(value, 1)
    if column.kind in ("money", "count", "number", "share", "days", "hours", "minutes", "years", "score"):
        return formats.value(value, column.kind, full=True)
    return formats.figures(value) if isinstance(value, int) and not isinstance(value, bool) else plain(value)


def tone(column: Column, value: object) -> str:
    """Good, bad or none, for a change or move in a column that has a direction."""
    if column.kind not in ("change", "points", "difference", "move") or column.better not in ("up", "down") or not isinstance(value, int | float) or value != value:
        return "none"
    if round(value, 3) == 0:
        return "none"
    return "good" if (value > 0) == (column.better == "up") else "bad"


def to_csv(sheet: Sheet, notes: Sequence[str] = ()) -> bytes:
    """For commands: amounts as the data keeps them. UTF-8 with a byte-order mark (so that a spreadsheet reads Hebrew and Persian), formula-safe in text cells.

    ``notes`` (what the figures are) are not written into the data: CSV is for machines too.
    """
    columns = [c for c in sheet.columns if c.kind not in DRAWN]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(c.head) for c in columns])
    for row in sheet.all_rows:
        writer.writerow([_csv_cell(row.get(c.name)) for c in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def guarded(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _csv_cell(value: object) -> object:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return guarded(plain(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.15g}"
    return value


def to_xlsx(sheet: Sheet, title: str, notes: Sequence[str] = (), rtl: bool = False) -> bytes:
    """A workbook: the table, and ``notes`` (definition, filters, coverage) on a second sheet."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(sheet_name(title))
        if rtl:
            page.right_to_left()
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _XLSX.items()}
        strong = {kind: book.add_format({"num_format": pattern, "bold": True, "top": 1}) for kind, pattern in _XLSX.items()}
        strong_text = book.add_format({"bold": True, "top": 1})
        columns = [c for c in sheet.columns if c.kind not in DRAWN]
        for at, column in enumerate(columns):
            page.write_string(0, at, plain(column.head), head)
            widest = max([len(str(r.get(column.name, "") or "")) for r in sheet.all_rows[:200]] or [8])
            page.set_column(at, at, min(max(len(column.head) + 2, widest + 2, 9), 46))
        for line, row in enumerate(sheet.all_rows, start=1):
            last = sheet.total is not None and line == len(sheet.all_rows)
            for at, column in enumerate(columns):
                form = (strong.get(column.kind, strong_text) if last else formats.get(column.kind))
                _xlsx_cell(page, line, at, row.get(column.name), form, 100 if column.kind == "points" else 1)
        page.freeze_panes(1, 1)
        if sheet.rows and columns:
            page.autofilter(0, 0, len(sheet.rows), len(columns) - 1)
        if notes:
            about = book.add_worksheet(sheet_name("About"))
            if rtl:
                about.right_to_left()
            about.set_column(0, 0, 110)
            for line, note in enumerate(notes):
                about.write_string(line, 0, plain(note))
    return out.getvalue()


def _xlsx_cell(page: Any, line: int, at: int, value: object, form: object, times: float = 1) -> None:
    if value is None or (isinstance(value, float) and value != value):
        page.write_blank(line, at, None, form)
    elif isinstance(value, bool):
        page.write_boolean(line, at, value, form)
    elif isinstance(value, int | float | Decimal):
        page.write_number(line, at, float(value) * times, form)
    elif isinstance(value, datetime | date):
        page.write_datetime(line, at, value, form)
    else:
        page.write_string(line, at, plain(value), form)


def sheet_name(title: str) -> str:
    """A name a workbook takes: 31 letters, without the seven signs it refuses."""
    return re.sub(r"[\[\]:*?/\\']", " ", plain(title)).strip()[:31].strip() or "Table"


def file_name(title: str, day: date, ending: str) -> str:
    """A plain file name: revenue-by-branch-2026-11-20.csv."""
    stem = re.sub(r"[^\w]+", "-", plain(title).lower()).strip("-_")[:60] or "table"
    return f"{stem}-{day.isoformat()}.{ending}"
