"""The running sum of the lead measure over the calendar period shown: for the lead chart and the tile of the target."""
from __future__ import annotations

from typing import TYPE_CHECKING

from crm_data.analysis.target_course import Course, cumulative_toward
from crm_data.analysis.targets import Board, Progress
from pages.parts import asking

if TYPE_CHECKING:
    from pages.parts.context import Page


def scope_of_target(page: Page) -> tuple[str, str] | None:
    """The scope a target can have under the page's filters: the firm, or one member; None for anything finer."""
    if not page.filters:
        return "", ""
    one = page.filters[0]
    return (one.dimension, one.values[0]) if len(page.filters) == 1 and one.op == "is" and len(one.values) == 1 else None


def target_of(page: Page, known: Board | None, measure: str) -> Progress | None:
    """The target of the calendar period shown, in the scope the filters leave."""
    scope = scope_of_target(page)
    if known is None or scope is None:
        return None
    return known.one(measure, *scope, period=asking.whole_period(page.period))


def course_of(page: Page, known: Board, lead: str) -> Course:
    """The days so far, last year's, and the way to the target; under filters no target reaches, the days of what they leave."""
    whole, target = asking.whole_period(page.period), target_of(page, known, lead)
    dimension, member = (target.goal.dimension, target.goal.member) if target else ("", "")
    filters = () if target else tuple(page.filters)
    return asking.kept("course", page, lambda: cumulative_toward(known, page.warehouse, scope=page.scope, measure=lead, dimension=dimension, member=member,
                                                                 period=whole, filters=filters), lead, whole, known.on, tuple(page.filters))
