"""Targets along time: the running total against its pace and last year, landing bands, and attainment month by month."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from crm_data.analysis.pace import Pace, band, landing_errors, pace
from crm_data.analysis.phasing import NO_LAST_YEAR, Curve
from crm_data.analysis.same_names import members_in
from crm_data.analysis.target_days import Daily, daily, merged, of_member
from crm_data.analysis.target_periods import jalali_months, jalali_period, months_of
from crm_data.analysis.target_store import FIRM, Goal, Target
from crm_data.analysis.targets import Actuals, Board, Progress, number, spread_of
from crm_data.analysis.working_days import AnyCalendar, Places, days_of
from crm_data.calendars import GREGORIAN, CalendarName, calendar_of
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, in_calendar, month_end, shift_months
from crm_data.cuts.query import ask

MONTHS_BACK = 24


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


def looked_at(first: date, last: date, on: date) -> Period:
    """The days to read for a period: as far back as its landing band looks, a year for those beyond a quarter (last year's line)."""
    back = MONTHS_BACK if (last - first).days <= 92 else 12
    return Period(_begins(first, last, back), max(first, min(last, on)))


def _begins(first: date, last: date, back: int) -> date:
    """The day so many months before, of either calendar the earlier one: a Jalali year may begin a day before the Gregorian one does."""
    return min(months.shift(first, -back) for months in (GREGORIAN, months_of(first, last)))


def cut_of(one: Progress, on: date, firm: Places) -> Cut:
    """The question behind a target's number, as far as it has come."""
    goal = one.goal
    parts = tuple(dict.fromkeys(name for part in one.parts for name in firm.branches_behind(part.dimension, part.member) or [part.member]))
    names = one.children or parts or ((goal.member,) if goal.dimension else ())
    dimension = one.parts[0].asked if one.parts else goal.asked
    return Cut((goal.measure,), period=Period(goal.first, max(goal.first, min(goal.last, on)), calendar=months_of(goal.first, goal.last).name), filters=(firm.filter_of(dimension, names),) if names else ())


def days_within(one: Progress, dimension: str, warehouse, *, scope: Scope, firm: Places, on: date) -> dict[str, Daily]:
    """The days of a target's period so far by member of a dimension, within what the target is about."""
    asked = cut_of(one, on, firm)
    return daily(one.goal.measure, dimension, asked.period, warehouse, scope=scope, filters=asked.filters)


def days_behind(one: Progress, warehouse, *, scope: Scope, firm: Places, on: date) -> Daily:
    """The days of a target's scope, from as far back as its landing band looks; of a sum, its parts' added up."""
    goal = one.goal
    whole = looked_at(goal.first, goal.last, on)
    if not one.parts:
        return of_member(daily(goal.measure, goal.asked, whole, warehouse, scope=scope), goal, firm)
    by_member = daily(goal.measure, one.parts[0].dimension, whole, warehouse, scope=scope)
    return merged([of_member(by_member, part, firm) for part in one.parts])


def past_periods(first: date, last: date, back: int = MONTHS_BACK) -> list[tuple[date, date]]:
    """Earlier periods of the same length in whole months, calendar or Jalali, newest first; none where the period is not whole months."""
    period = Period(first, last)
    jalali = jalali_months(period)
    if jalali:
        # No more of them than days are read back to.
        found = [jalali_period(jalali[0] - jalali[1] * n, jalali[1]) for n in range(1, back // jalali[1] + 1)]
        return [(p.first, p.last) for p in found if p.first >= _begins(first, last, back)]
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


def likely_end(one: Progress, days: Daily) -> tuple[tuple[float, float] | None, int]:
    """:func:`landing_band` of a target; none where it is not spread over working days, since past errors say nothing of that."""
    return landing_band(one.goal, one.pace, days, one.calendar) if by_working_days(one) else (None, 0)


def by_working_days(one: Progress) -> bool:
    """Whether a target is spread evenly over its working days, also one that was to have a last year's shape which is not known."""
    return one.curve is None or (not one.parts and one.curve.why == NO_LAST_YEAR)


def course(goal: Goal, target: float | None, days: Daily, calendar: AnyCalendar, measure, on: date, phased: Curve | None = None, better: str = "") -> Course:
    """The running total of a goal toward ``target`` (None: nobody set one), its pace line, with last year's.

    ``phased``: the curve of a target that is not spread evenly over working days; past errors of the run rate say nothing of it.
    """
    span = days_of(goal.first, goal.last)
    actual = tuple(accumulate(days.get(day, 0.0) for day in span if day <= on))
    # The year before is that of the calendar the target is set in: Aban 1405 is drawn against Aban 1404.
    own = months_of(goal.first, goal.last)
    before = tuple(accumulate(days.get(own.shift(day, -12), 0.0) for day in span))
    where = pace(actual[-1] if actual else None, target or 0.0, goal.first, goal.last, on, calendar,
                 kind=measure.kind, adds_up=measure.adds_up, better=better or measure.better, phased=phased.at(goal.first, on) if phased else None)
    line = None if target is None else tuple(target * share for share in (phased.shares if phased else shares(calendar, goal.first, goal.last)))
    likely, past = (None, 0) if phased else landing_band(goal, where, days, calendar)
    return Course(goal.measure, measure.unit, better or measure.better, tuple(span), actual, before, line, target, where.landing, likely, past,
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
        return course(goal, one.target.value, days, one.calendar, item, found.on, one.curve, one.better)
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
    for day, share in zip(days_of(goal.first, goal.last), one.curve.shares if one.curve else shares(one.calendar, goal.first, goal.last), strict=True):
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
            members: Sequence[str], months: int = 12, calendar: CalendarName = "gregorian") -> dict[str, list[Month]]:
    """Attainment of each member in the last months of ``calendar`` up to the one of ``on``; its landing where the month still runs."""
    catalog = catalog_for(warehouse)
    item = catalog.measure(measure)
    in_months = calendar_of(calendar)
    starts = [in_months.shift(in_months.month_start(on), -n) for n in range(months - 1, -1, -1)]
    values = {(t.goal.member, t.goal.first): t for t in targets if t.goal.measure == measure and t.goal.dimension == dimension
              and t.goal.first == in_months.month_start(t.goal.first) and t.goal.last == in_months.month_end(t.goal.first)}
    reached = _monthly_actuals(measure, dimension, Period(starts[0], on, calendar=calendar), warehouse, scope, item)
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
                parts = [reached.get((name, start), 0.0) for name in behind]
                actual = sum(parts) if item.adds_up and None not in parts else asked.value(target.goal)
            else:
                actual = reached.get((member, start), 0.0 if item.adds_up else None)
            working, end = firm.working(dimension, member), in_months.month_end(start)
            spread = spread_of(target, asked, firm, working) if item.adds_up and end > on else None
            where = pace(actual, target.value, start, end, on, working, kind=item.kind, adds_up=item.adds_up,
                         better=target.better(item), phased=spread.at(start, on) if spread else None)
            runs = not where.closed and where.landing_share is not None
            found.setdefault(member, []).append(Month(start, where.landing_share if runs else where.attained, actual, target.value, runs))
    return found


def _monthly_actuals(measure: str, dimension: str, period: Period, warehouse, scope: Scope, item) -> dict[tuple[str, date], float | None]:
    by = (dimension,) if dimension else ()
    rows = ask(Cut((measure,), by=by, period=period, grain=in_calendar("month", period.calendar)), warehouse, scope=scope).rows  # type: ignore[arg-type]
    found = {}
    for member, month, value in zip(members_in(rows, dimension, warehouse), rows["period"], rows[measure], strict=True):
        found[member, month.date() if hasattr(month, "date") else month] = number(value)
    return found
