"""How likely a target is reached: from what the run rate got wrong in past periods at the same point, and how such answers did before.

The run rate says where a period lands; in past periods, at the same share of the working days, it was wrong by certain factors
(final / landing). The chance of reaching a target is the share of those factors that would lift today's landing to it, drawn in
by half a case at both ends so that it is never 0 or 1. Nothing is assumed of the shape of the errors. With fewer than
:data:`FEWEST` past periods no chance is given, and the reason is said.

:func:`calibration` runs the method over the past itself, each period judged by the periods before it alone.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crm_data.analysis.pace import landing_errors
from crm_data.analysis.working_days import AnyCalendar
from crm_data.errors import N_

#: Past periods needed before a chance is said.
FEWEST = 5
#: Shares of the working days at which the past is judged.
POINTS = (0.25, 0.5, 0.75)
TOO_FEW = N_("A chance needs {least} past periods to learn from; there are {n}.")


@dataclass(frozen=True)
class Chance:
    """``share`` of reaching the target (0-1, never 0 or 1), from ``n`` past periods."""

    share: float
    n: int


def chance(landing: float | None, target: float, errors: Sequence[float], better: str = "up") -> Chance | None:
    """The chance that the period ends at ``target`` or beyond (below, where less is better); None with too few past errors."""
    if landing is None or landing <= 0 or len(errors) < FEWEST:
        return None
    needed = target / landing
    good = sum(e <= needed if better == "down" else e >= needed for e in errors)
    return Chance((good + 0.5) / (len(errors) + 1), len(errors))


@dataclass(frozen=True)
class Case:
    """One past question: the chance said of a period at a point of it, and what came of it."""

    first: date
    point: float
    said: float
    reached: bool


@dataclass(frozen=True)
class Calibration:
    """How the chances said in the past did. ``brier``: mean squared error, 0 best; ``base``: that of always saying how often
    targets were reached. ``bins``: (mean chance said, share reached, n) of the low, middle and high third of chances."""

    cases: tuple[Case, ...]

    @property
    def n(self) -> int:
        return len(self.cases)

    @property
    def brier(self) -> float:
        return sum((c.said - c.reached) ** 2 for c in self.cases) / self.n

    @property
    def base(self) -> float:
        often = sum(c.reached for c in self.cases) / self.n
        return often * (1 - often)

    @property
    def useful(self) -> bool:
        """Whether the method beat always saying the same."""
        return self.n > 0 and self.brier < self.base

    @property
    def bins(self) -> tuple[tuple[float, float, int], ...]:
        found = []
        for low, high in ((0.0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1.01)):
            inside = [c for c in self.cases if low <= c.said < high]
            if inside:
                found.append((sum(c.said for c in inside) / len(inside), sum(c.reached for c in inside) / len(inside), len(inside)))
        return tuple(found)


def calibration(daily: dict[date, float], periods: Sequence[tuple[date, date]], targets: Sequence[float | None], calendar: AnyCalendar,
                better: str = "up", points: Sequence[float] = POINTS) -> Calibration:
    """The method run over past ``periods`` (oldest first): each is judged at each point by the errors of those before it.

    ``targets`` are those the periods had; for None, what the period before brought.
    """
    def total(period: tuple[date, date]) -> float:
        return sum(value for day, value in daily.items() if period[0] <= day <= period[1])
    cases = []
    for i, (first, last) in enumerate(periods):
        target = targets[i] if targets[i] is not None else total(periods[i - 1]) if i else None
        if target is None or target <= 0:
            continue
        final = total((first, last))
        for point in points:
            errors, own = landing_errors(daily, periods[:i], point, calendar), landing_errors(daily, [(first, last)], point, calendar)
            # The factor of the period itself gives back the landing said at that point.
            said = chance(final / own[0], target, errors, better) if own and own[0] > 0 else None
            if said is not None:
                cases.append(Case(first, point, said.share, final <= target if better == "down" else final >= target))
    return Calibration(tuple(cases))
