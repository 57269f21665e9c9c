"""How a forecasting method would have done: run from every past month on what was known then, and held against what came.

A rolling origin: at each month from the second whole season on, the method sees the months before it alone and foretells the
next ones. Two numbers judge it:

* MASE, the mean of |came - foretold| / scale, where the scale of an origin is the mean |month - same month a year before| of
  the months known then: under 1 is better than the same month a year before did in the past;
* coverage, the share of months that came within their band.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from crm_data.cuts.periods import shift_months

SEASON = 12
#: Whole months a method must know before it is asked anything: two seasons.
LEAST = 2 * SEASON


class Step(NamedTuple):
    """One month foretold; ``low`` and ``high`` hold it 80 times in 100, None where the method cannot say."""

    point: float
    low: float | None = None
    high: float | None = None


#: Known months, oldest first, and how many to foretell -> those months.
Method = Callable[[Sequence[float], int], list[Step]]


@dataclass(frozen=True)
class Foretold:
    """One month as foretold from an origin, and what came. ``origin``: the first month not known then; ``ahead``: 1 is the next."""

    origin: date
    ahead: int
    step: Step
    actual: float
    scale: float | None

    @property
    def error(self) -> float | None:
        """|came - foretold| in seasonal differences; None where the past did not differ from the year before it."""
        return abs(self.actual - self.step.point) / self.scale if self.scale else None

    @property
    def inside(self) -> bool | None:
        """Whether it came within its band; None without one."""
        step = self.step
        return None if step.low is None or step.high is None else step.low <= self.actual <= step.high


@dataclass(frozen=True)
class Backtest:
    """All months foretold. ``mase`` and ``coverage`` are None where nothing can be judged."""

    rows: tuple[Foretold, ...]

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def mase(self) -> float | None:
        found = [row.error for row in self.rows if row.error is not None]
        return sum(found) / len(found) if found else None

    @property
    def coverage(self) -> float | None:
        found = [row.inside for row in self.rows if row.inside is not None]
        return sum(found) / len(found) if found else None

    @property
    def origins(self) -> tuple[tuple[date, Backtest], ...]:
        """The same of each origin alone, oldest first."""
        starts = dict.fromkeys(row.origin for row in self.rows)
        return tuple((start, Backtest(tuple(row for row in self.rows if row.origin == start))) for start in starts)


def scale(known: Sequence[float]) -> float | None:
    """Mean |month - same month a year before|; None under a season and a month, 0 where every year was the same."""
    found = [abs(known[i] - known[i - SEASON]) for i in range(SEASON, len(known))]
    return sum(found) / len(found) if found else None


def backtest(values: Sequence[float], first: date, method: Method, steps: int = 3) -> Backtest:
    """The method run from every origin; ``first`` is the month of ``values[0]``. Of the last origins only what has come is judged."""
    rows = []
    for known in range(LEAST, len(values)):
        past = tuple(values[:known])
        foretold = method(past, min(steps, len(values) - known))
        rows += [Foretold(shift_months(first, known), ahead, step, values[known + ahead - 1], scale(past)) for ahead, step in enumerate(foretold, 1)]
    return Backtest(tuple(rows))


def sum_errors(values: Sequence[float], method: Method, steps: int, least: int = LEAST) -> list[float]:
    """What the method got wrong in past sums of ``steps`` months: came / foretold, one an origin; sums foretold as nothing are left out."""
    found = []
    for known in range(least, len(values) - steps + 1):
        said = sum(step.point for step in method(tuple(values[:known]), steps))
        if said > 0:
            found.append(sum(values[known:known + steps]) / said)
    return found
