"""What an indicator will bring in the months to come: to the end of a target's period and in the three months after it.

* The plain method takes each month as the same month of the last year known; its band comes from its own past errors
  (came / foretold, order statistics as in :func:`pace.band`).
* AutoTheta on logarithms (package statsforecast, an extra) is used only where it earned it: its MASE over a rolling origin is
  under the plain method's and its 80 % band held 70-90 % of the months. Otherwise the plain method is used and the reason said.

Whole months alone are learned from; fewer than two seasons of them give no forecast. Only what adds up over days is foretold.
"""
from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from crm_data.analysis.backtest import LEAST, SEASON, Backtest, Method, Step, backtest, sum_errors
from crm_data.analysis.pace import band
from crm_data.analysis.target_days import Daily, daily
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period, month_end, shift_months
from crm_data.errors import N_

#: Months foretold beyond the period's end, and those each origin of the backtest foretells.
BEYOND = 3
#: How far back months are learned from.
YEARS_BACK = 6
#: A method whose band is meant to hold 80 in 100 must have held as much as this.
HELD = (0.7, 0.9)
#: Months a backtest must have judged before it can speak for a method.
FEWEST = 9
#: A series whose first sale is later in its month than this begins with the month after.
EARLY = 7

NO_FLOW = N_("Only what adds up over days is forecast; a balance stands at a moment, and a ratio is worked out anew from its parts.")
TOO_SHORT = N_("A forecast needs {least} whole months, two of every month of the year; there are {n}.")
PLAIN_ALONE = N_("Each month as the same month a year before. The optional package statsforecast is not installed, so nothing else was tried.")
NO_LOGS = N_("Each month as the same month a year before. AutoTheta was not tried: some months brought nothing or less.")
TOO_FEW = N_("Each month as the same month a year before. AutoTheta was not tried: the past is too short to judge it.")
FAILED = N_("Each month as the same month a year before. AutoTheta was tried and gave no answer.")
NO_BETTER = N_("Each month as the same month a year before. AutoTheta was tried and did no better: error {theta} against {naive}.")
BAD_BAND = N_("Each month as the same month a year before. AutoTheta was tried, but its band of 80 in 100 held {held} of 100; 70 to 90 are asked.")
EARNED = N_("AutoTheta on logarithms: its past error was {theta} against {naive} for the same month a year before, and its band of 80 in 100 held {held} of 100.")


# The methods ------------------------------------------------------------------------------------------------------
def naive(values: Sequence[float], steps: int) -> list[Step]:
    """Each month as the same month of the last year known, with the band of its own past errors."""
    found = []
    for ahead in range(1, steps + 1):
        lag = SEASON * math.ceil(ahead / SEASON)
        at = len(values) + ahead - 1
        point = float(values[at - lag]) if at >= lag else 0.0
        # Whichever origin it was said from, a month was foretold by the one `lag` months before it.
        errors = [values[i] / values[i - lag] for i in range(lag, len(values)) if values[i - lag] > 0]
        found.append(_with_band(point, errors))
    return found


def _with_band(point: float, errors: Sequence[float]) -> Step:
    """A value and its band, drawn out to the value itself: where every year brought more than the one before, all errors lie above it."""
    likely = band(point, errors)
    return Step(point) if likely is None else Step(point, min(likely[0], point), max(likely[1], point))


def on_logs(model: Any) -> Method:
    """A model of statsforecast's kind (``forecast(y=, h=, level=)`` -> mean, lo-80, hi-80) on the logarithms of the months."""
    def method(values: Sequence[float], steps: int) -> list[Step]:
        import numpy as np
        said = model.forecast(y=np.log(np.asarray(values, dtype=float)), h=steps, level=[80])
        return [Step(*(math.exp(float(said[name][i])) for name in ("mean", "lo-80", "hi-80"))) for i in range(steps)]
    return method


@lru_cache(maxsize=1)
def theta() -> Method | None:
    """AutoTheta on logs, where the extra is installed."""
    if importlib.util.find_spec("statsforecast") is None:
        return None
    models = importlib.import_module("statsforecast.models")
    # Seasons are factors; on logarithms they add.
    return on_logs(models.AutoTheta(season_length=SEASON, decomposition_type="additive"))


# The choice -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Choice:
    """The method used, why, and how it did. ``rival``: the backtest of the one not used; ``values`` fill the sentence."""

    name: str
    method: Method
    why: str
    judged: Backtest
    rival: Backtest | None = None
    values: Mapping[str, float] = field(default_factory=dict)


@lru_cache(maxsize=128)
def choose(values: tuple[float, ...], first: date, challenger: Method | None) -> Choice:
    """The plain method, or the challenger where it beat it over the past and its band held what it promised."""
    plain = backtest(values, first, naive, BEYOND)

    def stay(why: str, rival: Backtest | None = None, **said: float) -> Choice:
        return Choice("naive", naive, why, plain, rival, said)
    if challenger is None:
        return stay(PLAIN_ALONE)
    if min(values) <= 0:
        return stay(NO_LOGS)
    if plain.n < FEWEST or plain.mase is None:
        return stay(TOO_FEW)
    try:
        tried = backtest(values, first, challenger, BEYOND)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
        return stay(FAILED)
    error, held = tried.mase, tried.coverage
    if error is None or held is None or not math.isfinite(error):
        return stay(FAILED)
    if error >= plain.mase:
        return stay(NO_BETTER, tried, theta=error, naive=plain.mase)
    if not HELD[0] <= held <= HELD[1]:
        return stay(BAD_BAND, tried, held=held * 100)
    return Choice("theta", challenger, EARNED, tried, plain, {"theta": error, "naive": plain.mase, "held": held * 100})


# The forecast -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ahead:
    """A month to come. ``reached``: what the running month has brought so far; it is never foretold below that."""

    first: date
    step: Step
    reached: float = 0.0


@dataclass(frozen=True)
class End:
    """What the period will have brought by its end: ``known`` from whole months over, and the whole."""

    first: date
    last: date
    known: float
    step: Step


@dataclass(frozen=True)
class Forecast:
    """``known``: the whole months learned from. Where nothing is foretold, ``why_not`` says why and ``choice`` is None;
    ``end`` is None where the period is not whole months, or over."""

    known: tuple[tuple[date, float], ...]
    ahead: tuple[Ahead, ...] = ()
    end: End | None = None
    choice: Choice | None = None
    why_not: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


def read_days(measure: str, filters: tuple[Filter, ...], warehouse, *, scope: Scope, on: date) -> Daily:
    """The days a forecast learns from, up to ``on``."""
    period = Period(shift_months(on.replace(day=1), -SEASON * YEARS_BACK), on)
    return daily(measure, "", period, warehouse, scope=scope, filters=filters).get("", {})


def whole_months(days: Daily, on: date) -> tuple[tuple[date, float], ...]:
    """Months that are over by ``on``, from the first with sales from its beginning; a month without any brought nothing."""
    begun = min((day for day, value in days.items() if value and day <= on), default=None)
    if begun is None:
        return ()
    month = begun.replace(day=1) if begun.day <= EARLY else shift_months(begun.replace(day=1), 1)
    totals: dict[date, float] = {}
    for day, value in days.items():
        totals[day.replace(day=1)] = totals.get(day.replace(day=1), 0.0) + value
    found = []
    while month_end(month) <= on:
        found.append((month, totals.get(month, 0.0)))
        month = shift_months(month, 1)
    return tuple(found)


def forecast(days: Daily, on: date, period: Period, challenger: Method | None = None) -> Forecast:
    """The months to the end of ``period`` and the three after it, from what was known on ``on`` alone."""
    known = whole_months(days, on)
    if len(known) < LEAST:
        return Forecast(known, why_not=TOO_SHORT, values={"least": LEAST, "n": len(known)})
    values, start = tuple(value for _, value in known), shift_months(known[-1][0], 1)
    choice = choose(values, known[0][0], challenger)
    last = max(period.last.replace(day=1), known[-1][0])
    steps = (last.year - start.year) * 12 + last.month - start.month + 1 + BEYOND
    running = sum(value for day, value in days.items() if start <= day <= on)
    ahead = tuple(Ahead(shift_months(start, i), _at_least(step, running) if i == 0 else step, running if i == 0 else 0.0)
                  for i, step in enumerate(choice.method(values, steps)))
    return Forecast(known, ahead, _end(period, known, ahead, choice), choice)


def _at_least(step: Step, reached: float) -> Step:
    """A running month does not end below what it has brought."""
    return Step(max(step.point, reached), None if step.low is None else max(step.low, reached), None if step.high is None else max(step.high, reached))


def _end(period: Period, known: Sequence[tuple[date, float]], ahead: Sequence[Ahead], choice: Choice) -> End | None:
    """The period as a whole: its months that are over, and those to come with the band of the method's past sums of as many."""
    to_come = [one for one in ahead if period.first <= one.first <= period.last]
    # A period that begins later than the next month would need sums told from further away.
    if not to_come or not period.whole_months() or to_come[0] is not ahead[0]:
        return None
    values = [value for _, value in known]
    over = sum(value for month, value in known if period.first <= month <= period.last)
    point, reached = sum(one.step.point for one in to_come), to_come[0].reached
    least = SEASON * math.ceil(len(to_come) / SEASON) if choice.name == "naive" else LEAST
    _, low, high = _with_band(point, sum_errors(values, choice.method, len(to_come), least))
    return End(period.first, period.last, over, Step(over + point, None if low is None else over + max(low, reached), None if high is None else over + max(high, reached)))
