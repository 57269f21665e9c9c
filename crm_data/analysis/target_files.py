"""Targets from a file: CSV or XLSX with the columns measure, from, to, dimension, member, value. All rows hold, or none.

The columns stretch, direction and phasing may stand too.
"""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from crm_data.analysis.phasing import Phasing
from crm_data.analysis.target_bulk import problems
from crm_data.analysis.target_store import FIRM, Change, Goal, Target
from crm_data.cuts.access import Scope
from crm_data.cuts.periods import day_from_text
from crm_data.errors import N_, ImportRefused, InputError, MabatError

NEEDED = ("measure", "from", "to", "value")
FURTHER = ("stretch", "direction", "phasing")
MOST_ROWS = 20_000


def read_rows(path: str, catalog, warehouse, existing: Iterable[Target] = ()) -> list[Change]:
    """The targets of a file. Raises ImportRefused naming the first wrong row and why; nothing is written here.

    A file without one of the columns ``FURTHER`` leaves that of targets there are as it is.
    """
    rows = _xlsx(path) if Path(path).suffix.lower() == ".xlsx" else _csv(path)
    missing = [name for name in NEEDED if not rows or name not in rows[0]]
    if missing:
        raise ImportRefused(N_("The file needs the columns measure, from, to, dimension, member, value; it has no {missing}."), missing=", ".join(missing))
    known = list(existing)
    now = {target.goal: Change.of(target) for target in known}
    found: list[Change] = []
    unread: MabatError | None = None
    for row in rows:
        try:
            found.append(_row(row, now))
        except MabatError as error:
            unread = error
            break
    place, wrong = next(problems(found, known, catalog, warehouse, Scope.everything()), (len(found), unread))
    if wrong is not None:
        raise ImportRefused(N_("Row {row} of the file: {reason} Nothing was changed."), row=place + 2, reason=wrong) from wrong
    return found


def _row(row: dict[str, object], now: dict[Goal, Change]) -> Change:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value).strip()

    def day(name: str) -> date:
        value = row.get(name)
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else day_from_text(text(name))

    def number(name: str) -> float:
        try:
            return float(text(name).replace(",", ""))
        except ValueError:
            raise InputError(N_("“{text}” is not a number."), text=text(name)[:40]) from None
    goal = Goal(text("measure"), day("from"), day("to"), text("dimension") or FIRM, text("member"))
    _ = goal.period
    before = now.get(goal, Change(goal, None))
    return Change(goal, number("value"), (number("stretch") if text("stretch") else None) if "stretch" in row else before.stretch,
                  text("direction").lower() if "direction" in row else before.direction,
                  Phasing.read(text("phasing")) if "phasing" in row else before.phasing)


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
