"""The running sum of the lead measure over the calendar period shown: for the lead chart and the tile of the target."""
from __future__ import annotations

from typing import TYPE_CHECKING

from crm_data.analysis.target_course import Course, cumulative_toward
from crm_data.analysis.targets import Board, Progress
from crm_data.calendars import CalendarName, calendar_of
from crm_data.cuts.periods import Period
from crm_data.output.dates import DateFormats
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


def near_target(page: Page, known: Board | None, measure: str) -> Progress | None:
    """Where the period shown has no target: that of a period of as many months of the other calendar, which has the day shown too.

    A firm sets its targets in one calendar; whoever looks in the other one sees the target of 2026 while the year 1405 is shown.
    """
    scope, whole = scope_of_target(page), asking.whole_period(page.period)
    if known is None or scope is None or not whole.whole_months() or target_of(page, known, measure) is not None:
        return None
    other: CalendarName = "gregorian" if whole.calendar == "jalali" else "jalali"
    found = [p for p in known.of(measure, scope[0]) if p.goal.member == scope[1] and _months(Period(p.goal.first, p.goal.last, calendar=other)) == _months(whole)]
    return min(found, key=lambda p: abs((p.goal.first - whole.first).days), default=None)


def _months(period: Period) -> int | None:
    """Whole months of its calendar; None for other stretches."""
    months = calendar_of(period.calendar)
    (year, month, _), (end_year, end_month, _) = months.parts(period.first), months.parts(period.last)
    return 12 * (end_year - year) + end_month - month + 1 if period.whole_months() else None


def near_period(page: Page, near: Progress) -> str:
    """The period of a target of the other calendar, called as that calendar calls it."""
    other = "gregorian" if asking.whole_period(page.period).calendar == "jalali" else "jalali"
    return DateFormats(page.formats.language, other, page.formats.digits).period(near.goal.first, near.goal.last)


def course_of(page: Page, known: Board, lead: str) -> Course:
    """The days so far, last year's, and the way to the target; under filters no target reaches, the days of what they leave."""
    whole, target = asking.whole_period(page.period), target_of(page, known, lead)
    dimension, member = (target.goal.dimension, target.goal.member) if target else ("", "")
    filters = () if target else tuple(page.filters)
    return asking.kept("course", page, lambda: cumulative_toward(known, page.warehouse, scope=page.scope, measure=lead, dimension=dimension, member=member,
                                                                 period=whole, filters=filters), lead, whole, known.on, tuple(page.filters))
