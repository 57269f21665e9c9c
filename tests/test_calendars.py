"""The Jalali calendar: 146,097 days (1800 to 2199) against an independent calendar, its SQL, its periods and comparisons by hand."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, literal_column, select, text

from crm_data.calendars import GREGORIAN, JALALI, from_jalali, jalali_leap, to_jalali
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period, bucket_start, buckets, day_from_text, in_calendar, next_bucket
from crm_data.errors import InputError
from crm_data.model import dialects

FIRST, DAYS = date(1800, 1, 1), 146_097
TODAY = date(2026, 11, 21)  # 30 Aban 1405
JALALI_GRAINS = ("jalali_month", "jalali_quarter", "jalali_year")


def all_days():
    return (FIRST + timedelta(days=n) for n in range(DAYS))


def test_every_day_of_400_years_agrees_with_persiantools():
    jdatetime = pytest.importorskip("persiantools.jdatetime")
    wrong = []
    for day in all_days():
        other, ours = jdatetime.JalaliDate(day), to_jalali(day)
        if ours != (other.year, other.month, other.day) or from_jalali(*ours) != day:
            wrong.append(day)
    assert wrong == []


def test_known_days():
    assert to_jalali(date(1979, 2, 11)) == (1357, 11, 22) and from_jalali(1405, 1, 1) == date(2026, 3, 21)
    assert to_jalali(TODAY) == (1405, 8, 30) and jalali_leap(1403) and not jalali_leap(1404)
    assert from_jalali(1403, 12, 30) == date(2025, 3, 20)
    with pytest.raises(ValueError):
        from_jalali(1404, 12, 30)
    assert GREGORIAN.parts(TODAY) == (2026, 11, 21) and JALALI.shift(date(2025, 3, 20), 12) == date(2026, 3, 20)


@pytest.mark.parametrize("grain", JALALI_GRAINS)
def test_the_database_puts_every_day_into_the_same_bucket(grain):
    engine = create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        day = literal_column("day")
        table = f"(SELECT CAST(range AS DATE) AS day FROM range(DATE '{FIRST}', DATE '{FIRST + timedelta(days=DAYS)}', INTERVAL 1 DAY))"
        rows = connection.execute(select(literal_column("day"), dialects.bucket(grain, day, 6), dialects.jalali_number(grain, day)).select_from(
            text(table)).order_by(literal_column("day"))).all()
    assert len(rows) == DAYS
    assert [r for r in rows if r[1] != bucket_start(r[0], grain, 6)][:3] == []
    # The number grows by one at each bucket's first day, and nowhere else.
    steps = [(b[0], b[2] - a[2]) for a, b in zip(rows, rows[1:], strict=False) if b[2] != a[2]]
    assert all(step == 1 and bucket_start(day, grain, 6) == day for day, step in steps)
    year, month, _ = to_jalali(FIRST)
    assert rows[0][2] == {"jalali_year": year, "jalali_quarter": year * 4 + (month - 1) // 3, "jalali_month": year * 12 + month - 1}[grain]


def test_buckets_follow_each_other_without_a_gap():
    for grain in JALALI_GRAINS:
        start = bucket_start(FIRST, grain, 6)
        while start < date(2199, 12, 1):
            after = next_bucket(start, grain)
            assert bucket_start(after, grain, 6) == after and bucket_start(after - timedelta(days=1), grain, 6) == start
            start = after


@pytest.mark.parametrize(("name", "first", "last"), [
    ("jalali_month_to_date", date(2026, 10, 23), TODAY), ("jalali_this_month", date(2026, 10, 23), TODAY),
    ("jalali_last_month", date(2026, 9, 23), date(2026, 10, 22)), ("jalali_quarter_to_date", date(2026, 9, 23), TODAY),
    ("jalali_this_quarter", date(2026, 9, 23), date(2026, 12, 21)), ("jalali_last_quarter", date(2026, 6, 22), date(2026, 9, 22)),
    ("jalali_year_to_date", date(2026, 3, 21), TODAY), ("jalali_this_year", date(2026, 3, 21), date(2027, 3, 20)),
    ("jalali_last_year", date(2025, 3, 21), date(2026, 3, 20)), ("jalali_last_12_months", date(2025, 11, 22), TODAY)])
def test_named_periods(name, first, last):
    period = Period.named(name, TODAY)
    assert (period.first, period.last, period.calendar) == (first, last, "jalali")
    assert Period.from_text(period.to_text(), TODAY) == period


def test_a_jalali_month_is_compared_with_the_same_jalali_month_last_year():
    aban = Period.named("jalali_this_month", TODAY)
    # Aban 1404 is 23 October to 21 November 2025; Mehr 1405 has 30 days as well.
    assert (aban.last_year().first, aban.last_year().last) == (date(2025, 10, 23), date(2025, 11, 21))
    assert (aban.previous().first, aban.previous().last) == (date(2026, 9, 23), date(2026, 10, 22))
    # Esfand of a leap year has 30 days, and the one after it 29: whole months stay whole.
    esfand = Period(from_jalali(1404, 12, 1), from_jalali(1404, 12, 29), calendar="jalali")
    assert esfand.whole_months() and esfand.last_year().last == date(2025, 3, 20) and esfand.last_year().days == 30
    # A running month is cut to the same days.
    running = Period.named("jalali_this_month", date(2026, 11, 1)).compared("last_year", date(2026, 11, 1))
    assert (running.first, running.last) == (date(2025, 10, 23), date(2025, 11, 1))
    year = Period.named("jalali_year_to_date", TODAY).compared("previous", TODAY)
    assert (year.first, year.last) == (date(2025, 3, 21), date(2025, 11, 21))


def test_the_calendar_of_picked_days_goes_along_in_a_link():
    picked = Period(date(2026, 10, 23), date(2026, 11, 21), calendar="jalali")
    assert picked.to_text() == "2026-10-23..2026-11-21@jalali" and Period.from_text(picked.to_text(), TODAY) == picked
    cut = Cut(("revenue",), period=picked, grain="jalali_month")
    assert Cut.from_link(cut.to_link(), TODAY) == cut
    assert picked.last_year() == Period(date(2025, 10, 23), date(2025, 11, 21), calendar="jalali")


@pytest.mark.parametrize(("written", "day"), [
    ("2026-11-21", TODAY), ("1405-08-30", TODAY), ("۱۴۰۵/۰۸/۳۰", TODAY), ("1405/8/30", TODAY), ("٢٠٢٦-١١-٢١", TODAY), (" 2026.11.21 ", TODAY)])
def test_days_are_typed_in_either_calendar(written, day):
    assert day_from_text(written) == day


@pytest.mark.parametrize("written", ["1404-12-30", "1405-13-01", "2026-02-29", "30-8-1405", "x", ""])
def test_days_that_do_not_exist_are_refused(written):
    with pytest.raises(InputError):
        day_from_text(written)


def test_the_grain_of_a_calendar():
    assert in_calendar("month", "jalali") == "jalali_month" and in_calendar("month", "gregorian") == "month" == in_calendar("month", "")
    assert in_calendar("week", "jalali") == "week" and in_calendar("last_30_days", "jalali") == "last_30_days"
    assert in_calendar("year_to_date", "jalali") == "jalali_year_to_date" and in_calendar("jalali_month", "jalali") == "jalali_month"


def test_a_period_has_its_jalali_buckets():
    months = buckets(Period.named("jalali_year_to_date", TODAY), "jalali_month", 6)
    assert len(months) == 8 and months[0] == date(2026, 3, 21) and months[-1] == date(2026, 10, 23)
