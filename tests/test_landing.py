"""The chance of reaching a target, and its honesty on real sales (CDNOW)."""
from __future__ import annotations

import calendar as months
import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crm_data.analysis.landing import FEWEST, Calibration, Case, calibration, chance
from crm_data.analysis.pace import landing_errors
from crm_data.analysis.working_days import WorkCalendar

EVERY_DAY = WorkCalendar(weekend=frozenset())


def test_a_chance_counts_the_past_factors_that_would_do():
    """Landing 100, target 110: of the factors .9 1 1.05 1.1 1.3 two lift it there: (2 + 1/2) / 6."""
    errors = [0.9, 1.0, 1.05, 1.1, 1.3]
    assert chance(100, 110, errors).share == pytest.approx(2.5 / 6) and chance(100, 110, errors).n == 5
    assert chance(100, 1000, errors).share == pytest.approx(0.5 / 6) and chance(100, 1, errors).share == pytest.approx(5.5 / 6)
    assert chance(100, 110, errors, "down").share == pytest.approx(4.5 / 6)


def test_too_little_says_nothing():
    assert chance(100, 110, [1.0] * (FEWEST - 1)) is None
    assert chance(None, 110, [1.0] * 9) is None and chance(0.0, 110, [1.0] * 9) is None


def test_calibration_by_pencil():
    found = Calibration((Case(date(2026, 1, 1), 0.5, 0.8, True), Case(date(2026, 2, 1), 0.5, 0.8, False), Case(date(2026, 3, 1), 0.5, 0.2, False)))
    assert found.brier == pytest.approx((0.04 + 0.64 + 0.04) / 3) and found.base == pytest.approx(2 / 9)
    assert not found.useful and found.bins == ((0.2, 0.0, 1), (0.8, 0.5, 2))


@pytest.fixture(scope="module")
def cdnow() -> dict[date, float]:
    """Revenue a day of the master file shipped with lifetimes."""
    import lifetimes
    found: dict[date, float] = {}
    with (Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt").open() as lines:
        for row in csv.reader(lines, delimiter=" ", skipinitialspace=True):
            if len(row) >= 4 and row[1].isdigit():
                day = datetime.strptime(row[1], "%Y%m%d").date()
                found[day] = found.get(day, 0.0) + float(row[3])
    assert round(sum(found.values()), 2) == 2500315.63
    return found


def test_on_real_sales_it_beats_the_base_rate_and_the_reference(cdnow):
    """Months from April 1997, when no new customers came any more; each target is the month before. Reference: 0.187 against 0.240."""
    spans = [(date(y, m, 1), date(y, m, months.monthrange(y, m)[1])) for y, m in [*((1997, m) for m in range(4, 13)), *((1998, m) for m in range(1, 7))]]
    found = calibration(cdnow, spans, [None] * len(spans), EVERY_DAY)
    assert found.n == 30 and found.base == pytest.approx(0.240, abs=0.0005)
    assert found.brier <= 0.187 and found.useful


def test_nothing_of_the_future_is_used(cdnow):
    """What is said of a month does not change when later months do."""
    spans = [(date(1997, m, 1), date(1997, m, months.monthrange(1997, m)[1])) for m in range(1, 13)]
    whole = calibration(cdnow, spans, [None] * 12, EVERY_DAY).cases
    wild = {day: value * 50 if day >= date(1997, 11, 1) else value for day, value in cdnow.items()}
    assert [c for c in calibration(wild, spans, [None] * 12, EVERY_DAY).cases if c.first < date(1997, 11, 1)] == [c for c in whole if c.first < date(1997, 11, 1)]


def test_a_month_in_which_the_data_begin_is_no_past_month():
    """10 a day from 20 January on: at half of February the run rate is right; January, with a third of its days, would say three times as much."""
    days = {date(2026, 1, 20) + timedelta(days=n): 10.0 for n in range(12 + 28)}
    january, february = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))
    assert landing_errors(days, [february, january], 0.7, EVERY_DAY) == [pytest.approx(1.0)]
    # Sales that begin with the first week belong to the month as it is.
    assert len(landing_errors({day: v for day, v in days.items() if day >= date(2026, 2, 4)}, [february], 0.7, EVERY_DAY)) == 1
