"""Working days, worked out by hand on printed calendars."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.pace import band, landing_errors, pace
from crm_data.analysis.working_days import (
    MON_FRI,
    Places,
    SharedCalendar,
    WorkCalendar,
    country_code,
    together,
    weekend_of,
)

ISRAEL, IRAN, GERMANY = (weekend_of(c) for c in ("Israel", "Iran", "Germany"))


def test_weekends_by_country_however_it_is_written():
    assert weekend_of("Israel") == weekend_of("IL") == weekend_of("ישראל") == frozenset({4, 5})
    assert weekend_of("Iran") == weekend_of("ir") == weekend_of("ایران") == frozenset({3, 4})
    assert weekend_of("Germany") == weekend_of("UK") == weekend_of("United Kingdom") == MON_FRI
    assert country_code("UK") == "GB" and country_code("Atlantis") is None
    assert weekend_of(None, "Asia/Jerusalem") == frozenset({4, 5})
    assert weekend_of(None) == MON_FRI


def test_november_2026_by_hand():
    # November 2026 begins on a Sunday and has five Sundays and five Mondays.
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert WorkCalendar(ISRAEL).worked(first, last) == 22      # Sun 5, Mon 5, Tue 4, Wed 4, Thu 4
    assert WorkCalendar(IRAN).worked(first, last) == 22        # Sat 4, Sun 5, Mon 5, Tue 4, Wed 4
    assert WorkCalendar(GERMANY).worked(first, last) == 21     # Mon 5, Tue 4, Wed 4, Thu 4, Fri 4
    assert WorkCalendar(ISRAEL).worked(first, date(2026, 11, 20)) == 15
    assert WorkCalendar(GERMANY).worked(last, first) == 0


def test_exceptions_win_over_the_weekend():
    calendar = WorkCalendar(GERMANY, {date(2026, 12, 25): False, date(2026, 12, 19): True})
    assert calendar.weight(date(2026, 12, 25)) == 0 and calendar.weight(date(2026, 12, 19)) == 1
    assert calendar.worked(date(2026, 12, 1), date(2026, 12, 31)) == 23      # 23 weekdays - Christmas + one Saturday


def test_a_month_of_holidays_pace_by_hand():
    """Tel Aviv, September 2026: Rosh Hashana (12-13), Yom Kippur eve and day (20-21), Sukkot (25 eve Friday, 26-27).

    Sundays to Thursdays of the month: Tue 1, Wed 2, Thu 3, 6-10, 13-17, 20-24, 27-30 = 3 + 5 + 5 + 5 + 4 = 22.
    Not worked: Sun 13 (Rosh Hashana; 12 is a Saturday), Sun 20, Mon 21, Sun 27 -> 18 working days.
    By the end of Tue 15: 1, 2, 3, 6-10, 14, 15 = 10 working days -> pace 10/18.
    Target 180,000: should be 100,000. Sold 90,000: 10,000 behind, 50 % reached, 8 days left, 11,250 a day needed,
    landing 90,000 x 18/10 = 162,000 = 90 %.
    """
    off = {date(2026, 9, d): False for d in (12, 13, 20, 21, 26, 27)}
    found = pace(90_000, 180_000, date(2026, 9, 1), date(2026, 9, 30), date(2026, 9, 15), WorkCalendar(ISRAEL, off))
    assert (found.days, found.days_done, found.days_left) == (18, 10, 8)
    assert found.attained == 0.5 and found.share == pytest.approx(10 / 18)
    assert found.expected == pytest.approx(100_000) and found.ahead == pytest.approx(-10_000)
    assert found.gap == 90_000 and found.needed_per_day == 11_250 and found.per_day == 9_000
    assert found.landing == pytest.approx(162_000) and found.landing_share == pytest.approx(0.9)
    assert found.good is False and not found.closed and found.points_ahead == pytest.approx(0.5 - 10 / 18)


def test_a_limit_is_good_below_its_pace():
    month = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 15), WorkCalendar(GERMANY)    # 10 of 21 days
    assert pace(9, 21, *month, better="down").good is True
    over = pace(11, 21, *month, better="down")
    assert over.good is False and over.needed_per_day is None and over.landing == pytest.approx(23.1)


def test_ratios_and_balances_have_no_pace_and_say_so():
    month = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 15), WorkCalendar(GERMANY)
    margin = pace(0.33, 0.34, *month, kind="formula", adds_up=False)
    assert margin.share is None and margin.landing is None and margin.good is False and "ratio" in margin.why
    owed = pace(800, 1000, *month, kind="balance", adds_up=False, better="down")
    assert owed.good is True and owed.attained == 0.8 and "balance" in owed.why
    profit = pace(500, 1000, *month, kind="formula", adds_up=True)
    assert profit.share == pytest.approx(10 / 21) and profit.landing == pytest.approx(1050)      # profit does add up over days
    many = pace(500, 400, *month, kind="flow", adds_up=False)
    assert many.good is True and many.landing is None and "does not add up" in many.why


def test_before_after_and_nothing_known():
    first, last, calendar = date(2026, 11, 1), date(2026, 11, 30), WorkCalendar(GERMANY)
    before = pace(None, 100, first, last, date(2026, 10, 31), calendar)
    assert before.share == 0 and before.good is None and before.landing is None and before.why
    after = pace(90, 100, first, last, date(2026, 12, 5), calendar)
    assert after.closed and after.landing == 90 and after.days_left == 0 and after.needed_per_day is None and after.good is False
    sunday = pace(0, 100, first, last, first, calendar)                   # 1 November is a Sunday: no working day yet
    assert sunday.good is None and sunday.landing is None and sunday.why


def test_places_tree_calendars_and_scopes():
    berlin, haifa = WorkCalendar(GERMANY), WorkCalendar(ISRAEL)
    firm = Places({1: "Group", 2: "Berlin", 3: "Haifa"}, {1: None, 2: 1, 3: 1}, {1: None, 2: "Europe", 3: "North"},
                  {1: haifa, 2: berlin, 3: haifa}, {"Anna": 2, "Nobody": None}, {"Key accounts": frozenset({2, 3})}, {"Anna": 7})
    assert firm.under("Group") == {1, 2, 3} and firm.is_group("Group") and not firm.is_group("Haifa")
    assert firm.working("owner", "Anna") == berlin and firm.working("branch_region", "North") == haifa
    whole = firm.working("", None)
    assert isinstance(whole, SharedCalendar)                              # the group itself sells nothing: two leaves
    assert whole.weight(date(2026, 11, 15)) == 0.5                         # a Sunday: Haifa works, Berlin does not
    assert whole.worked(date(2026, 11, 1), date(2026, 11, 30)) == 21.5
    assert together([berlin, berlin]) == berlin
    mostly_berlin = together([berlin, haifa], [3, 1])
    assert mostly_berlin.weight(date(2026, 11, 15)) == 0.25               # three quarters of the target rest that Sunday


def test_band_needs_nine_past_periods_and_covers_by_order_statistics():
    assert band(100, [1.0] * 8) is None and band(None, [1.0] * 20) is None
    assert band(100, [0.9, 0.95, 0.97, 1, 1, 1, 1.02, 1.05, 1.3]) == (90, 130)
    calendar = WorkCalendar(frozenset())                                   # every day worked
    daily = {date(2026, 1, d): 10.0 for d in range(1, 11)} | {date(2026, 1, d): 20.0 for d in range(11, 32)}
    assert landing_errors(daily, [(date(2026, 1, 1), date(2026, 1, 31))], 10 / 31, calendar) == [pytest.approx(520 / 310)]


def test_the_band_holds_as_often_as_it_says():
    """Errors drawn from one distribution, 3,000 times: the next one falls inside at least 80 in 100 times (0.78 allows for chance)."""
    import random
    dice = random.Random(5)
    for past in (9, 14, 24):
        inside = 0
        for _ in range(3000):
            errors = [dice.lognormvariate(0.02, 0.15) for _ in range(past + 1)]
            low, high = band(1.0, errors[:-1])
            inside += low <= errors[-1] <= high
        assert 0.78 <= inside / 3000 <= 0.93
