"""The chance that a target is reached, from its own past: what may be said of it, what not and why, and how such answers did before.

:mod:`crm_data.analysis.landing` has the method; here it meets a target: its past periods, the targets they had, and the cases
in which the past says nothing (a balance or ratio, a shape set by hand, too few past periods).
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crm_data.analysis.landing import FEWEST, TOO_FEW, Calibration, Chance, calibration, chance
from crm_data.analysis.pace import landing_errors
from crm_data.analysis.target_course import by_working_days, past_periods
from crm_data.analysis.target_days import Daily
from crm_data.analysis.target_periods import jalali_months
from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.targets import Progress
from crm_data.errors import N_

NO_RATE = N_("No chance is said of a balance or a ratio: the method learns from how amounts add up over days.")
BY_HAND = N_("This target is spread by shares set by hand, so past periods say nothing of how far off its landing is.")
BY_LAST_YEAR = N_("This target is spread in last year’s shape, so past periods, judged by working days, say nothing of how far off its landing is.")
OF_PARTS = N_("Some of the targets this is the sum of are not spread over working days, so past periods say nothing of how far off its landing is.")
NOT_YET = N_("Nothing is reached yet, so there is no landing to judge.")
ENDED = N_("The period has ended: it is reached or not.")
ODD_DAYS = N_("A chance is learned from earlier periods of the same length in whole months; this period is not whole months.")


@dataclass(frozen=True)
class Outlook:
    """The chance of a target, or ``why`` there is none (a marked sentence with its ``values``). ``n``: past periods known."""

    chance: Chance | None
    n: int = 0
    why: str = ""
    values: Mapping[str, int] | None = None


def outlook(one: Progress, days: Daily) -> Outlook:
    """What can be said of reaching a target. ``days``: its scope's, from as far back as :func:`looked_at` says."""
    goal, where = one.goal, one.pace
    if one.kind == "balance" or not one.adds_up:
        return Outlook(None, why=NO_RATE)
    if where.closed:
        return Outlook(None, why=ENDED)
    if not by_working_days(one):
        return Outlook(None, why=OF_PARTS if one.parts else BY_HAND if one.target.phasing.kind == "manual" else BY_LAST_YEAR)
    if not where.share or not where.landing or where.landing <= 0:
        return Outlook(None, why=where.why or NOT_YET)
    if not goal.period.whole_months() and not jalali_months(goal.period):
        return Outlook(None, why=ODD_DAYS)
    errors = landing_errors(days, past_periods(goal.first, goal.last), where.share, one.calendar)
    said = chance(where.landing, where.target, errors, one.better)
    return Outlook(said, len(errors)) if said else Outlook(None, len(errors), TOO_FEW, {"least": FEWEST, "n": len(errors)})


def judged(one: Progress, days: Daily, known: Iterable[Target]) -> Calibration:
    """How the chances said of this target's past periods did: against the target each had, else what the period before brought.

    ``known``: all targets the reader may see. Of a sum, a past target is the sum of its parts' where each had one.
    """
    goal = one.goal
    periods = sorted(past_periods(goal.first, goal.last))
    values = {t.goal: t.value for t in known}
    return calibration(days, periods, [_target(one, values, *period) for period in periods], one.calendar, one.better)


def _target(one: Progress, values: Mapping[Goal, float], first: date, last: date) -> float | None:
    own = values.get(replace(one.goal, first=first, last=last))
    if own is not None or not one.parts:
        return own
    parts: Sequence[float | None] = [values.get(replace(part, first=first, last=last)) for part in one.parts]
    return None if any(value is None for value in parts) else sum(value or 0.0 for value in parts)
