"""Periods and what they are compared with, worked out by hand."""
from datetime import date as d

import pytest

from crm_data.cuts.periods import NAMED, Period, bucket_start, buckets, shift_months
from crm_data.errors import InputError

TODAY = d(2026, 11, 20)


@pytest.mark.parametrize(("period", "previous", "last_year"), [
    # a running month: the same days of the month before
    (Period(d(2026, 11, 1), d(2026, 11, 20)), (d(2026, 10, 1), d(2026, 10, 20)), (d(2025, 11, 1), d(2025, 11, 20))),
    # a whole month stays a whole month, however long
    (Period(d(2026, 3, 1), d(2026, 3, 31)), (d(2026, 2, 1), d(2026, 2, 28)), (d(2025, 3, 1), d(2025, 3, 31))),
    (Period(d(2025, 2, 1), d(2025, 2, 28)), (d(2025, 1, 1), d(2025, 1, 31)), (d(2024, 2, 1), d(2024, 2, 29))),
    # days the shorter month does not have are cut
    (Period(d(2026, 3, 1), d(2026, 3, 30)), (d(2026, 2, 1), d(2026, 2, 28)), (d(2025, 3, 1), d(2025, 3, 30))),
    # a whole quarter, a running quarter, a running year
    (Period(d(2026, 7, 1), d(2026, 9, 30)), (d(2026, 4, 1), d(2026, 6, 30)), (d(2025, 7, 1), d(2025, 9, 30))),
    (Period.named("quarter_to_date", TODAY), (d(2026, 7, 1), d(2026, 8, 20)), (d(2025, 10, 1), d(2025, 11, 20))),
    (Period.named("year_to_date", TODAY), (d(2025, 1, 1), d(2025, 11, 20)), (d(2025, 1, 1), d(2025, 11, 20))),
    # any other stretch: as many days just before it
    (Period(d(2026, 5, 10), d(2026, 5, 19)), (d(2026, 4, 30), d(2026, 5, 9)), (d(2025, 5, 10), d(2025, 5, 19))),
    # the leap day
    (Period(d(2024, 2, 10), d(2024, 2, 29)), (d(2024, 1, 21), d(2024, 2, 9)), (d(2023, 2, 10), d(2023, 2, 28))),
])
def test_comparison_periods(period, previous, last_year):
    assert (period.previous().first, period.previous().last) == previous
    assert (period.last_year().first, period.last_year().last) == last_year


def test_a_running_month_is_cut_to_what_has_happened_before_it_is_compared():
    running = Period.named("this_month", TODAY).clipped(TODAY)
    assert (running.first, running.last) == (d(2026, 11, 1), TODAY)
    assert running.previous().days == 20


def test_names_mean_days():
    assert Period.named("last_12_months", TODAY) == Period(d(2025, 11, 21), TODAY, "last_12_months")
    assert Period.named("last_month", TODAY).last == d(2026, 10, 31)
    assert Period.named("last_quarter", TODAY).first == d(2026, 7, 1)
    assert Period.named("last_12_months", d(2024, 2, 29)).first == d(2023, 3, 1)


@pytest.mark.parametrize("name", sorted(NAMED))
def test_text_round_trips(name):
    period = Period.named(name, TODAY)
    assert Period.from_text(period.to_text(), TODAY) == period
    plain = Period(period.first, period.last)
    assert Period.from_text(plain.to_text(), TODAY) == plain


def test_wrong_periods_say_what_is_wrong():
    with pytest.raises(InputError, match="ends on 2026-01-01, before it starts on 2026-02-01"):
        Period(d(2026, 2, 1), d(2026, 1, 1))
    with pytest.raises(InputError, match="no period “fortnight”"):
        Period.named("fortnight", TODAY)
    with pytest.raises(InputError, match="“2026-13-01” is not a day"):
        Period.from_text("2026-13-01..2026-12-31", TODAY)


def test_buckets_are_complete_and_weeks_start_where_the_firm_says():
    assert buckets(Period(d(2026, 1, 15), d(2026, 4, 2)), "month", 6) == (d(2026, 1, 1), d(2026, 2, 1), d(2026, 3, 1), d(2026, 4, 1))
    assert bucket_start(d(2026, 11, 20), "week", 6) == d(2026, 11, 15)  # Friday -> Sunday
    assert bucket_start(d(2026, 11, 20), "week", 0) == d(2026, 11, 16)  # Friday -> Monday
    assert bucket_start(d(2026, 11, 15), "week", 6) == d(2026, 11, 15)
    with pytest.raises(InputError, match="too many points"):
        buckets(Period(d(1900, 1, 1), d(2026, 1, 1)), "day", 6)


def test_months_shift_to_the_end_of_a_shorter_month():
    assert shift_months(d(2026, 1, 31), 1) == d(2026, 2, 28)
    assert shift_months(d(2026, 1, 31), -2) == d(2025, 11, 30)


@pytest.mark.parametrize(("period", "as_of", "before"), [
    # a running week: the same weekdays of the week before
    (Period(d(2026, 11, 15), d(2026, 11, 21)), TODAY, (d(2026, 11, 8), d(2026, 11, 13))),
    # a running half-year: the half before, to the same day
    (Period(d(2026, 7, 1), d(2026, 12, 31)), TODAY, (d(2026, 1, 1), d(2026, 5, 20))),
    (Period.named("this_quarter", TODAY), TODAY, (d(2026, 7, 1), d(2026, 8, 20))),
    (Period.named("this_month", TODAY), TODAY, (d(2026, 10, 1), d(2026, 10, 20))),
    # nothing is cut once it is over
    (Period(d(2026, 11, 8), d(2026, 11, 14)), TODAY, (d(2026, 11, 1), d(2026, 11, 7))),
])
def test_a_running_period_is_compared_with_the_same_part_of_the_one_before(period, as_of, before):
    compared = period.compared("previous", as_of)
    assert (compared.first, compared.last) == before


@pytest.mark.parametrize(("first", "last", "before"), [
    ("2026-06-01", "2026-06-30", ("2026-05-01", "2026-05-31")), ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
    ("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")), ("2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31")),
    ("2026-06-02", "2026-06-30", ("2026-05-04", "2026-06-01"))])
def test_a_finished_period_is_compared_with_the_whole_one_before(first, last, before) -> None:
    period = Period(d.fromisoformat(first), d.fromisoformat(last))
    compared = period.compared("previous", TODAY)
    assert (compared.first.isoformat(), compared.last.isoformat()) == before
