"""Periods of targets as people write them: a year, quarter, month or day, of the calendar, of the firm's own year or of the Jalali year.

Jalali years are those from 1200 to 1599; no target lies in the Gregorian ones of these numbers.
"""
from __future__ import annotations

import re
from datetime import date, timedelta

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
    first, after = jalali_day(year, start), jalali_day(*divmod_month(year, start + months))
    if day is None:
        return Period(first, after - timedelta(days=1))
    one = first + timedelta(days=int(day) - 1)
    if not first <= one < after:
        raise InputError(WRONG, text=text[:60])
    return Period(one, one)


def divmod_month(year: int, month: int) -> tuple[int, int]:
    """Year and month (1-12) of a month counted on beyond the year's end."""
    return year + (month - 1) // 12, (month - 1) % 12 + 1


#: Years at which the pattern of Jalali leap years breaks (Birashk's arithmetic, as the civil calendar of 1178-1633 has it).
_BREAKS = (-61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635)


def jalali_day(year: int, month: int, day: int = 1) -> date:
    """The day of a Jalali date, years of :data:`JALALI`. The months have 31 days (six), 30 (five) and 29 or 30 (the last)."""
    return _new_year(year) + timedelta(days=(month - 1) * 31 - max(0, month - 7) + day - 1)


def _new_year(year: int) -> date:
    """The day of 1 Farvardin."""
    leaps, before = -14, _BREAKS[0]
    gregorian = year + 621
    for turn in _BREAKS[1:]:
        jump = turn - before
        if year < turn:
            break
        leaps += jump // 33 * 8 + jump % 33 // 4
        before = turn
    n = year - before
    leaps += n // 33 * 8 + (n % 33 + 3) // 4
    if jump % 33 == 4 and jump - n == 4:
        leaps += 1
    leaps_gregorian = gregorian // 4 - (gregorian // 100 + 1) * 3 // 4 - 150
    return date(gregorian, 3, 1) + timedelta(days=20 + leaps - leaps_gregorian - 1)


def jalali_of(day: date) -> tuple[int, int, int]:
    """Year, month (1-12) and day of a day in the Jalali calendar."""
    year = day.year - 621
    if day < _new_year(year):
        year -= 1
    n = (day - _new_year(year)).days
    return (year, n // 31 + 1, n % 31 + 1) if n < 186 else (year, (n - 186) // 30 + 7, (n - 186) % 30 + 1)


def jalali_months(period: Period) -> tuple[int, int] | None:
    """The first month, counted from year 0, and how many: of a period of whole Jalali months. None of any other."""
    (year, month, day), after = jalali_of(period.first), jalali_of(period.last + timedelta(days=1))
    if day != 1 or after[2] != 1:
        return None
    first = year * 12 + month - 1
    return first, after[0] * 12 + after[1] - 1 - first


def jalali_period(first: int, months: int) -> Period:
    """So many whole Jalali months from the one counted ``first`` (see :func:`jalali_months`)."""
    (year, month), (then, after) = divmod(first, 12), divmod(first + months, 12)
    return Period(jalali_day(year, month + 1), jalali_day(then, after + 1) - timedelta(days=1))
