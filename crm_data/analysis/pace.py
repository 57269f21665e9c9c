"""Where a target stands at a moment: what is reached, where it should be, what is missing, where it will land.

Pure arithmetic over numbers and a working calendar: nothing is read here. Three kinds of indicator, three honest answers:

* what adds up over days (revenue, orders, gross profit): pace by working days, gap, needed per working day, landing;
* a *balance* (open balance): where it stands now against the target; it does not run through time;
* a *ratio* or anything that does not add up (margin, customers): reached = actual / target; no pace, and that is said.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crm_data.analysis.working_days import AnyCalendar
from crm_data.errors import N_

Kind = Literal["flow", "balance", "formula"]
MIN_PAST = 9
#: A period whose first day with anything comes after this part of it, with nothing known before, was not there from its beginning.
LATE = 0.25
NO_PACE = {
    "balance": N_("A balance stands at a moment: no pace, only where it is now."),
    "formula": N_("A ratio does not add up over days: no pace, only what is reached."),
    "flow": N_("This indicator does not add up over days: no pace, only what is reached."),
}
NOT_STARTED = N_("The period has not begun.")
NO_DAYS_YET = N_("No working day has passed yet.")


@dataclass(frozen=True)
class Pace:
    """Numbers of one target at a day. Money and counts in the measure's unit; shares as 0-1; days are working days.

    ``None`` means it cannot be said, and ``why`` says why not. ``attained`` is actual / target, also for an indicator that
    should stay low (there it is the part of the limit used); ``good`` is the judgement, whichever way is better.
    """

    target: float
    actual: float | None
    attained: float | None
    share: float | None = None
    expected: float | None = None
    ahead: float | None = None
    gap: float | None = None
    days: float = 0.0
    days_done: float = 0.0
    days_left: float = 0.0
    per_day: float | None = None
    needed_per_day: float | None = None
    landing: float | None = None
    landing_share: float | None = None
    good: bool | None = None
    closed: bool = False
    why: str = ""

    @property
    def points_ahead(self) -> float | None:
        """Reached minus where it should be, in shares of the target (0.03 is 3 points)."""
        return None if self.attained is None or self.share is None else self.attained - self.share


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _meets(value: float | None, target: float | None, better: str) -> bool | None:
    """Whether ``value`` is on the right side of ``target``; a tie is good, rounding dust aside."""
    if value is None or target is None:
        return None
    dust = 1e-9 * max(1.0, abs(target))
    return value <= target + dust if better == "down" else value >= target - dust


def pace(actual: float | None, target: float, first: date, last: date, as_of: date, calendar: AnyCalendar, *,
         kind: Kind = "flow", adds_up: bool = True, better: str = "up", phased: float | None = None) -> Pace:
    """Where a target of ``first`` to ``last`` stands when the data end on ``as_of`` (that day included).

    ``phased``: the share of it that should be reached by then, where it is not spread evenly over working days.
    """
    attained, gap = _ratio(actual, target), None if actual is None else target - actual
    days, done = calendar.worked(first, last), calendar.worked(first, min(as_of, last))
    left, closed = days - done, as_of >= last
    if kind == "balance" or not adds_up:
        started = as_of >= first
        return Pace(target, actual, attained, gap=gap, days=days, days_done=done, days_left=left, closed=closed,
                    good=_meets(actual, target, better) if started else None, why=NO_PACE[kind] if started else NOT_STARTED)
    if as_of < first:
        return Pace(target, actual, attained, share=0.0, expected=0.0, gap=gap, days=days, days_left=left,
                    needed_per_day=_ratio(gap, days), why=NOT_STARTED)
    share = 1.0 if closed else phased if phased is not None else _ratio(done, days)
    expected = None if share is None else target * share
    landing = actual if closed else (actual / share if actual is not None and share else None)
    # A limit is judged by the landing as well: both comparisons scale by the same share, so expected decides.
    return Pace(target, actual, attained, share=share, expected=expected, gap=gap, days=days, days_done=done, days_left=left, closed=closed,
                ahead=None if actual is None or expected is None else actual - expected,
                per_day=_ratio(actual, done), needed_per_day=_ratio(gap, left) if gap is not None and gap > 0 and better != "down" else None,
                landing=landing, landing_share=_ratio(landing, target),
                good=_meets(actual, expected, better) if share else None, why="" if share else NO_DAYS_YET)


def landing_errors(daily: dict[date, float], periods: Sequence[tuple[date, date]], share: float, calendar: AnyCalendar) -> list[float]:
    """What the run rate got wrong in past periods at the same point: final / landing as estimated then, one a period.

    The point is the day on which the same share of the working days had passed. Periods without a sale before that
    point are left out: the method could say nothing there either. So is a period in which the data begin: half of it is no period.
    """
    found, begun = [], min((day for day, value in daily.items() if value), default=date.max)
    for first, last in periods:
        if first <= begun <= last and (begun - first).days >= LATE * (last - first).days:
            continue
        days = [first.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        whole, done, until = calendar.worked(first, last), 0.0, None
        for day in days:
            done += calendar.weight(day)
            if whole and done / whole >= share - 1e-9:
                until = day
                break
        if until is None:
            continue
        early = sum(daily.get(day, 0.0) for day in days if day <= until)
        if early > 0:
            found.append(sum(daily.get(day, 0.0) for day in days) / (early * whole / done))
    return found


def band(landing: float | None, errors: Sequence[float], coverage: float = 0.8) -> tuple[float, float] | None:
    """Where the period will end, ``coverage`` times in 100, by the method's own past errors; None with fewer than nine.

    Order statistics (conformal): with n past errors the k-th smallest and largest, k = floor((n + 1) (1 - coverage) / 2), cover
    at least that often whatever the distribution; that needs n >= 9 for 80 in 100.
    """
    if landing is None or landing <= 0 or len(errors) < MIN_PAST:
        return None
    k = math.floor((len(errors) + 1) * (1 - coverage) / 2 + 1e-9)
    if k < 1:
        return None
    ordered = sorted(errors)
    return landing * ordered[k - 1], landing * ordered[-k]
