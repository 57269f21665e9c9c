"""Forecasts and their backtest: by pencil, with a stand-in for the optional model, and on real sales (CDNOW)."""
from __future__ import annotations

import math
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from crm_data.analysis import forecast as forecasts
from crm_data.analysis.backtest import Step, backtest, scale, sum_errors
from crm_data.analysis.forecast import choose, forecast, naive, on_logs, whole_months
from crm_data.analysis.pace import band, landing_errors
from crm_data.cuts.periods import Period, month_end, shift_months
from tests.test_landing import EVERY_DAY, cdnow  # noqa: F401 - cdnow is a fixture

JANUARY = date(2023, 1, 1)


# By pencil --------------------------------------------------------------------------------------------------------
def test_each_month_is_the_same_month_of_the_last_year_known():
    values = [*range(1, 13), *range(101, 113)]
    found = naive(values, 14)
    assert [s.point for s in found] == [*range(101, 113), 101, 102]
    # For January: factors 101/1, 102/2 ... 112/12; with twelve the smallest and the largest are the band, the former above the value itself.
    assert found[0].low == 101 and found[0].high == pytest.approx(101 * 101)
    # Where it always brought a tenth more, the band reaches from the same again to a tenth more.
    assert naive(RISING[:24], 1) == [Step(110.0, 110.0, pytest.approx(121))]
    # The thirteenth month ahead is told by the one two years before it: no such error is known yet.
    assert found[12].low is None


def test_nothing_is_divided_by_a_month_that_brought_nothing():
    assert naive([0.0] * 24, 2) == [Step(0.0), Step(0.0)]
    assert naive([0.0] * 4 + [5.0] * 20, 1)[0] == Step(5.0)


#: 100 a month, then 110, then 130 and 125.
RISING = [100.0] * 12 + [110.0] * 12 + [130.0, 125.0]


def test_error_and_coverage():
    """From 24 months: foretold 110, 110, scale 10: errors 20/10 and 15/10, band 121 to 121. From 25: scale 140/13, band 121 to 130."""
    assert scale(RISING[:24]) == 10 and scale(RISING[:25]) == pytest.approx(140 / 13) and scale(RISING[:12]) is None
    found = backtest(RISING, JANUARY, naive)
    assert [(row.origin, row.ahead, row.actual) for row in found.rows] == [(date(2025, 1, 1), 1, 130), (date(2025, 1, 1), 2, 125), (date(2025, 2, 1), 1, 125)]
    assert [row.error for row in found.rows] == pytest.approx([2.0, 1.5, 15 / (140 / 13)])
    assert found.mase == pytest.approx((2.0 + 1.5 + 15 * 13 / 140) / 3)
    assert [row.inside for row in found.rows] == [False, False, True] and found.coverage == pytest.approx(1 / 3)
    assert [(start, one.n) for start, one in found.origins] == [(date(2025, 1, 1), 2), (date(2025, 2, 1), 1)]


def test_two_seasons_alone_judge_nothing():
    found = backtest(RISING[:24], JANUARY, naive)
    assert (found.n, found.mase, found.coverage) == (0, None, None)


def test_sums_of_months_have_errors_of_their_own():
    assert sum_errors(RISING, naive, 2) == pytest.approx([255 / 220])
    assert sum_errors(RISING, naive, 2, least=12)[:2] == pytest.approx([1.1, 1.1]) and sum_errors([0.0] * 30, naive, 2) == []


def test_a_method_sees_the_months_before_its_origin_alone():
    seen = []

    def spy(values, steps):
        seen.append(tuple(values))
        return naive(values, steps)
    found = backtest(RISING, JANUARY, spy)
    assert seen == [tuple(RISING[:24]), tuple(RISING[:25])]
    wild = backtest([*RISING[:25], 9e9], JANUARY, naive)
    assert [(r.step, r.scale) for r in wild.rows] == [(r.step, r.scale) for r in found.rows]


# From days --------------------------------------------------------------------------------------------------------
def days_of(values, start=JANUARY) -> dict[date, float]:
    return {shift_months(start, i) + timedelta(days=4): value for i, value in enumerate(values)}


def test_only_months_that_are_over_are_known():
    days = days_of([5.0, 0.0, 7.0, 9.0])
    assert whole_months(days, date(2023, 4, 29)) == ((JANUARY, 5.0), (date(2023, 2, 1), 0.0), (date(2023, 3, 1), 7.0))
    assert whole_months(days, date(2023, 4, 30))[-1] == (date(2023, 4, 1), 9.0) and whole_months({}, JANUARY) == ()
    late = {date(2023, 1, 8): 5.0, date(2023, 2, 1): 6.0}
    assert whole_months(late, date(2023, 2, 28)) == ((date(2023, 2, 1), 6.0),)


def test_a_quarter_that_runs():
    """January 130 is over, February foretold 110, March 110: 350; three more months after."""
    days, on = days_of(RISING), date(2025, 2, 3)
    found = forecast(days, on, Period(date(2025, 1, 1), date(2025, 3, 31)))
    assert [a.first for a in found.ahead] == [date(2025, m, 1) for m in range(2, 7)] and [a.step.point for a in found.ahead] == [110] * 5
    assert found.end.known == 130 and found.end.step.point == 350 and len(found.known) == 25

    # Past sums of two months came at 1.1 of what was said, the last at (110 + 130) / (100 + 110); the band is drawn out to the value itself.
    assert found.end.step.low == pytest.approx(350) and found.end.step.high == pytest.approx(130 + 220 * 240 / 210) and found.choice.why == forecasts.PLAIN_ALONE


def test_a_running_month_does_not_end_below_what_it_has_brought():
    found = forecast(days_of(RISING), date(2025, 2, 20), Period(date(2025, 2, 1), date(2025, 2, 28)))
    assert found.ahead[0].reached == 125 and found.ahead[0].step == Step(125.0, 125.0, pytest.approx(130.0)) and found.end.step.point == 125
    assert found.ahead[1].step.point == 110 and len(found.ahead) == 4


def test_a_period_that_is_over_or_not_whole_months_has_no_end():
    days = days_of(RISING)
    over = forecast(days, date(2025, 1, 31), Period(date(2025, 1, 1), date(2025, 1, 31)))
    assert over.end is None and len(over.ahead) == 3
    assert forecast(days, date(2025, 2, 3), Period(date(2025, 1, 15), date(2025, 2, 14))).end is None


def test_under_two_seasons_it_says_why_not():
    found = forecast(days_of(RISING), date(2024, 12, 30), Period(date(2024, 12, 1), date(2024, 12, 31)))
    assert found.choice is None and found.why_not == forecasts.TOO_SHORT and found.values == {"least": 24, "n": 23} and not found.ahead


def test_nothing_later_than_the_day_is_used():
    period = Period(date(2025, 1, 1), date(2025, 3, 31))
    before = forecast(days_of(RISING[:25]), date(2025, 1, 31), period)
    assert forecast(days_of([*RISING[:25], 1e9, -1e9]), date(2025, 1, 31), period) == before


# The optional model -----------------------------------------------------------------------------------------------
class Grower:
    """Stands in for AutoTheta: each month as a year before and 20 % more, the band that many logarithms wide."""

    def __init__(self, wide: float = 0.05, more: float = math.log(1.2)) -> None:
        self.wide, self.more, self.lengths = wide, more, []

    def forecast(self, y, h, level):
        assert level == [80] and h <= 12
        self.lengths.append(len(y))
        mean = y[-12:][:h] + self.more
        return {"mean": mean, "lo-80": mean - self.wide, "hi-80": mean + self.wide}


def growing(months: int = 48) -> tuple[float, ...]:
    """A fifth more each year; every fifth month a tenth beside it, the others a hundredth."""
    logs = [math.log(100 + 10 * (i % 12)) for i in range(12)]
    for i in range(12, months):
        logs.append(logs[i - 12] + math.log(1.2) + (0.1 if i % 5 == 0 else 0.01))
    return tuple(math.exp(value) for value in logs)


def test_the_model_is_used_where_it_earned_it():
    found = choose(growing(), JANUARY, on_logs(Grower()))
    assert found.name == "theta" and found.why == forecasts.EARNED and found.judged.mase < 0.3 < found.rival.mase
    assert 0.7 <= found.judged.coverage <= 0.9 and found.values["held"] == pytest.approx(found.judged.coverage * 100)


@pytest.mark.parametrize(("model", "why"), [
    (Grower(wide=1.0), forecasts.BAD_BAND), (Grower(wide=0.001), forecasts.BAD_BAND), (Grower(more=1.0), forecasts.NO_BETTER), (Grower(more=math.inf), forecasts.FAILED),
    (SimpleNamespace(forecast=lambda **_: {}), forecasts.FAILED)])
def test_else_the_plain_one_and_it_says_so(model, why):
    found = choose(growing(), JANUARY, on_logs(model))
    assert (found.name, found.why, found.method) == ("naive", why, naive) and found.judged.mase > 0.3


def test_it_is_not_tried_without_logarithms_or_past():
    model = Grower()
    assert choose((0.0, *growing()[1:]), JANUARY, on_logs(model)).why == forecasts.NO_LOGS
    assert choose(growing(26), JANUARY, on_logs(model)).why == forecasts.TOO_FEW and model.lengths == []
    assert choose(growing(), JANUARY, None).why == forecasts.PLAIN_ALONE


def test_the_extra_is_looked_for_only_when_asked(monkeypatch):
    made = []
    monkeypatch.setattr(forecasts.importlib.util, "find_spec", lambda name: None)
    forecasts.theta.cache_clear()
    assert forecasts.theta() is None
    monkeypatch.setattr(forecasts.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(forecasts.importlib, "import_module", lambda name: SimpleNamespace(AutoTheta=lambda **said: made.append((name, said)) or Grower()))
    forecasts.theta.cache_clear()
    try:
        steps = forecasts.theta()(growing(24), 3)
    finally:
        forecasts.theta.cache_clear()
    assert made == [("statsforecast.models", {"season_length": 12, "decomposition_type": "additive"})]
    assert steps[0].point == pytest.approx(growing(24)[12] * 1.2) and steps[0].low < steps[0].point < steps[0].high


# Real sales -------------------------------------------------------------------------------------------------------
def weeks(first: date, last: date) -> list[tuple[date, date]]:
    found = []
    while first + timedelta(days=6) <= last:
        found.append((first, first + timedelta(days=6)))
        first += timedelta(days=7)
    return found


def test_the_band_of_the_run_rate_holds_what_it_says(cdnow):  # noqa: F811
    """CDNOW weeks from April 1997, at the end of their second to fifth day: meant to hold 90 in 100."""
    spans = weeks(date(1997, 3, 31), date(1998, 6, 30))
    held = []
    for i, span in enumerate(spans):
        final = sum(value for day, value in cdnow.items() if span[0] <= day <= span[1])
        for day in (2, 3, 4, 5):
            own = landing_errors(cdnow, [span], day / 7, EVERY_DAY)
            # 90 in 100 takes 19 past errors.
            likely = band(final / own[0], landing_errors(cdnow, spans[:i], day / 7, EVERY_DAY), coverage=0.9) if i >= 19 else None
            if likely is not None:
                held.append(likely[0] <= final <= likely[1])
    assert len(held) == 184 and 0.85 <= sum(held) / len(held) <= 0.97


def test_eighteen_months_are_too_few(cdnow):  # noqa: F811
    found = forecast(cdnow, date(1998, 6, 30), Period(date(1998, 6, 1), month_end(date(1998, 6, 1))))
    assert found.values == {"least": 24, "n": 18} and found.known[0][0] == date(1997, 1, 1)
