"""Targets along time: the running total against its pace and last year, landing bands, and attainment month by month."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from crm_data.analysis.pace import Pace, band, landing_errors, pace
from crm_data.analysis.target_store import FIRM, Goal, Target
from crm_data.analysis.targets import Actuals, Board, Progress, number
from crm_data.analysis.working_days import AnyCalendar, Places, days_of
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, month_end, shift_months
from crm_data.cuts.query import ask

MONTHS_BACK = 24
Daily = dict[date, float]


@dataclass(frozen=True)
class Course:
    """A flow over the days of a period. ``actual`` ends on the day of the data; the others have a value for each day.

    ``pace_line`` and ``target`` are None where nobody set one. ``band``: where it will end 80 times in 100, None where the
    method's past errors are too few to say; ``past``: how many past periods it rests on.
    """

    measure: str
    unit: str
    better: str
    days: tuple[date, ...]
    actual: tuple[float, ...]
    last_year: tuple[float, ...]
    pace_line: tuple[float, ...] | None
    target: float | None
    landing: float | None
    band: tuple[float, float] | None
    past: int
    pace: Pace | None

    @property
    def on(self) -> date:
        return self.days[len(self.actual) - 1] if self.actual else self.days[0]


def daily(measure: str, dimension: str, period: Period, warehouse, *, scope: Scope, filters: tuple[Filter, ...] = ()) -> dict[str, Daily]:
    """Value of each day by member of a dimension ("" of the firm), in one question. Empty days are left out."""
    by = (dimension,) if dimension else ()
    answer = ask(Cut((measure,), by=by, period=period, grain="day", filters=filters), warehouse, scope=scope)
    rows, found = answer.rows, {}
    key = "customer_id" if dimension == "customer" else dimension
    members = rows[key] if by else [""] * len(rows)
    for member, day, value in zip(members, rows["period"], rows[measure], strict=True):
        amount = number(value)
        if amount:
            name = "" if member is None or member != member else str(member)
            found.setdefault(name, {})[day.date() if hasattr(day, "date") else day] = amount
    return found


def merged(parts: Sequence[Daily]) -> Daily:
    """Several members' days added up."""
    found: Daily = {}
    for part in parts:
        for day, value in part.items():
            found[day] = found.get(day, 0.0) + value
    return found


def of_member(by_member: Mapping[str, Daily], goal: Goal, firm: Places) -> Daily:
    """The days of a goal's scope; of a group of branches, its children's added up."""
    behind = firm.branches_behind(goal.dimension, goal.member)
    if behind:
        return merged([by_member[m] for m in behind if m in by_member])
    return by_member.get(goal.member, {})


def looked_at(first: date, last: date, on: date) -> Period:
    """The days to read for a period: as far back as its landing band looks, a year for longer ones (last year's line)."""
    back = MONTHS_BACK if (last - first).days <= 62 else 12
    return Period(shift_months(first, -back), max(first, min(last, on)))


def days_behind(one: Progress, warehouse, *, scope: Scope, firm: Places, on: date) -> Daily:
    """The days of a target's scope, from as far back as its landing band looks; of a sum, its parts' added up."""
    goal = one.goal
    whole = looked_at(goal.first, goal.last, on)
    if not one.parts:
        return of_member(daily(goal.measure, goal.asked, whole, warehouse, scope=scope), goal, firm)
    by_member = daily(goal.measure, one.parts[0].dimension, whole, warehouse, scope=scope)
    return merged([of_member(by_member, part, firm) for part in one.parts])


def past_periods(first: date, last: date, back: int = MONTHS_BACK) -> list[tuple[date, date]]:
    """Earlier periods of the same length in whole months, newest first; none where the period is not whole months."""
    period = Period(first, last)
    if not period.whole_months():
        return []
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    starts = [shift_months(first, -months * n) for n in range(1, back // months + 1)]
    return [(start, month_end(shift_months(start, months - 1))) for start in starts]


def landing_band(goal: Goal, where: Pace, days: Daily, calendar: AnyCalendar) -> tuple[tuple[float, float] | None, int]:
    """The band of a landing from the run rate's own past errors, and how many past periods it rests on."""
    if where.landing is None or where.closed or not where.share:
        return None, 0
    errors = landing_errors(days, past_periods(goal.first, goal.last), where.share, calendar)
    return band(where.landing, errors), len(errors)


def course(goal: Goal, target: float | None, days: Daily, calendar: AnyCalendar, measure, on: date) -> Course:
    """The running total of a goal toward ``target`` (None: nobody set one), pace by working days, with last year's."""
    span = days_of(goal.first, goal.last)
    actual = tuple(accumulate(days.get(day, 0.0) for day in span if day <= on))
    before = tuple(accumulate(days.get(shift_months(day, -12), 0.0) for day in span))
    where = pace(actual[-1] if actual else None, target or 0.0, goal.first, goal.last, on, calendar,
                 kind=measure.kind, adds_up=measure.adds_up, better=measure.better)
    line = None if target is None else tuple(target * share for share in shares(calendar, goal.first, goal.last))
    likely, past = landing_band(goal, where, days, calendar)
    return Course(goal.measure, measure.unit, measure.better, tuple(span), actual, before, line, target, where.landing, likely, past,
                  where if target is not None else None)


def shares(calendar: AnyCalendar, first: date, last: date) -> list[float]:
    """Share of the working days passed by the end of each day; by calendar days where no day is worked."""
    weights = [calendar.weight(day) for day in days_of(first, last)]
    whole = sum(weights)
    return [done / whole for done in accumulate(weights)] if whole else [(n + 1) / len(weights) for n in range(len(weights))]


def cumulative_toward(found: Board, warehouse, *, scope: Scope, measure: str = "revenue", dimension: str = FIRM, member: str = "",
                      period: Period | None = None, filters: tuple[Filter, ...] = ()) -> Course:
    """Today's lead chart: a flow that adds up toward its target in the month of the board's day (or ``period``).

    Without a target of that scope and period the course has none. With ``filters`` the target is left out: it was not set for
    a part.
    """
    whole = period or Period(found.on.replace(day=1), month_end(found.on))
    item, firm = catalog_for(warehouse).measure(measure), found.places
    one = None if filters else found.one(measure, dimension, member, whole)
    goal = Goal(measure, whole.first, whole.last, dimension, member)
    if one is not None:
        days = days_behind(one, warehouse, scope=scope, firm=firm, on=found.on)
        return course(goal, one.target.value, days, one.calendar, item, found.on)
    past = looked_at(whole.first, whole.last, found.on)
    days = of_member(daily(measure, goal.asked, past, warehouse, scope=scope, filters=filters), goal, firm)
    return course(goal, None, days, firm.working(dimension, member), item, found.on)


@dataclass(frozen=True)
class Step:
    """Where a flow stood at the end of a day: the running total, the share of working days passed, what was expected."""

    day: date
    actual: float
    share: float
    target: float

    @property
    def expected(self) -> float:
        return self.target * self.share

    @property
    def landing(self) -> float | None:
        """Run-rate landing; None in the first tenth of the period, where it says nothing."""
        return self.actual / self.share if self.share >= 0.1 else None

    def on_pace(self, better: str = "up") -> bool:
        return self.actual <= self.expected if better == "down" else self.actual >= self.expected


def steps(one: Progress, days: Daily, on: date) -> list[Step]:
    """Each day of a target's period so far: for sparklines of what is reached, the landing and the gap."""
    goal, total, found = one.goal, 0.0, []
    for day, share in zip(days_of(goal.first, goal.last), shares(one.calendar, goal.first, goal.last), strict=True):
        if day > on:
            break
        total += days.get(day, 0.0)
        found.append(Step(day, total, share, one.target.value))
    return found


@dataclass(frozen=True)
class Month:
    """One cell of the heat map: attainment as a share, None without a target. ``estimate``: the landing of a running month."""

    first: date
    attained: float | None
    actual: float | None
    target: float | None
    estimate: bool


def monthly(targets: Sequence[Target], measure: str, dimension: str, warehouse, *, scope: Scope, on: date, firm: Places,
            members: Sequence[str], months: int = 12) -> dict[str, list[Month]]:
    """Attainment of each member in the last months up to the one of ``on``; its landing where the month still runs."""
    catalog = catalog_for(warehouse)
    item = catalog.measure(measure)
    starts = [shift_months(on.replace(day=1), -n) for n in range(months - 1, -1, -1)]
    values = {(t.goal.member, t.goal.first): t for t in targets if t.goal.measure == measure and t.goal.dimension == dimension
              and t.goal.first.day == 1 and t.goal.last == month_end(t.goal.first)}
    reached = _monthly_actuals(measure, dimension, Period(starts[0], on), warehouse, scope, item)
    asked = Actuals(warehouse, scope, on, firm, catalog)
    found: dict[str, list[Month]] = {}
    for member in members:
        behind = firm.branches_behind(dimension, member)
        for start in starts:
            target = values.get((member, start))
            if target is None:
                found.setdefault(member, []).append(Month(start, None, None, None, False))
                continue
            if behind:
                parts = [reached.get((name, start)) or 0.0 for name in behind]
                actual = sum(parts) if item.adds_up else asked.value(target.goal)
            else:
                actual = reached.get((member, start), 0.0 if item.adds_up else None)
            where = pace(actual, target.value, start, month_end(start), on, firm.working(dimension, member), kind=item.kind,
                         adds_up=item.adds_up, better=item.better)
            runs = not where.closed and where.landing_share is not None
            found.setdefault(member, []).append(Month(start, where.landing_share if runs else where.attained, actual, target.value, runs))
    return found


def _monthly_actuals(measure: str, dimension: str, period: Period, warehouse, scope: Scope, item) -> dict[tuple[str, date], float | None]:
    by = (dimension,) if dimension else ()
    rows = ask(Cut((measure,), by=by, period=period, grain="month"), warehouse, scope=scope).rows
    key = "customer_id" if dimension == "customer" else dimension
    members = rows[key] if by else [""] * len(rows)
    found = {}
    for member, month, value in zip(members, rows["period"], rows[measure], strict=True):
        day = month.date() if hasattr(month, "date") else month
        found["" if member is None or member != member else str(member), day] = number(value)
    return found
