"""What may be said of reaching a target, and why not: on days made by hand, a month of which runs at a known factor."""
from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_data.analysis.landing import TOO_FEW
from crm_data.analysis.pace import pace
from crm_data.analysis.phasing import Phasing, curve
from crm_data.analysis.target_chance import BY_HAND, BY_LAST_YEAR, ENDED, NO_RATE, ODD_DAYS, judged, outlook
from crm_data.analysis.target_course import past_periods
from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.targets import Progress
from crm_data.analysis.working_days import WorkCalendar

EVERY_DAY = WorkCalendar(weekend=frozenset())
GOAL = Goal("revenue", date(2026, 9, 1), date(2026, 9, 30))
HALF = date(2026, 9, 15)


def _days(months: int) -> dict[date, float]:
    """Ten a day; in past months the second half brings twice as much where the month is even: final / landing is 1.5 or 1."""
    found = {}
    for first, last in past_periods(GOAL.first, GOAL.last)[:months]:
        half = first + timedelta(days=((last - first).days + 1 + 1) // 2 - 1)
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            found[day] = 20.0 if day > half and first.month % 2 == 0 else 10.0
    return found | {GOAL.first + timedelta(days=n): 10.0 for n in range(15)}


def _one(target: float = 360.0, on: date = HALF, better: str = "up", goal: Goal = GOAL, kind: str = "flow", adds_up: bool = True, phasing: Phasing | None = None) -> Progress:
    spread = curve(phasing, EVERY_DAY, goal.first, goal.last) if phasing else None
    where = pace(150.0, target, goal.first, goal.last, on, EVERY_DAY, kind=kind, adds_up=adds_up, better=better, phased=spread.at(goal.first, on) if spread else None)
    return Progress(Target(goal, target, phasing=phasing or Phasing()), where, "Revenue", "money", better, kind, adds_up, EVERY_DAY, curve=spread)


def test_the_share_of_past_months_that_would_do():
    """Landing 300, target 360: the even months of the last eight (August, June, April, February) ended near 1.5 times theirs."""
    found = outlook(_one(), _days(8))
    assert found.n == 8 and found.chance.n == 8 and found.chance.share == pytest.approx(4.5 / 9)
    assert outlook(_one(better="down"), _days(8)).chance.share == pytest.approx(4.5 / 9)
    assert outlook(_one(target=3600), _days(8)).chance.share == pytest.approx(0.5 / 9)


def test_why_there_is_none():
    days = _days(8)
    few = outlook(_one(), _days(4))
    assert few.chance is None and few.why == TOO_FEW and few.values == {"least": 5, "n": 4}
    assert outlook(_one(kind="balance"), days).why == NO_RATE and outlook(_one(adds_up=False), days).why == NO_RATE
    assert outlook(_one(on=GOAL.last), days).why == ENDED
    assert outlook(_one(goal=Goal("revenue", date(2026, 9, 2), date(2026, 9, 30))), days).why == ODD_DAYS
    quarter = Goal("revenue", date(2026, 8, 1), date(2026, 9, 30))
    assert outlook(_one(goal=quarter, phasing=Phasing("manual", (0.5, 0.5))), days).why == BY_HAND


def test_last_years_shape_says_nothing_but_without_a_last_year_it_is_working_days():
    known = {date(2025, 9, n): 1.0 for n in range(1, 31)}
    shaped = _one()
    spread = curve(Phasing("last_year"), EVERY_DAY, GOAL.first, GOAL.last, known)
    shaped = Progress(Target(GOAL, 360.0, phasing=Phasing("last_year")), shaped.pace, "Revenue", "money", "up", calendar=EVERY_DAY, curve=spread)
    assert outlook(shaped, _days(8)).why == BY_LAST_YEAR
    assert outlook(_one(phasing=Phasing("last_year")), _days(8)).chance is not None


def test_the_past_is_judged_by_the_targets_it_had():
    """August's target was out of reach: its cases are misses; without it, July's sum was beaten."""
    days = _days(8)
    august = Goal("revenue", date(2026, 8, 1), date(2026, 8, 31))
    own = [c for c in judged(_one(), days, [Target(august, 10_000.0)]).cases if c.first == august.first]
    free = [c for c in judged(_one(), days, []).cases if c.first == august.first]
    assert own and not any(c.reached for c in own) and free and all(c.reached for c in free)
    assert judged(_one(), _days(4), []).n == 0
