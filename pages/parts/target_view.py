"""What the Targets page looks at: an indicator in a period, its whole and its branches; and how a target is named and said."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_data.analysis import target_course
from crm_data.analysis.target_course import Daily
from crm_data.analysis.target_customers import customer_names
from crm_data.analysis.target_store import GROUP, Goal
from crm_data.analysis.targets import Board, Progress
from crm_data.cuts.periods import Period
from crm_data.errors import N_

if TYPE_CHECKING:
    from pages.parts.context import Page


@dataclass(frozen=True)
class View:
    """What is looked at: an indicator and a period, its whole (None: none set) and its branches, with their days.

    ``parts``: the targets judged beside each other: the branches, or whoever has targets where no branch does.
    """

    board: Board
    measure: Any
    period: Period
    whole: Progress | None
    branches: tuple[Progress, ...]
    parts: tuple[Progress, ...]
    days: Mapping[str, Daily]

    @property
    def flows(self) -> bool:
        """Whether it runs through time, so that pace and landing mean something."""
        return self.measure.kind != "balance" and self.measure.adds_up

    def days_of(self, one: Progress) -> Daily:
        if one.parts:
            return target_course.merged([target_course.of_member(self.days, part, self.board.places) for part in one.parts])
        if not one.goal.dimension:
            return target_course.merged(list(self.days.values()))
        return target_course.of_member(self.days, one.goal, self.board.places)


def key_of(goal: Goal) -> str:
    """A goal as the key of a mark or row."""
    return "|".join((goal.measure, goal.first.isoformat(), goal.last.isoformat(), goal.dimension, goal.member))


def goal_of(key: str) -> Goal:
    measure, first, last, dimension, member = key.split("|", 4)
    return Goal(measure, date.fromisoformat(first), date.fromisoformat(last), dimension, member)


def whose(page: Page, goal: Goal) -> str:
    """The scope in words: the firm, or a dimension's member; a customer by name and number."""
    if goal.dimension == "customer":
        return customer_names((goal.member,), page.warehouse, page.scope).get(goal.member, page.words.t(N_("Customer {id}"), id=goal.member))
    if goal.dimension == GROUP:
        return page.words.t(N_("{branch} and those below"), branch=page.words.member("branch", goal.member))
    return page.words.member(goal.dimension, goal.member) if goal.dimension else page.words.t(N_("The whole firm"))


def spread_words(page: Page, one: Progress) -> str:
    """How the target is spread over its period; empty where evenly over working days."""
    if one.curve is not None and one.parts:
        return page.words.t(N_("spread as its parts are"))
    if one.curve is not None and one.curve.why:
        return page.words.t(one.curve.why)
    kinds = {"last_year": N_("spread in last year’s shape"), "manual": N_("spread by shares set for its months")}
    return page.words.t(kinds[one.target.phasing.kind]) if one.curve is not None and one.target.phasing.kind in kinds else ""


def rate(page: Page, value: float | None, unit: str) -> str:
    """So much a working day: counts with a decimal, since a day brings few."""
    return page.formats.number(value, 1) if unit == "count" else page.formats.value(value, unit)


def tone_of(good: bool | None) -> str:
    return "none" if good is None else "good" if good else "bad"


def arrowed(page: Page, share: float | None) -> str:
    """A landing as part of the target: ↑ 102%."""
    if share is None:
        return ""
    arrow = "↑ " if round(share, 3) >= 1 else "↓ "
    return arrow + page.formats.part(share)


def stand(page: Page, one: Progress) -> str:
    """One target's standing in a few words."""
    words, where = page.words, one.pace
    if where.actual is None or where.good is None:
        return words.t(where.why) if where.why else words.t(N_("nothing known yet"))
    if where.share is None or where.closed:
        if one.better == "down":
            return words.t(N_("within the limit")) if where.good else words.t(N_("over the limit"))
        return words.t(N_("reached")) if where.good else words.t(N_("not reached"))
    points = page.formats.points(abs(where.points_ahead or 0))
    if one.better == "down":
        return words.t(N_("{points} under the limit’s pace"), points=points) if where.good else words.t(N_("{points} over the limit’s pace"), points=points)
    if (where.points_ahead or 0) >= 0:
        return words.t(N_("{points} ahead of pace"), points=points)
    return words.t(N_("{points} behind pace"), points=points)
