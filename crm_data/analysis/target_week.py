"""What was expected a week ago for today, against what happened: of each member, and of the whole as their sum.

A week ago each member had reached something by a share of its own working days (or of its own curve); at that rate it would
stand at ``by_today`` now. The whole's expectation is the sum of its members', those without a target of their own by the whole's
days. Nothing is expected from the first tenth of a period: a rate says nothing there yet.

The past is reckoned from the data as they stand now, up to the day a week ago.
"""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm_data.analysis.target_course import steps
from crm_data.analysis.target_days import Daily, merged, of_member
from crm_data.analysis.targets import Progress
from crm_data.analysis.working_days import Places

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A target a week ago and now. ``by_today``: what the rate of then makes of today; None where it said nothing yet.

    ``one`` is None for all those together that have no target of their own.
    """

    one: Progress | None
    reached_then: float
    reached: float
    by_today: float | None
    landing_then: float | None
    landing: float | None

    @property
    def difference(self) -> float | None:
        return None if self.by_today is None else self.reached - self.by_today

    def good(self, better: str) -> bool | None:
        """Whether it went better than expected; None where nothing was, or exactly that."""
        return None if not self.difference else (self.difference < 0) == (better == "down")


@dataclass(frozen=True)
class WeekBoard:
    """The whole's week and its members' (none: it has none); ``then`` is the day a week before ``on``."""

    then: date
    on: date
    whole: Week
    lines: tuple[Week, ...]


def week(whole: Progress, members: Sequence[Progress], days: Mapping[str, Daily], firm: Places, on: date) -> WeekBoard | None:
    """A week of a whole and its members; None where the period had not begun by then or it has no pace.

    ``days``: what was reached within the whole by member; they add up to the whole.
    """
    then = on - WEEK
    if whole.pace.share is None or then < whole.goal.first:
        return None
    own = _of(whole, merged(list(days.values())), then, on)
    if own is None:
        return None
    lines = [line for one in members if (line := _of(one, of_member(days, one.goal, firm), then, on)) is not None]
    taken = {name for one in members for name in (*one.children, one.goal.member)}
    rest = merged([values for name, values in days.items() if name not in taken])
    if lines and any(rest.values()) and (others := _of(whole, rest, then, on)) is not None:
        lines.append(Week(None, others.reached_then, others.reached, others.by_today, others.landing_then, others.landing))
    if lines and all(line.by_today is not None for line in lines):
        own = Week(whole, own.reached_then, own.reached, math.fsum(line.by_today or 0.0 for line in lines), own.landing_then, own.landing)
    return WeekBoard(then, on, own, tuple(lines))


def _of(one: Progress, days: Daily, then: date, on: date) -> Week | None:
    course = {step.day: step for step in steps(one, days, on)}
    before, now = course.get(then), course.get(min(on, one.goal.last))
    if before is None or now is None:
        return None
    by_today = None if before.landing is None else before.landing * now.share
    return Week(one, before.actual, now.actual, by_today, before.landing, now.landing)
