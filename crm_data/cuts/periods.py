"""Periods of days, both ends included, and what they are compared with."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from crm_data.calendars import GREGORIAN, JALALI, Calendar, CalendarName
from crm_data.errors import N_, InputError

Grain = Literal["day", "week", "month", "quarter", "year", "jalali_month", "jalali_quarter", "jalali_year"]
Comparison = Literal["none", "previous", "last_year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year", "jalali_month", "jalali_quarter", "jalali_year")
COMPARISONS: tuple[Comparison, ...] = ("none", "previous", "last_year")
#: What grains and named periods of the Jalali calendar begin with.
IN_JALALI = "jalali_"
#: Named periods that count days, the same in every calendar.
COUNTED = ("today", "last_7_days", "last_30_days")
#: What names of periods of the firm's own year end with, where it begins in another month than January: year_to_date_from_04.
_FROM_MONTH = re.compile(r"_from_(\d\d)$")


def calendar_of(name: str) -> Calendar:
    """The calendar a grain or a named period counts in."""
    return JALALI if name.startswith(IN_JALALI) else GREGORIAN


def in_calendar(name: str, calendar: str) -> str:
    """The grain or named period ``name`` of the Gregorian calendar in another; days, weeks and what only counts days are the same."""
    jalali = IN_JALALI + name
    return jalali if calendar == "jalali" and (jalali in GRAINS or jalali in NAMED) else name


def plain_name(name: str) -> str:
    """A grain or named period without its calendar: "month" of "jalali_month"."""
    return name.removeprefix(IN_JALALI)


def month_end(day: date) -> date:
    return GREGORIAN.month_end(day)


def shift_months(day: date, months: int) -> date:
    """``day`` moved by whole months, cut to the end of a shorter month."""
    return GREGORIAN.shift(day, months)


@dataclass(frozen=True)
class Period:
    """Days ``first`` to ``last``, both included. ``name`` is kept so that a link to "month to date" stays one; ``calendar`` is that of
    its months, which "the period before" and "a year before" are counted in."""

    first: date
    last: date
    name: str = ""
    calendar: CalendarName = "gregorian"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(N_("The period ends on {last}, before it starts on {first}. Choose an end on or after the start."),
                             first=self.first, last=self.last)
        if self.name.startswith(IN_JALALI):
            object.__setattr__(self, "calendar", "jalali")

    @property
    def _months(self) -> Calendar:
        return JALALI if self.calendar == "jalali" else GREGORIAN

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def dated(self) -> tuple[date, date, str]:
        """Its days and the calendar to tell them in: "" where it only counts days, the reader's own."""
        return self.first, self.last, "" if self.name in COUNTED else self.calendar

    @staticmethod
    def named(name: str, today: date) -> Period:
        """A period by its name, as of ``today``; the names are those of :data:`NAMED`."""
        if name not in NAMED:
            raise InputError(N_("There is no period “{name}”. Use one of: {known}."), name=name, known=", ".join(known for known in NAMED if not fiscal_month(known)))
        first, last = NAMED[name](today)
        return Period(first, last, name)

    def clipped(self, last: date) -> Period:
        """Cut to what has happened by ``last``; unchanged if it ends before or has not begun."""
        return Period(self.first, last, self.name, self.calendar) if self.first <= last < self.last else self

    def whole_months(self) -> bool:
        """Whether it is made of whole months of its calendar."""
        return self.first == self._months.month_start(self.first) and self.last == self._months.month_end(self.last)

    def _shifted(self, months: int) -> Period:
        first, last = self._months.shift(self.first, -months), self._months.shift(self.last, -months)
        if self.whole_months():
            last = self._months.month_end(last)
        return Period(first, max(first, last), calendar=self.calendar)

    def _step(self) -> int | None:
        """Months the previous period is away; None where it is counted in days."""
        step = {"quarter_to_date": 3, "this_quarter": 3, "year_to_date": 12, "this_year": 12}.get(_FROM_MONTH.sub("", plain_name(self.name)))
        (year, month, day), (end_year, end_month, _) = self._months.parts(self.first), self._months.parts(self.last)
        if step is None and day == 1:
            months = (end_year - year) * 12 + end_month - month + 1
            step = months if months == 1 or self.whole_months() else None
        return step

    def previous(self) -> Period:
        """The period before, as long as this one: 1-20 November -> 1-20 October; any other stretch -> the days before it."""
        step = self._step()
        return self._shifted(step) if step else Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), calendar=self.calendar)

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
            return Period(whole.first, min(whole.last, whole.first + timedelta(days=running.days - 1)), calendar=self.calendar)
        return Period(self.first, running.last, calendar=self.calendar)._shifted(step)

    def to_text(self) -> str:
        """A name, or ``2026-01-01..2026-03-31``; ``..@jalali`` where its months are Jalali. Days are written Gregorian in every language."""
        return self.name or f"{self.first.isoformat()}..{self.last.isoformat()}" + ("@jalali" if self.calendar == "jalali" else "")

    @staticmethod
    def from_text(text: str, today: date) -> Period:
        """Read :meth:`to_text`. Days may be written in either calendar."""
        if ".." not in text:
            return Period.named(text, today)
        first, _, rest = text.partition("..")
        last, _, calendar = rest.partition("@")
        jalali = calendar == "jalali" or (written_jalali(first) and written_jalali(last))
        return Period(day_from_text(first), day_from_text(last), calendar="jalali" if jalali else "gregorian")


#: Years that are Jalali where a day is typed: nothing of the data is as old as the Gregorian years of these numbers.
_TYPED_JALALI = range(1200, 1600)
_TYPED = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*")


def written_jalali(text: str) -> bool:
    """Whether a typed day is one of the Jalali calendar: 1405-08-30."""
    found = _TYPED.fullmatch(text)
    return found is not None and int(found[1]) in _TYPED_JALALI


def day_from_text(text: str) -> date:
    """A day as typed, year first, in either calendar and any digits: 2026-11-21, 2026/11/21, ۱۴۰۵/۰۸/۳۰."""
    found = _TYPED.fullmatch(text)
    try:
        if found is None:
            return date.fromisoformat(text.strip())
        calendar = JALALI if int(found[1]) in _TYPED_JALALI else GREGORIAN
        return calendar.day(*(int(part) for part in found.groups()))
    except ValueError:
        raise InputError(N_("“{text}” is not a day. Write it as year-month-day, for example 2026-03-31."), text=text[:40]) from None


def _of_months(c: Calendar) -> dict[str, Callable[[date], tuple[date, date]]]:
    """The named periods that are made of months of a calendar."""
    quarter, year = c.quarter_start, c.year_start
    return {
        "month_to_date": lambda d: (c.month_start(d), d),
        "this_month": lambda d: (c.month_start(d), c.month_end(d)),
        "last_month": lambda d: (c.shift(c.month_start(d), -1), c.month_start(d) - timedelta(days=1)),
        "quarter_to_date": lambda d: (quarter(d), d),
        "this_quarter": lambda d: (quarter(d), c.month_end(c.shift(quarter(d), 2))),
        "last_quarter": lambda d: (c.shift(quarter(d), -3), quarter(d) - timedelta(days=1)),
        "year_to_date": lambda d: (year(d), d),
        "this_year": lambda d: (year(d), c.month_end(c.shift(year(d), 11))),
        "last_year": lambda d: (c.shift(year(d), -12), year(d) - timedelta(days=1)),
        "last_12_months": lambda d: (c.shift(d, -12) + timedelta(days=1), d),
        "last_24_months": lambda d: (c.shift(d, -24) + timedelta(days=1), d),
    }


FISCAL_PERIODS = ("year_to_date", "this_year", "last_year")


def fiscal(name: str, month: int) -> str:
    """A period of the calendar's year as one of the firm's, which begins in ``month``: the name says the month, so that it means the same to all."""
    return name if month == 1 else f"{name}_from_{month:02d}"


def fiscal_month(name: str) -> int | None:
    """The month the firm's year begins in, for a named period of one; None for any other."""
    found = _FROM_MONTH.search(name)
    return int(found[1]) if found else None


def _of_fiscal_year(month: int) -> dict[str, Callable[[date], tuple[date, date]]]:
    """The named periods of a year that begins in ``month``."""
    def begins(day: date) -> date:
        return date(day.year - (day.month < month), month, 1)

    made: dict[str, Callable[[date], tuple[date, date]]] = {
        "year_to_date": lambda d: (begins(d), d),
        "this_year": lambda d: (begins(d), shift_months(begins(d), 12) - timedelta(days=1)),
        "last_year": lambda d: (shift_months(begins(d), -12), begins(d) - timedelta(days=1)),
    }
    return {fiscal(name, month): made[name] for name in FISCAL_PERIODS}


NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda d: (d, d),
    "last_7_days": lambda d: (d - timedelta(days=6), d),
    "last_30_days": lambda d: (d - timedelta(days=29), d),
    **_of_months(GREGORIAN),
    **{IN_JALALI + name: made for name, made in _of_months(JALALI).items()},
    **{name: made for month in range(2, 13) for name, made in _of_fiscal_year(month).items()},
}


def bucket_start(day: date, grain: Grain, week_start: int) -> date:
    """First day of the bucket ``day`` is in. ``week_start``: 0 Monday ... 6 Sunday."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    calendar = calendar_of(grain)
    return {"month": calendar.month_start, "quarter": calendar.quarter_start, "year": calendar.year_start}[plain_name(grain)](day)


def next_bucket(start: date, grain: Grain) -> date:
    if grain in ("day", "week"):
        return start + timedelta(days=1 if grain == "day" else 7)
    return calendar_of(grain).shift(start, {"month": 1, "quarter": 3, "year": 12}[plain_name(grain)])


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
