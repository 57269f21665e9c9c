"""How far each target is reached: one question to the database per period and dimension, then plain arithmetic.

* What is reached is asked of the catalog at the target's own scope, so a ratio comes from its numerator and denominator
  there, and a group of branches is the sum of its children (or, for a ratio, asked anew over all of them).
* A target of the whole firm nobody set, while its branches have theirs, is shown as their sum against what those branches
  reached, and marked so (``parts``); ratios are never summed.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crm_data.analysis.pace import Kind, Pace, pace
from crm_data.analysis.phasing import PLAIN, Curve, curve, joined
from crm_data.analysis.same_names import members_in
from crm_data.analysis.target_days import daily, number, of_member
from crm_data.analysis.target_periods import months_of
from crm_data.analysis.target_rules import visible
from crm_data.analysis.target_store import FIRM, Goal, Target, all_targets
from crm_data.analysis.working_days import AnyCalendar, Places, WorkCalendar, places, together
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import MabatError

#: The dimension whose targets add up to the firm's.
PARTS_OF_FIRM = "branch"


@dataclass(frozen=True)
class Progress:
    """A target and where it stands. ``parts``: the goals it is the sum of (none: it was set itself); ``curve``: what should be
    reached day by day, where that is not even over the working days."""

    target: Target
    pace: Pace
    label: str
    unit: str
    better: str
    kind: Kind = "flow"
    adds_up: bool = True
    calendar: AnyCalendar = WorkCalendar()
    parts: tuple[Goal, ...] = ()
    children: tuple[str, ...] = ()
    curve: Curve | None = None

    @property
    def goal(self) -> Goal:
        return self.target.goal

    def as_json(self) -> dict[str, object]:
        g, p = self.goal, self.pace
        return {"measure": g.measure, "from": g.first.isoformat(), "to": g.last.isoformat(), "dimension": g.dimension or None,
                "member": g.member or None, "target": p.target, "actual": p.actual, "attained": p.attained, "pace": p.share,
                "expected": p.expected, "ahead": p.ahead, "gap": p.gap, "working_days": p.days, "working_days_left": p.days_left,
                "needed_per_day": p.needed_per_day, "landing": p.landing, "landing_share": p.landing_share, "good": p.good,
                "closed": p.closed, "why": p.why, "unit": self.unit, "better": self.better, "source": self.target.source,
                "version": self.target.version, "sum_of": len(self.parts), "stretch": self.target.stretch, "phasing": self.target.phasing.kind,
                "phasing_note": self.curve.why if self.curve else ""}


@dataclass(frozen=True)
class Board:
    """All targets of a day that the reader may see. ``hidden``: those that reach beyond; ``refused``: target -> why not shown."""

    on: date
    all: tuple[Progress, ...]
    hidden: int
    refused: tuple[tuple[Target, MabatError], ...]
    places: Places

    def of(self, measure: str, dimension: str, period: Period | None = None) -> list[Progress]:
        return [p for p in self.all if p.goal.measure == measure and p.goal.dimension == dimension
                and (period is None or (p.goal.first, p.goal.last) == (period.first, period.last))]

    def one(self, measure: str, dimension: str = FIRM, member: str = "", period: Period | None = None) -> Progress | None:
        """The target of one scope; of several periods the shortest, unless one is named."""
        found = [p for p in self.of(measure, dimension, period) if p.goal.member == member]
        return min(found, key=lambda p: p.goal.period.days, default=None)

    def periods(self) -> list[Period]:
        """Periods with a target, the shortest first."""
        found = {(p.goal.first, p.goal.last) for p in self.all}
        return sorted((Period(*pair) for pair in found), key=lambda p: (p.days, p.first))


def board(warehouse, engine, *, scope: Scope, on: date | None = None, targets: Sequence[Target] | None = None) -> Board:
    """Progress of every target whose period holds ``on`` (the day of the data by default; later days are cut to it)."""
    day = min(on or warehouse.as_of, warehouse.as_of)
    firm = places(warehouse)
    known = all_targets(warehouse, engine) if targets is None else list(targets)
    current = [t for t in known if t.goal.covers(day)]
    seen = [t for t in current if visible(t.goal, scope, firm)]
    found, refused = progress(seen, warehouse, scope=scope, on=day, firm=firm)
    return Board(day, tuple(found), len(current) - len(seen), tuple(refused), firm)


def progress(targets: Iterable[Target], warehouse, *, scope: Scope, on: date,
             firm: Places | None = None) -> tuple[list[Progress], list[tuple[Target, MabatError]]]:
    """Where each target stands on ``on``; and those that cannot be measured, each with its reason."""
    catalog, firm = catalog_for(warehouse), firm or places(warehouse)
    good, refused = usable(targets, catalog, firm)
    actuals = Actuals(warehouse, scope, on, firm, catalog)
    actuals.expect(t.goal for t in good)
    parts = parts_of_firm(good, firm)
    found = [_stand(t, actuals, firm, parts.get(t.goal, [])) for t in good]
    set_already = {t.goal for t in good}
    # A sum is made only where nobody set the whole, of parts that add up, and of more than one.
    sums = [(whole, group) for whole, group in parts.items() if whole not in set_already and len(group) > 1 and catalog.measure(whole.measure).adds_up]
    return found + [_stand(_summed(whole, group), actuals, firm, group, summed=True) for whole, group in sums], refused


def _summed(whole: Goal, group: Sequence[Target]) -> Target:
    """Several targets as one: their sum, with the stretch values where each has one and the direction where all have the same."""
    stretched, ways = all(t.stretch is not None for t in group), {t.direction for t in group}
    return Target(whole, sum(t.value for t in group), source="data" if all(t.source == "data" for t in group) else "app",
                  stretch=sum(t.stretch or 0.0 for t in group) if stretched else None, direction=ways.pop() if len(ways) == 1 else "")


def together_as_one(group: Sequence[Progress], on: date) -> Progress | None:
    """Several targets of one indicator and period as one, where they add up: for a choice of branches. None otherwise."""
    first = group[0] if group else None
    if first is None or len({(p.goal.measure, p.goal.first, p.goal.last) for p in group}) > 1 or not first.adds_up:
        return None
    whole = _summed(Goal(first.goal.measure, first.goal.first, first.goal.last), [p.target for p in group])
    weights = [p.target.value for p in group]
    calendar = together([p.calendar for p in group], weights if all(w > 0 for w in weights) else (), (whole.goal.first, whole.goal.last))
    spread = _together_spread([(p.target, p.curve, p.calendar) for p in group])
    better = whole.direction or first.better
    where = pace(sum(p.pace.actual or 0.0 for p in group), whole.value, first.goal.first, first.goal.last, on, calendar,
                 kind=first.kind, adds_up=True, better=better, phased=spread.at(first.goal.first, on) if spread else None)
    return Progress(whole, where, first.label, first.unit, better, first.kind, True, calendar, tuple(p.goal for p in group), curve=spread)


def _together_spread(parts: Sequence[tuple[Target, Curve | None, AnyCalendar]]) -> Curve | None:
    """The curve of targets summed up, where one of them is not spread evenly over its working days."""
    values = [target.value for target, _, _ in parts]
    if all(spread is None for _, spread, _ in parts) or not all(value > 0 for value in values):
        return None
    return joined([spread or curve(PLAIN, calendar, target.goal.first, target.goal.last) for target, spread, calendar in parts], values)


def _stand(target: Target, actuals: Actuals, firm: Places, group: Sequence[Target], summed: bool = False) -> Progress:
    """Progress of one target. ``group``: the branch targets that make up this whole, which also weigh its working days."""
    goal, measure = target.goal, actuals.catalog.measure(target.goal.measure)
    if group and all(t.value > 0 for t in group):
        calendar = together([firm.working(t.goal.dimension, t.goal.member) for t in group], [t.value for t in group],
                            (goal.first, goal.last))
    else:
        calendar = firm.working(goal.dimension, goal.member)
    reached = sum(actuals.value(t.goal) or 0.0 for t in group) if summed else actuals.value(goal)
    spread = None
    if summed:
        calendars = [firm.working(t.goal.dimension, t.goal.member) for t in group]
        spread = _together_spread([(t, spread_of(t, actuals, firm, own), own) for t, own in zip(group, calendars, strict=True)])
    elif measure.kind != "balance" and measure.adds_up:
        spread = spread_of(target, actuals, firm, calendar)
    where = pace(reached, target.value, goal.first, goal.last, actuals.on, calendar, kind=measure.kind, adds_up=measure.adds_up,
                 better=target.better(measure), phased=spread.at(goal.first, actuals.on) if spread else None)
    children = firm.branches_behind(goal.dimension, goal.member)
    return Progress(target, where, measure.label, measure.unit, target.better(measure), measure.kind, measure.adds_up, calendar,
                    tuple(t.goal for t in group) if summed else (), tuple(children), spread)


def spread_of(target: Target, actuals: Actuals, firm: Places, calendar: AnyCalendar) -> Curve | None:
    """The curve of a target that is not spread evenly over its working days."""
    goal = target.goal
    if target.phasing.kind == "working_days":
        return None
    before = {}
    if target.phasing.kind == "last_year":
        own = months_of(goal.first, goal.last)
        a_year_ago = Period(own.shift(goal.first, -12), own.shift(goal.last, -12))
        before = of_member(daily(goal.measure, goal.asked, a_year_ago, actuals.warehouse, scope=actuals.scope), goal, firm)
    return curve(target.phasing, calendar, goal.first, goal.last, before)


def parts_of_firm(targets: Sequence[Target], firm: Places) -> dict[Goal, list[Target]]:
    """The branch targets under each firm-wide goal. A branch inside a group that has its own target is not counted twice."""
    found: dict[Goal, list[Target]] = defaultdict(list)
    for target in targets:
        if target.goal.dimension == PARTS_OF_FIRM:
            found[Goal(target.goal.measure, target.goal.first, target.goal.last)].append(target)
    for whole, group in found.items():
        inside = {name for t in group for name in firm.branches_behind("branch", t.goal.member) if name != t.goal.member}
        found[whole] = [t for t in group if t.goal.member not in inside]
    return dict(found)


def usable(targets: Iterable[Target], catalog: Catalog, firm: Places | None = None) -> tuple[list[Target], list[tuple[Target, MabatError]]]:
    """Targets the catalog can measure, and the others with their reason (data may bring anything). With the ``firm``, those whose
    name several bear are among the others."""
    good, refused = [], []
    for target in targets:
        try:
            catalog.measure(target.goal.measure)
            _ = target.goal.period
            if target.goal.dimension:
                catalog.dimension(target.goal.asked)
                catalog.check(target.goal.measure, (target.goal.asked,))
                if firm is not None:
                    firm.check_name(target.goal.asked, target.goal.member)
        except MabatError as error:
            refused.append((target, error))
        else:
            good.append(target)
    return good, refused


class Actuals:
    """What is reached, asked once per (dimension, period) for all measures together and kept for the run."""

    def __init__(self, warehouse, scope: Scope, on: date, firm: Places, catalog: Catalog) -> None:
        self.warehouse, self.scope, self.on, self.firm, self.catalog = warehouse, scope, on, firm, catalog
        self._measures: dict[tuple[str, date, date], set[str]] = defaultdict(set)
        self._found: dict[tuple[str, date, date], dict[str, dict[str, float | None]]] = {}

    def expect(self, goals: Iterable[Goal]) -> None:
        """Say beforehand what will be asked, so that measures of one scope and period come in one question."""
        for goal in goals:
            self._measures[goal.asked, goal.first, goal.last].add(goal.measure)

    def value(self, goal: Goal) -> float | None:
        """What is reached of a goal by the day; None where it is not known or the period has not begun."""
        if self.on < goal.first:
            return None
        measure = self.catalog.measure(goal.measure)
        behind = self.firm.branches_behind(goal.dimension, goal.member)
        if behind:
            return self._of_group(goal, behind, measure)
        return self._members(goal).get(goal.member, self._nothing(measure))

    def _nothing(self, measure) -> float | None:
        return 0.0 if measure.adds_up else None

    def _of_group(self, goal: Goal, names: list[str], measure) -> float | None:
        if measure.adds_up:
            rows = self._members(goal)
            parts = [rows.get(name, 0.0) for name in names]
            # Where one's is not known (no cost of its sales), what all know together is asked anew.
            if None not in parts:
                return sum(parts)
        cut = Cut((goal.measure,), period=self._period(goal), filters=(self.firm.filter_of("branch", names),))
        return number(ask(cut, self.warehouse, scope=self.scope).totals.get(goal.measure))

    def _period(self, goal: Goal) -> Period:
        return Period(goal.first, min(goal.last, self.on))

    def _members(self, goal: Goal) -> dict[str, float | None]:
        key = goal.asked, goal.first, goal.last
        self._measures[key].add(goal.measure)
        if goal.measure not in self._found.get(key, {}):
            self._found[key] = self._ask(goal, tuple(sorted(self._measures[key])))
        return self._found[key][goal.measure]

    def _ask(self, goal: Goal, measures: tuple[str, ...]) -> dict[str, dict[str, float | None]]:
        by = (goal.asked,) if goal.asked else ()
        answer = ask(Cut(measures, by=by, period=self._period(goal)), self.warehouse, scope=self.scope)
        if not by:
            return {m: {"": number(answer.totals.get(m))} for m in measures}
        members = members_in(answer.rows, goal.asked, self.warehouse)
        found: dict[str, dict[str, float | None]] = {m: {} for m in measures}
        for measure in measures:
            adds_up = self.catalog.measure(measure).adds_up
            for member, value in zip(members, map(number, answer.rows[measure]), strict=True):
                # Two categories of one name are one member here: added up, or not known where that is wrong.
                if member in found[measure]:
                    value = (found[measure][member] or 0.0) + (value or 0.0) if adds_up else None
                found[measure][member] = value
        return found
