"""Kinds of period a target is chosen by, and Jalali years in a sheet: columns, copying, splitting, past periods."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.target_course import past_periods
from crm_data.analysis.target_grid import Grid, a_year_before, copied, months_within, pieces
from crm_data.analysis.target_kinds import around, holding, is_fiscal_year, jalali_kind, kinds_for
from crm_data.analysis.target_periods import JALALI, jalali_months, period_of
from crm_data.analysis.target_store import Goal
from crm_data.calendars import from_jalali, to_jalali
from crm_data.cuts.periods import Period
from crm_data.errors import InputError

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(("kind", "first", "last"), [
    ("day", DAY, DAY), ("week", date(2026, 11, 15), DAY), ("month", date(2026, 11, 1), date(2026, 11, 30)), ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    ("half", date(2026, 7, 1), date(2026, 12, 31)), ("year", date(2026, 1, 1), date(2026, 12, 31)),
    # The firm's year begins in May.
    ("fiscal_quarter", date(2026, 11, 1), date(2027, 1, 31)), ("fiscal_half", date(2026, 11, 1), date(2027, 4, 30)), ("fiscal_year", date(2026, 5, 1), date(2027, 4, 30)),
    # 21 November 2026 is 30 Aban 1405, the last day of its month.
    ("jalali_month", date(2026, 10, 23), DAY), ("jalali_quarter", date(2026, 9, 23), date(2026, 12, 21)), ("jalali_half", date(2026, 9, 23), date(2027, 3, 20)),
    ("jalali_year", date(2026, 3, 21), date(2027, 3, 20))])
def test_the_period_a_day_lies_in(kind, first, last):
    assert holding(kind, DAY, 5, 6) == Period(first, last)


def test_a_week_begins_when_the_firm_says():
    assert holding("week", DAY, week_start=0) == Period(date(2026, 11, 16), date(2026, 11, 22))
    assert holding("week", DAY, week_start=5) == Period(DAY, date(2026, 11, 27))


def test_periods_around_follow_one_another():
    for kind in kinds_for(5):
        found = around(kind, DAY, 3, 4, 5)
        assert len(found) == 8 and found[3] == holding(kind, DAY, 5)
        assert all((b.first - a.last).days == 1 for a, b in zip(found, found[1:], strict=False))


def test_only_kinds_that_differ_are_offered():
    assert not [k for k in kinds_for(1) if k.startswith("fiscal")]
    assert [k for k in kinds_for(4) if k.startswith("fiscal")] == ["fiscal_half", "fiscal_year"]
    assert is_fiscal_year(period_of("FY2026", 4), 4) and not is_fiscal_year(period_of("2026"), 4) and not is_fiscal_year(period_of("2026"), 1)


def test_days_of_the_jalali_calendar_there_and_back():
    for year in (JALALI[0], 1370, 1403, 1404, 1405, JALALI[-2]):
        for month, day in ((1, 1), (6, 31), (7, 1), (12, 29)):
            assert to_jalali(from_jalali(year, month, day)) == (year, month, day)
    assert to_jalali(date(2025, 3, 20)) == (1403, 12, 30)


def test_a_jalali_year_has_jalali_months():
    year = Goal("revenue", date(2026, 3, 21), date(2027, 3, 20), "branch", "Tehran")
    months = months_within(year, "month")
    assert len(months) == 12 and (months[7].first, months[7].last) == (date(2026, 10, 23), DAY)
    assert [jalali_kind(p) for p in (year.period, *pieces(year.period, "half"), *pieces(year.period, "quarter"))] == ["year", *["half"] * 2, *["quarter"] * 4]
    # Months across the turn of a quarter are whole months, and no quarter.
    assert jalali_months(Period(date(2026, 10, 23), date(2027, 1, 20))) == (1405 * 12 + 7, 3) and not jalali_kind(Period(date(2026, 10, 23), date(2027, 1, 20)))
    with pytest.raises(InputError):
        months_within(Goal("revenue", date(2026, 3, 22), date(2027, 3, 20)), "month")


def test_a_jalali_year_is_copied_month_by_month():
    """1403 has 366 days and 1404 has 365: the last month of the one goes to the last month of the other."""
    before, after = period_of("1403"), period_of("1404")
    known = Grid("revenue", "", ("",), pieces(before, "month")).with_value("", pieces(before, "month")[11], 1000.0)
    found = copied(Grid("revenue", "", ("",), pieces(after, "month")), before, after, 5, known=known)
    assert found.values == {Goal("revenue", date(2026, 2, 20), date(2026, 3, 20)): 1050.0}
    last = a_year_before(Goal("revenue", date(2026, 2, 20), date(2026, 3, 20)))
    assert (last.first, last.last) == (date(2025, 2, 19), date(2025, 3, 20))


def test_a_jalali_month_learns_from_jalali_months():
    found = past_periods(date(2026, 10, 23), DAY)
    assert found[0] == (date(2026, 9, 23), date(2026, 10, 22)) and found[11] == (date(2025, 10, 23), date(2025, 11, 21))
    # Two years of months: Aban 1403 began on 22 October, since 1403 was a leap year.
    assert all(jalali_kind(Period(*pair)) == "month" for pair in found) and (len(found), found[-1][0]) == (24, date(2024, 10, 22))
    assert past_periods(date(2026, 10, 22), DAY) == []
