"""The kinds of period a target is set for, as a person chooses them: the one a day lies in, and those around it."""
from __future__ import annotations

from datetime import date, timedelta

from crm_data.analysis.target_periods import jalali_months, jalali_period
from crm_data.calendars import to_jalali
from crm_data.cuts.periods import Period, month_end, shift_months

#: Months of a kind that is made of months; the firm's own year and the Jalali year have the same parts.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FISCAL, JALALI = "fiscal_", "jalali_"
KINDS = ("day", "week", *MONTHS, "fiscal_quarter", "fiscal_half", "fiscal_year", *(JALALI + name for name in MONTHS))


def holding(kind: str, day: date, fiscal_start: int = 1, week_start: int = 6) -> Period:
    """The period of a kind that ``day`` lies in. ``fiscal_start``: the first month of the firm's year; ``week_start``: 0 Monday ... 6 Sunday."""
    if kind == "day":
        return Period(day, day)
    if kind == "week":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return Period(first, first + timedelta(days=6))
    months = MONTHS[kind.removeprefix(FISCAL).removeprefix(JALALI)]
    if kind.startswith(JALALI):
        year, month, _ = to_jalali(day)
        return jalali_period(year * 12 + (month - 1) // months * months, months)
    start = fiscal_start if kind.startswith(FISCAL) else 1
    first = shift_months(day.replace(day=1), -((day.month - start) % 12 % months))
    return Period(first, month_end(shift_months(first, months - 1)))


def around(kind: str, day: date, before: int, after: int, fiscal_start: int = 1, week_start: int = 6) -> list[Period]:
    """The period ``day`` lies in, with so many before and after it, oldest first."""
    found = [holding(kind, day, fiscal_start, week_start)]
    for _ in range(before):
        found.insert(0, holding(kind, found[0].first - timedelta(days=1), fiscal_start, week_start))
    for _ in range(after):
        found.append(holding(kind, found[-1].last + timedelta(days=1), fiscal_start, week_start))
    return found


def kinds_for(fiscal_start: int) -> tuple[str, ...]:
    """The kinds that differ from one another: a firm whose year is the calendar's has no other."""
    return tuple(kind for kind in KINDS if not kind.startswith(FISCAL) or (fiscal_start - 1) % MONTHS[kind.removeprefix(FISCAL)])


def jalali_kind(period: Period) -> str:
    """"month", "quarter", "half" or "year" where the period is one of the Jalali calendar; empty else."""
    found = jalali_months(period)
    return next((name for name, n in MONTHS.items() if found and found[1] == n and not found[0] % n), "")


def is_fiscal_year(period: Period, fiscal_start: int) -> bool:
    """Whether the period is the firm's own year, and not the calendar's."""
    return fiscal_start != 1 and period == holding("fiscal_year", period.first, fiscal_start)
