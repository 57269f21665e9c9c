"""Periods of targets as written: calendar, the firm's own year, Jalali."""
from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_data.analysis.target_periods import JALALI, period_of
from crm_data.calendars import from_jalali
from crm_data.errors import InputError


@pytest.mark.parametrize(("text", "start", "first", "last"), [
    ("2026", 1, date(2026, 1, 1), date(2026, 12, 31)), ("2026-H2", 1, date(2026, 7, 1), date(2026, 12, 31)), ("2026-q4", 1, date(2026, 10, 1), date(2026, 12, 31)),
    ("2028-02", 1, date(2028, 2, 1), date(2028, 2, 29)), ("2026-11-05", 1, date(2026, 11, 5), date(2026, 11, 5)),
    ("2026-11-01..2026-11-30", 1, date(2026, 11, 1), date(2026, 11, 30)),
    ("FY2026", 4, date(2026, 4, 1), date(2027, 3, 31)), ("FY2026-Q4", 4, date(2027, 1, 1), date(2027, 3, 31)), ("fy2026-02", 4, date(2026, 5, 1), date(2026, 5, 31)),
    ("FY2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
    # By the published calendars: Nowruz 1405 is 21 March 2026; Aban begins on 23 October; 1403 is a leap year.
    ("1405", 1, date(2026, 3, 21), date(2027, 3, 20)), ("1405-08", 1, date(2026, 10, 23), date(2026, 11, 21)), ("1405-Q2", 1, date(2026, 6, 22), date(2026, 9, 22)),
    ("1403-12", 1, date(2025, 2, 19), date(2025, 3, 20)), ("1403-12-30", 1, date(2025, 3, 20), date(2025, 3, 20)),
])
def test_periods_as_written(text, start, first, last):
    found = period_of(text, start)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "2026-00", "2026-02-30", "1405-12-30", "1405-08-00", "FY26", "2026-11-30..2026-11-01", "0000", "next year", "2026-11-05-06"])
def test_what_is_no_period_gets_a_sentence(text):
    with pytest.raises(InputError):
        period_of(text)


def test_nowruz_of_known_years():
    known = {1358: (1979, 21), 1375: (1996, 20), 1399: (2020, 20), 1400: (2021, 21), 1403: (2024, 20), 1404: (2025, 21), 1408: (2029, 20)}
    for year, (gregorian, day) in known.items():
        assert from_jalali(year, 1, 1) == date(gregorian, 3, day)


def test_jalali_months_follow_one_another():
    """Six months of 31 days, five of 30, one of 29 or 30; each year begins where the one before ended."""
    for year in JALALI:
        starts = [from_jalali(year, month, 1) for month in range(1, 13)] + [from_jalali(year + 1, 1, 1)]
        lengths = [(b - a) // timedelta(days=1) for a, b in zip(starts, starts[1:], strict=False)]
        assert lengths[:11] == [31] * 6 + [30] * 5 and lengths[11] in (29, 30)
