"""Targets as a sheet: years and scopes in a grid, copied from a year before, split down and rolled up. Nothing is read or written here.

Parts that do not sum to the whole are said as they are; a ratio is neither split nor summed.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from crm_data.analysis.target_periods import jalali_months, jalali_period
from crm_data.analysis.target_store import FIRM, Goal, Target
from crm_data.cuts.periods import Period, month_end, shift_months
from crm_data.errors import N_, Cause, InputError

Weights = Literal["equal", "last_year", "working_days"]
WEIGHTS: tuple[Weights, ...] = ("equal", "last_year", "working_days")
#: Lengths of a grid's columns, in months.
STEPS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
#: What is kept behind the point, by unit; splits are exact in it.
PLACES: Mapping[str, int] = {"money": 2, "count": 0, "share": 4}
#: No target is kept more exactly than this.
_KEPT = Decimal("0.0001")


def columns(first: date, last: date, step: str) -> tuple[Period, ...]:
    """The whole months, quarters, halves or years (``STEPS``) from ``first`` on, up to ``last``; the first begins its month."""
    if step not in STEPS:
        raise InputError(N_("There is no step “{step}”. Use one of: {known}."), step=step[:40], known=", ".join(STEPS))
    start, found = first.replace(day=1), []
    while start <= last:
        found.append(Period(start, month_end(shift_months(start, STEPS[step] - 1))))
        start = shift_months(start, STEPS[step])
    return tuple(found)


def pieces(period: Period, step: str) -> tuple[Period, ...]:
    """The months, quarters, halves or years a period is made of, in its own calendar: of a Jalali year Jalali months."""
    found = jalali_months(period)
    if not found or step not in STEPS:
        return columns(period.first, period.last, step)
    return tuple(jalali_period(first, STEPS[step]) for first in range(found[0], found[0] + found[1], STEPS[step]))


@dataclass(frozen=True)
class Grid:
    """Targets of one indicator: a row a member, a column a period. ``values``: the cells that have a target.

    ``like``: of cells copied from another, the goal they came from.
    """

    measure: str
    dimension: str
    members: tuple[str, ...]
    periods: tuple[Period, ...]
    values: Mapping[Goal, float] = field(default_factory=dict)
    unit: str = "money"
    like: Mapping[Goal, Goal] = field(default_factory=dict)

    def goal(self, member: str, period: Period) -> Goal:
        return Goal(self.measure, period.first, period.last, self.dimension, member)

    def at(self, member: str, period: Period) -> float | None:
        return self.values.get(self.goal(member, period))

    def column(self, period: Period) -> list[float | None]:
        return [self.at(member, period) for member in self.members]

    def row(self, member: str) -> list[float | None]:
        return [self.at(member, period) for period in self.periods]

    def with_value(self, member: str, period: Period, value: float | None) -> Grid:
        """With one cell changed; None empties it."""
        goal = self.goal(member, period)
        rest = {g: v for g, v in self.values.items() if g != goal}
        return replace(self, values=rest if value is None else rest | {goal: value})


def grid(targets: Iterable[Target], measure: str, dimension: str, members: Sequence[str], periods: Sequence[Period], unit: str = "money") -> Grid:
    """The targets of an indicator and dimension as a grid; those of other members and periods are left out."""
    empty = Grid(measure, dimension, tuple(members) if dimension != FIRM else ("",), tuple(Period(p.first, p.last) for p in periods), {}, unit)
    cells = {empty.goal(member, period) for member in empty.members for period in empty.periods}
    return replace(empty, values={t.goal: t.value for t in targets if t.goal in cells})


def raised(value: float, percent: float, unit: str = "money") -> float:
    """A value and so many per cent more, in the places its unit has; as it is at 0 %."""
    return value if percent == 0 else round(value * (1 + percent / 100), PLACES.get(unit, 4))


def moved_to(inside: Period, source: Period, goal: Period) -> Period:
    """Where a period lies in ``goal`` that lies ``inside`` ``source``: as many months on, else as many days on."""
    if (inside.first, inside.last) == (source.first, source.last):
        return Period(goal.first, goal.last)
    if source.whole_months() and goal.whole_months() and inside.whole_months() and _months(source) == _months(goal):
        months = (goal.first.year - source.first.year) * 12 + goal.first.month - source.first.month
        return Period(shift_months(inside.first, months), month_end(shift_months(inside.last, months)))
    parts, span, onto = jalali_months(inside), jalali_months(source), jalali_months(goal)
    if parts and span and onto and span[1] == onto[1]:
        return jalali_period(parts[0] - span[0] + onto[0], parts[1])
    if source.days == goal.days:
        on = goal.first - source.first
        return Period(inside.first + on, inside.last + on)
    raise InputError(N_("{source} and {goal} are not of one length, so the targets within cannot be carried over."), source=_days(source), goal=_days(goal))


def _days(period: Period) -> Cause:
    return Cause(N_("{first} to {last}"), first=period.first, last=period.last)


def copied(cells: Grid, source: Period, goal: Period, percent: float = 0.0, *, known: Grid | None = None) -> Grid:
    """The grid with what stands within ``source`` carried to the same place of ``goal``, so many per cent more.

    ``known``: the grid to copy from where the columns of ``source`` are not in this one. Cells without a column here are left out;
    cells that are empty in the source stay as they are.
    """
    known = known or cells
    into = {(p.first, p.last) for p in cells.periods}
    values, like = dict(cells.values), dict(cells.like)
    for period in known.periods:
        if period.first < source.first or period.last > source.last:
            continue
        to = moved_to(period, source, goal)
        for member in cells.members:
            value = known.at(member, period)
            if value is not None and (to.first, to.last) in into:
                values[cells.goal(member, to)] = raised(value, percent, cells.unit)
                like[cells.goal(member, to)] = known.goal(member, period)
    return replace(cells, values=values, like=like)


def changes(before: Grid, after: Grid) -> list[tuple[Goal, float | None]]:
    """What must be written so that ``before`` becomes ``after``: only cells that differ, row by row; None where one was emptied."""
    goals = dict.fromkeys([after.goal(m, p) for m in after.members for p in after.periods] + list(before.values))
    return [(goal, after.values.get(goal)) for goal in goals if before.values.get(goal) != after.values.get(goal)]


def months_within(goal: Goal, step: str) -> list[Goal]:
    """The months, quarters or halves a goal's period falls into. Raises InputError where it is not made of whole ones."""
    if step not in STEPS:
        raise InputError(N_("There is no step “{step}”. Use one of: {known}."), step=step[:40], known=", ".join(STEPS))
    months = _months(goal.period)
    if not months or months % STEPS[step] or months <= STEPS[step]:
        raise InputError(N_("The days from {first} to {last} are not several whole steps of “{step}”."), first=goal.first, last=goal.last, step=step)
    return [replace(goal, first=p.first, last=p.last) for p in pieces(goal.period, step)]


def split(value: float, parts: Sequence[Goal], weights: Sequence[float], *, adds_up: bool, label: str, unit: str = "money") -> list[tuple[Goal, float]]:
    """``value`` shared out over ``parts`` by ``weights``; the shares sum to it exactly, to the cent (a count: to the unit).

    What rounding leaves over goes to the largest remainders, the first of equal ones. Negative weights (a month of returns) count
    as 0. ``adds_up``: whether these parts of the measure called ``label`` may be summed; InputError where not.
    """
    check_adds_up(adds_up, label)
    if not parts or len(weights) != len(parts) or not all(map(math.isfinite, weights)):
        raise InputError(N_("There is nothing to split the target into."))
    exact = [Fraction(max(0.0, float(w))) for w in weights]
    if not sum(exact):
        raise InputError(N_("Nothing is known to split the target by. Split it equally."))
    whole = _decimal(value).quantize(_KEPT)
    step = Decimal(1).scaleb(-max(PLACES.get(unit, 2), -whole.normalize().as_tuple().exponent))
    cents = int(abs(whole) / step)
    shares = [cents * w / sum(exact) for w in exact]
    units = [int(share) for share in shares]
    # Fewer are left over than there are remainders, so that a part without a weight gets none.
    for i in sorted(range(len(parts)), key=lambda i: (units[i] - shares[i], i))[:cents - sum(units)]:
        units[i] += 1
    sign = -1 if whole < 0 else 1
    return [(goal, float(sign * n * step)) for goal, n in zip(parts, units, strict=True)]


@dataclass(frozen=True)
class Rolled:
    """What parts sum to against the whole: ``difference`` = whole - total (None: nobody set the whole); ``missing``: parts without a target."""

    total: float
    whole: float | None
    missing: int
    n: int

    @property
    def difference(self) -> float | None:
        return None if self.whole is None else float(_decimal(self.whole) - _decimal(self.total))

    @property
    def agrees(self) -> bool:
        """Whether the parts sum to the whole, to the cent."""
        return self.difference is not None and abs(self.difference) < 0.005


def rolled(whole: float | None, parts: Sequence[float | None], *, adds_up: bool, label: str) -> Rolled:
    """The sum of the parts' targets against the whole's. Raises InputError for what does not add up (``label``: the measure's)."""
    check_adds_up(adds_up, label)
    told = [part for part in parts if part is not None]
    return Rolled(float(sum((_decimal(part) for part in told), Decimal(0))), whole, len(parts) - len(told), len(parts))


def check_adds_up(adds_up: bool, label: str) -> None:
    if not adds_up:
        raise InputError(N_("The parts of {measure} do not add up, so a target for it is neither split nor summed. Set each part itself."), measure=label)


def may_add(catalog, goal: Goal, parts: Sequence[Goal]) -> bool:
    """Whether targets of ``parts`` sum to one of ``goal``: a balance adds up over scopes and not over time, a ratio over neither."""
    measure = catalog.measure(goal.measure)
    over_time = any((part.first, part.last) != (goal.first, goal.last) for part in parts)
    by = tuple(dict.fromkeys(part.asked for part in parts if part.asked and part.asked != goal.asked))
    return measure.adds_up and not (over_time and measure.kind == "balance") and catalog.adds_up(goal.measure, by)


def years_before(parts: Sequence[Goal], on: date) -> int:
    """How many years back the shape of ``parts`` is known in full on ``on``: the same for all, one at least."""
    years = 1
    while shift_months(max(part.last for part in parts), -12 * years) > on:
        years += 1
    return years


def a_year_before(goal: Goal, years: int = 1) -> Goal:
    """The same goal that many years earlier; of whole months, whole months."""
    found = jalali_months(goal.period)
    if found:
        then = jalali_period(found[0] - 12 * years, found[1])
        return replace(goal, first=then.first, last=then.last)
    last = shift_months(goal.last, -12 * years)
    return replace(goal, first=shift_months(goal.first, -12 * years), last=month_end(last) if goal.period.whole_months() else last)


def _months(period: Period) -> int:
    """Whole months of the period's own calendar; 0 where it is not made of them."""
    if period.whole_months():
        return (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    found = jalali_months(period)
    return found[1] if found else 0


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value)))
