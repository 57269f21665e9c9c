"""Periods of targets as people write them: a year, quarter, month or day, of the calendar, of the firm's own year or of the Jalali year.

Jalali years are those from 1200 to 1599; no target lies in the Gregorian ones of these numbers.
"""
from __future__ import annotations

import re
from datetime import date, timedelta

from crm_data.calendars import GREGORIAN, Calendar, from_jalali, to_jalali
from crm_data.calendars import JALALI as JALALI_MONTHS
from crm_data.cuts.periods import Period, day_from_text, month_end, shift_months
from crm_data.errors import N_, InputError

_WRITTEN = re.compile(r"(?P<fiscal>FY)?(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?", re.IGNORECASE)
JALALI = range(1200, 1600)
WRONG = N_("“{text}” is not a period. Write 2026, 2026-Q4, 2026-11, 2026-11-05, FY2026-Q1, 1405-08 (Jalali) or 2026-11-01..2026-11-30.")


def period_of(text: str, fiscal_start: int = 1) -> Period:
    """Read ``2026`` · ``2026-H1`` · ``2026-Q4`` · ``2026-11`` · ``2026-11-05`` · ``2026-11-01..2026-11-30`` · ``FY2026`` · ``FY2026-Q1`` · ``1405-08``.

    ``FY2026`` is the firm's year that begins in 2026, in month ``fiscal_start``; its quarters, halves and months count from there.
    """
    first, dots, last = text.strip().partition("..")
    if dots:
        return Period(day_from_text(first), day_from_text(last))
    found = _WRITTEN.fullmatch(first)
    if found is None:
        raise InputError(WRONG, text=text[:60])
    year, fiscal = int(found["year"]), bool(found["fiscal"])
    start, months = 1, 12
    if found["quarter"]:
        start, months = int(found["quarter"]) * 3 - 2, 3
    elif found["half"]:
        start, months = int(found["half"]) * 6 - 5, 6
    elif found["month"]:
        start, months = int(found["month"]), 1
    if not 1 <= start <= 12:
        raise InputError(WRONG, text=text[:60])
    if year in JALALI and not fiscal:
        return _jalali(year, start, months, found["day"], text)
    if found["day"]:
        day = day_from_text(first)
        return Period(day, day)
    try:
        begins = shift_months(date(year, fiscal_start if fiscal else 1, 1), start - 1)
        return Period(begins, month_end(shift_months(begins, months - 1)))
    except ValueError:
        raise InputError(WRONG, text=text[:60]) from None


def _jalali(year: int, start: int, months: int, day: str | None, text: str) -> Period:
    if day is None:
        return jalali_period(year * 12 + start - 1, months)
    try:
        one = from_jalali(year, start, int(day))
    except ValueError:
        raise InputError(WRONG, text=text[:60]) from None
    return Period(one, one)


def jalali_months(period: Period) -> tuple[int, int] | None:
    """The first month, counted from year 0, and how many: of a period of whole Jalali months. None of any other."""
    (year, month, day), after = to_jalali(period.first), to_jalali(period.last + timedelta(days=1))
    if day != 1 or after[2] != 1:
        return None
    first = year * 12 + month - 1
    return first, after[0] * 12 + after[1] - 1 - first


def months_of(first: date, last: date) -> Calendar:
    """The calendar the days of a target are set in: the Jalali one where they are whole months of it."""
    return JALALI_MONTHS if jalali_months(Period(first, last)) else GREGORIAN


def jalali_period(first: int, months: int) -> Period:
    """So many whole Jalali months from the one counted ``first`` (see :func:`jalali_months`)."""
    (year, month), (then, after) = divmod(first, 12), divmod(first + months, 12)
    return Period(from_jalali(year, month + 1, 1), from_jalali(then, after + 1, 1) - timedelta(days=1))
