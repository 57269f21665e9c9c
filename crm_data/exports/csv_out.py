"""A table as CSV: UTF-8 with a byte-order mark (so that a spreadsheet reads Hebrew and Persian), no cell that runs as a formula, row by row."""
from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from crm_data.errors import N_, InputError
from crm_data.exports.cells import Told, count_of, exact, in_unit, rows_of, written
from crm_data.exports.document import Document, Part
from crm_data.exports.job import Tell, silent
from crm_data.exports.wording import formats_of
from crm_data.output.tables import guarded

BOM = b"\xef\xbb\xbf"
STEP = 1000


class SeveralTables(InputError):
    """A CSV holds one table."""

    def __init__(self, count: int) -> None:
        super().__init__(N_("A CSV file holds one table, and here are {count}. Take XLSX, which has a sheet for each."), count=count)


def write_csv(document: Document, target: BinaryIO, tell: Tell = silent) -> None:
    """The one table of ``document``: its head, every row, and its total last. Raises SeveralTables, or InputError when there is none."""
    parts = [p for p in document.parts if p.sheet is not None]
    if len(parts) > 1:
        raise SeveralTables(len(parts))
    if not parts:
        raise InputError(N_("There is no table here to put into a CSV file."))
    _write(in_unit(parts[0], formats_of(document)), target, tell)


def _write(part: Part, target: BinaryIO, tell: Tell) -> None:
    columns, total = written(part), count_of(part)
    out = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    target.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(c.head) for c in columns])
    tell(0, total)
    for done, row in enumerate(rows_of(part), start=1):
        writer.writerow([cell(row.get(c.name)) for c in columns])
        if not done % STEP:
            tell(done, total)
    if part.sheet is not None and part.sheet.total is not None:
        writer.writerow([cell(part.sheet.total.get(c.name)) for c in columns])
    out.flush()
    out.detach()  # the file stays the caller's to close
    tell(total, total)


def to_csv(document: Document, tell: Tell = silent) -> bytes:
    """``write_csv`` in memory."""
    out = io.BytesIO()
    write_csv(document, out, tell)
    return out.getvalue()


def cell(value: object) -> object:
    """A value as CSV holds it: plain numbers, ISO days, guarded text, nothing for what is not known."""
    value = exact(value.number if isinstance(value, Told) else value)
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, float):
        return f"{value:.15g}"
    return value
