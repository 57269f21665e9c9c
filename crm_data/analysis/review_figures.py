"""Figures of a block: a question asked of the meeting's data and of the last meeting's, its numbers beside each other, their targets and what was restated."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine

from crm_data.analysis.answerable import lacking
from crm_data.analysis.findings import Link
from crm_data.analysis.restated import at_day, restated
from crm_data.analysis.review import Block, Figure, Opened, Restated, Shown
from crm_data.analysis.target_rules import visible
from crm_data.analysis.target_store import FIRM, Goal, Target, all_targets
from crm_data.analysis.targets import PARTS_OF_FIRM, Progress, progress
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Grain, Period, bucket_start, calendar_of, in_calendar
from crm_data.cuts.query import ask
from crm_data.errors import N_, InputError, MabatError

Made = Callable[[date], Cut]


@dataclass(frozen=True)
class Room:
    """What every block is looked at with."""

    opened: Opened
    scope: Scope
    engine: Engine
    user: object

    @property
    def now(self):
        return self.opened.warehouse

    @property
    def then(self):
        return self.opened.then

    @property
    def catalog(self) -> Catalog:
        return catalog_for(self.now)

    def named(self, name: str, day: date | None = None) -> Period:
        """A named period in the meeting's calendar as of ``day`` (the last one of its data): the same for every reader."""
        return Period.named(in_calendar(name, self.opened.review.calendar), day or self.now.as_of)


def able(room: Room, measures: Iterable[str]) -> tuple[str, ...]:
    """The measures the meeting's data can answer."""
    rows = {name: int(t.get("rows", 0)) for name, t in room.now.manifest.tables.items()}
    return tuple(m for m in measures if m in room.catalog.measures and not lacking(room.catalog, m, rows))


def months(room: Room, measures: tuple[str, ...]) -> Made:
    """A cut by month of the meeting's calendar over the running month and the eleven before it, as of a day."""
    grain: Grain = in_calendar("month", room.opened.review.calendar)  # type: ignore[assignment]
    calendar = calendar_of(grain)
    return lambda day: Cut(measures, period=Period(calendar.shift(calendar.month_start(day), -11), day, calendar=calendar.name), grain=grain)


def fixed(cut: Cut) -> Made:
    """A cut whose named period moves with the day."""
    return lambda day: at_day(cut, day)


def link_of(text: str) -> dict[str, list[str]]:
    try:
        return {str(k): [str(v) for v in values] for k, values in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        raise InputError(N_("The saved cut of this block cannot be read any more.")) from None


def shown(room: Room, block: Block, make: Made, title: str = "", *, fig: str = "", link: Link | None = None, hero: Sequence[str] | None = None,
          running: bool = False, with_restated: bool = True) -> Shown:
    """A figure of a block. ``make``: the cut as of a day; ``hero``: measures whose numbers are told (all); ``running``: of a cut by time the numbers
    are those of the last bucket (the running month), else those of the whole period."""
    cut = make(room.now.as_of)
    answer = ask(cut, room.now, scope=room.scope)
    then = _then(room, make)
    told = tuple(hero if hero is not None else cut.measures)
    figures = tuple(_figure(room, m, answer, then, running) for m in told)
    found = changed(room, make) if with_restated else ()
    return Shown(block, cut, title, with_targets(room, figures, cut), answer, found, fig, then, link)


def _then(room: Room, make: Made) -> Answer | None:
    if room.then is None:
        return None
    try:
        return ask(make(room.then.as_of), room.then, scope=room.scope)
    except MabatError:
        return None  # a measure, field or segment the last meeting's data does not have


def changed(room: Room, make: Made) -> tuple[Restated, ...]:
    """What was restated of a cut since the last meeting. A snapshot never changes: told once for a viewer."""
    if room.then is None:
        return ()
    cut = make(room.then.as_of)
    key = ("restated", room.now.key, room.then.key, room.now.segments, room.then.segments, room.scope.key, cut, tuple(m.name for m in room.opened.between))
    try:
        return ANSWERS.get(key, lambda: restated(cut, room.now, room.then, scope=room.scope, between=room.opened.between))
    except MabatError:
        return ()


def _figure(room: Room, measure: str, answer: Answer, then: Answer | None, running: bool) -> Figure:
    base = room.catalog.measure(measure)
    now, period = _value(answer, measure, running, room.now.week_start)
    figure = Figure(measure, base.label, base.unit, base.better, now, period=period)
    if then is None or measure not in then.totals:
        return figure
    was, period_then = _value(then, measure, running, room.now.week_start)
    return Figure(measure, base.label, base.unit, base.better, now, was, True, period, period_then, adds_up=base.adds_up and base.kind != "balance", same_start=period.first == period_then.first or base.kind == "balance")


def _value(answer: Answer, measure: str, running: bool, week_start: int) -> tuple[Number, Period]:
    """A number of an answer and its days."""
    if not (running and answer.cut.grain):
        return answer.totals.get(measure), answer.period
    last = min(answer.period.last, answer.as_of)
    start = bucket_start(last, answer.cut.grain, week_start)
    rows = answer.rows[[_day(p) == start for p in answer.rows["period"]]] if len(answer.rows) else answer.rows
    return (rows[measure].iloc[0] if len(rows) else None), Period(max(start, answer.period.first), last, calendar=calendar_of(answer.cut.grain).name)


def _day(value) -> date:
    return value.date() if hasattr(value, "date") else value


# Targets --------------------------------------------------------------------------------------------------------------
def known_targets(room: Room) -> list[Target]:
    """Targets as they were known at the meeting."""
    return all_targets(room.now, room.engine, room.opened.moment)


def with_targets(room: Room, figures: tuple[Figure, ...], cut: Cut) -> tuple[Figure, ...]:
    """The figures with the targets of exactly their days and scope (the firm, or the one branch or owner the cut is narrowed to)."""
    scope = _goal_scope(cut)
    if scope is None:
        return figures
    wanted = [t for t in known_targets(room) if any(_same(t.goal, f) for f in figures) and (
        (t.goal.dimension, t.goal.member) == scope or scope[0] == FIRM and t.goal.dimension == PARTS_OF_FIRM)]
    if not wanted:
        return figures
    firm = places(room.now)
    found, _ = progress([t for t in wanted if visible(t.goal, room.scope, firm)], room.now, scope=room.scope, on=room.now.as_of, firm=firm)
    return tuple(_aimed(f, next((p for p in found if _same(p.goal, f) and (p.goal.dimension, p.goal.member) == scope), None)) for f in figures)


def _same(goal: Goal, figure: Figure) -> bool:
    """Whether a goal is of the figure's measure and of the period its days are the elapsed part of."""
    period = figure.period
    return period is not None and goal.measure == figure.measure and goal.first == period.first and goal.last >= period.last and goal.covers(period.last)


def _goal_scope(cut: Cut) -> tuple[str, str] | None:
    if not cut.filters:
        return FIRM, ""
    one = cut.filters[0]
    alone = len(cut.filters) == 1 and one.op == "is" and len(one.values) == 1 and one.dimension in ("branch", "owner", "team", "branch_region")
    return (one.dimension, one.values[0]) if alone else None


def _aimed(figure: Figure, found: Progress | None) -> Figure:
    if found is None:
        return figure
    return replace(figure, target=found.pace.target, expected=found.pace.expected, good=found.pace.good)
