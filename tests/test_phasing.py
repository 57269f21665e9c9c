"""How a target is spread: by hand, and what holds for any phasing."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.analysis.pace import pace
from crm_data.analysis.phasing import NO_LAST_YEAR, PLAIN, Phasing, curve
from crm_data.analysis.working_days import WorkCalendar
from crm_data.cuts.periods import Period
from crm_data.errors import InputError

ISRAEL = WorkCalendar(weekend=frozenset({4, 5}), exceptions={date(2026, 9, 13): False, date(2026, 9, 21): False})
QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


def test_working_days_with_holidays_by_hand():
    """September 2026 in Israel: 22 days from Sunday to Thursday, two of them holidays: 20; by the 15th ten of 22 less one: 10 of 20."""
    found = curve(PLAIN, ISRAEL, date(2026, 9, 1), date(2026, 9, 30))
    worked = [d for d in range(1, 31) if date(2026, 9, d).weekday() not in (4, 5) and d not in (13, 21)]
    assert len(worked) == 20 and len([d for d in worked if d <= 15]) == 10
    assert found.at(date(2026, 9, 1), date(2026, 9, 15)) == pytest.approx(0.5) and found.at(date(2026, 9, 1), date(2026, 8, 31)) == 0


def test_last_years_shape():
    """A year ago 100 in July, 100 in August and 200 in September (of which 20 were given back on the last day)."""
    daily = {date(2025, 7, 10): 100.0, date(2025, 8, 10): 100.0, date(2025, 9, 10): 200.0, date(2025, 9, 30): -20.0}
    found = curve(Phasing("last_year"), ISRAEL, *QUARTER, daily)
    assert [found.at(QUARTER[0], d) for d in (date(2026, 7, 9), date(2026, 7, 10), date(2026, 8, 31), date(2026, 9, 30))] == [0, 0.25, 0.5, 1]
    empty = curve(Phasing("last_year"), ISRAEL, *QUARTER, {})
    assert empty.why == NO_LAST_YEAR and empty.shares == curve(PLAIN, ISRAEL, *QUARTER).shares


def test_shares_by_month_within_them_by_working_days():
    found = curve(Phasing("manual", (1, 1, 2)), ISRAEL, *QUARTER)
    assert found.at(QUARTER[0], date(2026, 7, 31)) == pytest.approx(0.25) and found.at(QUARTER[0], date(2026, 8, 31)) == pytest.approx(0.5)
    # Half of September's working days by the 15th: half of its half.
    assert found.at(QUARTER[0], date(2026, 9, 15)) == pytest.approx(0.75)


def test_pace_follows_the_phasing():
    """900 of 2,000 by mid-September, where 75 % should be reached: 600 behind; at this share it lands at 1,200."""
    share = curve(Phasing("manual", (1, 1, 2)), ISRAEL, *QUARTER).at(QUARTER[0], date(2026, 9, 15))
    found = pace(900, 2000, *QUARTER, date(2026, 9, 15), ISRAEL, phased=share)
    assert (found.expected, found.ahead, found.landing, found.good) == (pytest.approx(1500), pytest.approx(-600), pytest.approx(1200), False)
    assert pace(900, 2000, *QUARTER, date(2026, 9, 30), ISRAEL, phased=0.2).expected == 2000


@pytest.mark.parametrize(("kind", "shares"), [("weekly", ()), ("manual", ()), ("manual", (0, 0)), ("manual", (1, -1)), ("manual", (1, float("nan"))), ("last_year", (1, 2))])
def test_what_cannot_be_is_a_sentence(kind, shares):
    with pytest.raises(InputError):
        Phasing(kind, shares)


def test_a_phasing_fits_its_period():
    with pytest.raises(InputError):
        Phasing("manual", (1, 1)).check(Period(*QUARTER))
    with pytest.raises(InputError):
        Phasing("manual", (1,)).check(Period(date(2026, 7, 1), date(2026, 7, 31)))
    with pytest.raises(InputError):
        Phasing.from_text("{broken")


@given(st.sampled_from(["working_days", "last_year", "manual"]), st.lists(st.integers(0, 10 ** 6), min_size=12, max_size=12), st.dictionaries(st.integers(0, 364), st.floats(-100, 1e5), max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_curve_rises_to_one(kind, shares, values):
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    phasing = Phasing(kind, tuple(shares) if sum(shares) > 0 else (1.0,) * 12) if kind == "manual" else Phasing(kind)
    found = curve(phasing, ISRAEL, first, last, {date(2025, 1, 1) + timedelta(days=i): v for i, v in values.items()})
    assert len(found.shares) == 365 and found.shares[-1] == 1.0
    assert all(0 <= a <= b + 1e-12 for a, b in zip(found.shares, found.shares[1:], strict=False))
    assert Phasing.from_text(phasing.to_text()) == phasing
