"""Targets from a file: CSV or XLSX with the columns measure, from, to, dimension, member, value. All rows hold, or none."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from crm_data.analysis.target_rules import check_goal, check_value, clash
from crm_data.analysis.target_store import FIRM, Goal, Target
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import day_from_text
from crm_data.errors import N_, ImportRefused, InputError, MabatError

NEEDED = ("measure", "from", "to", "value")
MOST_ROWS = 20_000


def read_rows(path: str, catalog, warehouse, existing: Iterable[Target] = ()) -> list[tuple[Goal, float]]:
    """The goals and values of a file. Raises ImportRefused naming the first wrong row and why; nothing is written here."""
    rows = _xlsx(path) if Path(path).suffix.lower() == ".xlsx" else _csv(path)
    missing = [name for name in NEEDED if not rows or name not in rows[0]]
    if missing:
        raise ImportRefused(N_("The file needs the columns measure, from, to, dimension, member, value; it has no {missing}."), missing=", ".join(missing))
    known, found = list(existing), []
    for number, row in enumerate(rows, 2):
        try:
            goal, value = _row(row)
            check_goal(goal, catalog, warehouse, Scope.everything(), known)
            check_value(catalog.measure(goal.measure), value)
            for other, _ in found:
                if other == goal:
                    raise InputError(N_("The same target stands twice."))
                clash(goal, other)
        except MabatError as error:
            raise ImportRefused(N_("Row {row} of the file: {reason} Nothing was changed."), row=number, reason=str(error)) from error
        found.append((goal, value))
    return found


def _row(row: dict[str, object]) -> tuple[Goal, float]:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value).strip()

    def day(name: str) -> date:
        value = row.get(name)
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else day_from_text(text(name))
    try:
        value = float(text("value").replace(",", ""))
    except ValueError:
        raise InputError(N_("“{text}” is not a number."), text=text("value")[:40]) from None
    goal = Goal(text("measure"), day("from"), day("to"), text("dimension") or FIRM, text("member"))
    _ = goal.period
    return goal, value


def _limited(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    if len(rows) > MOST_ROWS:
        raise ImportRefused(N_("The file has more than {most} rows of targets."), most=MOST_ROWS)
    return rows


def _csv(path: str) -> list[dict[str, object]]:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused(N_("The file is not UTF-8 text. Save it as CSV UTF-8 or as XLSX.")) from None
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
    return _limited([{(k or "").strip().lower(): v for k, v in row.items() if not isinstance(v, list)} for row in reader])


def _xlsx(path: str) -> list[dict[str, object]]:
    from openpyxl import load_workbook
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        lines = [list(line) for line in book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2)]
    except Exception as error:  # noqa: BLE001 - a broken workbook fails in many ways; it is one sentence for people
        raise ImportRefused(N_("The file cannot be read as a workbook: {reason}"), reason=type(error).__name__) from error
    names = [str(name or "").strip().lower() for name in lines[0]] if lines else []
    return _limited([dict(zip(names, line, strict=False)) for line in lines[1:] if any(cell is not None for cell in line)])
