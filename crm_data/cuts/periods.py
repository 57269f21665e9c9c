"""Periods of days, both ends included, and what they are compared with."""
from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from crm_data.errors import N_, InputError

Grain = Literal["day", "week", "month", "quarter", "year"]
Comparison = Literal["none", "previous", "last_year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
COMPARISONS: tuple[Comparison, ...] = ("none", "previous", "last_year")


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def shift_months(day: date, months: int) -> date:
    """``day`` moved by whole months, cut to the end of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Period:
    """Days ``first`` to ``last``, both included. ``name`` is kept so that a link to "month to date" stays one."""

    first: date
    last: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(N_("The period ends on {last}, before it starts on {first}. Choose an end on or after the start."),
                             first=self.first.isoformat(), last=self.last.isoformat())

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @staticmethod
    def named(name: str, today: date) -> Period:
        """A period by its name, as of ``today``; the names are those of :data:`NAMED`."""
        if name not in NAMED:
            raise InputError(N_("There is no period “{name}”. Use one of: {known}."), name=name, known=", ".join(NAMED))
        first, last = NAMED[name](today)
        return Period(first, last, name)

    def clipped(self, last: date) -> Period:
        """Cut to what has happened by ``last``; unchanged if it ends before or has not begun."""
        return Period(self.first, last, self.name) if self.first <= last < self.last else self

    def whole_months(self) -> bool:
        return self.first.day == 1 and self.last == month_end(self.last)

    def _shifted(self, months: int) -> Period:
        first, last = shift_months(self.first, -months), shift_months(self.last, -months)
        if self.whole_months():
            last = month_end(last)
        return Period(first, max(first, last))

    def _step(self) -> int | None:
        """Months the previous period is away; None where it is counted in days."""
        step = {"quarter_to_date": 3, "this_quarter": 3, "year_to_date": 12, "this_year": 12}.get(self.name)
        if step is None and self.first.day == 1:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            step = months if months == 1 or self.whole_months() else None
        return step

    def previous(self) -> Period:
        """The period before, as long as this one: 1-20 November -> 1-20 October; any other stretch -> the days before it."""
        step = self._step()
        return self._shifted(step) if step else Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def last_year(self) -> Period:
        """The same days a year before (29 February -> 28)."""
        return self._shifted(12)

    def compared(self, compare: Comparison, as_of: date | None = None) -> Period | None:
        """The period compared with. While this one is running (``as_of`` before its end) the one before is cut to the same
        length: Sunday to Friday with Sunday to Friday."""
        running = self.clipped(as_of) if as_of else self
        if compare == "none":
            return None
        if compare == "last_year":
            return running.last_year()
        whole, step = self.previous(), self._step()
        if running is self:
            # A finished month is compared with the whole month before, longer or shorter.
            return whole
        if not step:
            return Period(whole.first, min(whole.last, whole.first + timedelta(days=running.days - 1)))
        return Period(self.first, running.last)._shifted(step)

    def to_text(self) -> str:
        return self.name or f"{self.first.isoformat()}..{self.last.isoformat()}"

    @staticmethod
    def from_text(text: str, today: date) -> Period:
        """Read :meth:`to_text`: a name, or ``2026-01-01..2026-03-31``."""
        if ".." not in text:
            return Period.named(text, today)
        first, _, last = text.partition("..")
        return Period(day_from_text(first), day_from_text(last))


def day_from_text(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(N_("“{text}” is not a day. Write it as year-month-day, for example 2026-03-31."), text=text[:40]) from None


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda d: (d, d),
    "last_7_days": lambda d: (d - timedelta(days=6), d),
    "last_30_days": lambda d: (d - timedelta(days=29), d),
    "month_to_date": lambda d: (d.replace(day=1), d),
    "this_month": lambda d: (d.replace(day=1), month_end(d)),
    "last_month": lambda d: (shift_months(d.replace(day=1), -1), d.replace(day=1) - timedelta(days=1)),
    "quarter_to_date": lambda d: (_quarter_start(d), d),
    "this_quarter": lambda d: (_quarter_start(d), month_end(shift_months(_quarter_start(d), 2))),
    "last_quarter": lambda d: (shift_months(_quarter_start(d), -3), _quarter_start(d) - timedelta(days=1)),
    "year_to_date": lambda d: (date(d.year, 1, 1), d),
    "this_year": lambda d: (date(d.year, 1, 1), date(d.year, 12, 31)),
    "last_year": lambda d: (date(d.year - 1, 1, 1), date(d.year - 1, 12, 31)),
    "last_12_months": lambda d: (shift_months(d, -12) + timedelta(days=1), d),
    "last_24_months": lambda d: (shift_months(d, -24) + timedelta(days=1), d),
}


def bucket_start(day: date, grain: Grain, week_start: int) -> date:
    """First day of the bucket ``day`` is in. ``week_start``: 0 Monday ... 6 Sunday."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    if grain == "month":
        return day.replace(day=1)
    return _quarter_start(day) if grain == "quarter" else date(day.year, 1, 1)


def next_bucket(start: date, grain: Grain) -> date:
    if grain in ("day", "week"):
        return start + timedelta(days=1 if grain == "day" else 7)
    return shift_months(start, {"month": 1, "quarter": 3, "year": 12}[grain])


MAX_BUCKETS = 4000


def buckets(period: Period, grain: Grain, week_start: int) -> tuple[date, ...]:
    """Starts of all buckets the period touches, empty ones included."""
    start, found = bucket_start(period.first, grain, week_start), []
    while start <= period.last:
        found.append(start)
        start = next_bucket(start, grain)
        if len(found) > MAX_BUCKETS:
            raise InputError(N_("{days} days by {grain} are too many points. Choose a coarser grain or a shorter period."),
                             days=period.days, grain=grain)
    return tuple(found)
