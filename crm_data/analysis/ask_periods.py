"""Periods said in words: named ones, months, quarters, years, days, "last 3 weeks", "since March", "between ... and ..."."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from crm_data.analysis.ask_match import Match
from crm_data.analysis.synonyms import JALALI_CODE
from crm_data.calendars import GREGORIAN, JALALI, CalendarName, calendar_of
from crm_data.calendars import Calendar as Months
from crm_data.cuts.periods import NAMED, Comparison, Period, bucket_start, in_calendar, plain_name

PERIOD_KINDS = ("named", "last_n", "day", "day_month", "month", "quarter", "year", "since", "until", "span", "in")
FIRST_DAY = date(1900, 1, 1)
MOST_BACK = 1200
#: Years of four figures up to this one are Jalali.
LAST_JALALI_YEAR = 1600


@dataclass(frozen=True)
class Calendar:
    """What periods are counted from: the day the data reaches, the first day of the week (0 Monday ... 6 Sunday), and the calendar
    whose months and years are meant where neither a name nor a year says which."""

    today: date
    week_start: int = 6
    calendar: CalendarName = "gregorian"

    def period(self, match: Match) -> Period | None:
        """The period a match means; None where there is no such day."""
        try:
            return self._period(match)
        except (ValueError, OverflowError):
            return None

    def _period(self, match: Match) -> Period | None:
        inner = [p for p in (self._period(m) for name, m in match.slots if name == "when") if p]
        made = {"named": self._named, "last_n": self._last_n, "month": self._month, "quarter": self._quarter, "day_month": self._day_month}
        if match.kind in made:
            return made[match.kind](match)
        if match.kind in ("day", "year"):
            return self._day(match) if match.kind == "day" else _year(int(match.code))
        if not inner:
            return None
        if match.kind == "since":
            return Period(inner[0].first, max(self.today, inner[0].last), calendar=inner[0].calendar) if inner[0].name != "today" else inner[0]
        if match.kind == "until":
            return Period(min(FIRST_DAY, inner[0].last), inner[0].last, calendar=inner[0].calendar)
        if match.kind == "span":
            low, high = inner[0], inner[-1]
            # "from October to March" goes over the new year.
            if low.first > high.last:
                low = low.last_year()
            return Period(low.first, high.last, calendar=low.calendar)
        return inner[0]

    def _named(self, match: Match) -> Period:
        name, today = match.code, self.today
        if name in NAMED:
            return Period.named(in_calendar(name, self.calendar), today)
        week = bucket_start(today, "week", self.week_start)
        return {"yesterday": Period(today - timedelta(days=1), today - timedelta(days=1)), "this_week": Period(week, today),
                "last_week": Period(week - timedelta(days=7), week - timedelta(days=1)), "ever": Period(FIRST_DAY, today)}[name]

    def _last_n(self, match: Match) -> Period | None:
        number, unit = match.slot("n"), match.slot("unit")
        if not number or not unit or not number.code.isdigit() or not 1 <= int(number.code) <= MOST_BACK:
            return None
        n, today = int(number.code), self.today
        if unit.code in ("day", "week"):
            days = n * (7 if unit.code == "week" else 1)
            return Period.named(f"last_{days}_days", today) if days in (7, 30) else Period(today - timedelta(days=days - 1), today)
        months = n * {"month": 1, "quarter": 3, "year": 12}[unit.code]
        if months in (12, 24):
            return Period.named(in_calendar(f"last_{months}_months", self.calendar), today)
        return Period(calendar_of(self.calendar).shift(today, -months) + timedelta(days=1), today, calendar=self.calendar)

    def _month(self, match: Match) -> Period:
        return self._months((match.slot("month") or match).code, 1, match.slot("year"))

    def _quarter(self, match: Match) -> Period:
        return self._months((match.slot("quarter") or match).code, 3, match.slot("year"))

    def _months(self, code: str, length: int, year: Match | None) -> Period:
        """A month (``length`` 1) or quarter (3) of a year; without one the last that has begun."""
        # A month has its calendar in its name; the first quarter is that of the year said, else of the asker's calendar.
        own = _calendar(code) if length == 1 or code.startswith(JALALI_CODE) else _of_year(int(year.code)) if year else calendar_of(self.calendar)
        place = length * (int(code.removeprefix(JALALI_CODE)) - 1) + 1
        if year:
            return _stretch(own, _year_of(own, place, int(year.code)), place, length)
        this, month, _ = own.parts(self.today)
        return _stretch(own, this - (place > month), place, length)

    def _day(self, match: Match) -> Period:
        if not match.slots:
            day = date.fromisoformat(match.code)
            return Period(day, day)
        year, month, n = (match.slot(name).code for name in ("year", "month", "n"))  # type: ignore[union-attr]
        own = _calendar(month)
        place = int(month.removeprefix(JALALI_CODE))
        day = own.day(_year_of(own, place, int(year)), place, int(n))
        return Period(day, day, calendar=own.name)

    def _day_month(self, match: Match) -> Period:
        month, n = (match.slot(name).code for name in ("month", "n"))  # type: ignore[union-attr]
        own, place = _calendar(month), int(month.removeprefix(JALALI_CODE))
        year, *today = own.parts(self.today)
        day = own.day(year - ([place, int(n)] > today), place, int(n))
        return Period(day, day, calendar=own.name)

    def within(self, floating: Match, year: Period) -> Period:
        """A month or quarter said without a year, in the year of another period: "October last year"."""
        length, theirs = (1 if floating.kind == "month" else 3), calendar_of(year.calendar)
        own = _calendar(floating.code) if length == 1 or floating.code.startswith(JALALI_CODE) else theirs
        place = length * (int(floating.code.removeprefix(JALALI_CODE)) - 1) + 1
        return _stretch(own, _year_of(own, place, theirs.parts(year.first)[0]), place, length)

    def compared(self, period: Period | None, other: Period) -> Comparison | None:
        """How ``other`` is reached from ``period`` (None: a period not said), if it is one of the known comparisons."""
        if period is None:
            return None
        name, months = plain_name(other.name), calendar_of(other.calendar)
        if name == "last_year" and (months.parts(period.first)[0], months.parts(period.last)[0]) != (months.parts(other.first)[0],) * 2:
            return "last_year"
        if name == "year_to_date" and plain_name(period.name) == "last_year":
            return None
        kinds: tuple[Comparison, ...] = ("last_year", "previous")
        running = period.clipped(self.today)
        for kind in kinds:
            earlier = running.compared(kind, self.today)
            if earlier and earlier.first == other.first and (earlier.last <= other.last):
                return kind
        return None


def floating(match: Match) -> bool:
    """A month or quarter without its year."""
    return match.kind in ("month", "quarter") and not match.slots


def innermost(match: Match) -> Match:
    """The period inside "in ..."; itself otherwise."""
    inner = match.slot("when")
    return inner if match.kind == "in" and inner else match


def whole_year(period: Period) -> bool:
    months = calendar_of(period.calendar)
    first = months.year_start(period.first)
    return plain_name(period.name) in ("year_to_date", "last_year", "this_year") or (period.first == first and period.last == months.month_end(months.shift(first, 11)))


def together(found: Sequence[tuple[Match, Period]], clock: Calendar, apart: bool = False) -> tuple[Period, list[Match], list[Match]] | None:
    """One period of all that were said: (period, matches it came from, matches left over); None when none was said. Several are not
    joined where they are said to stand ``apart``."""
    if not found:
        return None
    told = [p for _, p in told_together(found, clock)]
    joined = _joined(told) if told and not (apart and len(told) > 1) else None
    if joined:
        return joined, [m for m, _ in found], []
    return found[0][1], [found[0][0]], [m for m, _ in found[1:]]


def told_together(found: Sequence[tuple[Match, Period]], clock: Calendar) -> list[tuple[Match, Period]]:
    """Months and quarters, each of the year that was said once for all of them; none where other periods were said too."""
    loose = [m for m, _ in found if floating(innermost(m))]
    # "Tir and Mordad 1404": the year is said once, beside one month or by itself.
    year = next((p for m, p in found if m not in loose and (whole_year(p) or _stretch_kind(m))), None)
    told = [(m, clock.within(innermost(m), year) if m in loose and year else p) for m, p in found if m in loose or _stretch_kind(m)]
    return told if len(told) == len(found) or (loose and len(told) == len(found) - 1 and year and whole_year(year)) else []


def _stretch_kind(match: Match) -> bool:
    """A month or quarter of a year that was said."""
    return innermost(match).kind in ("month", "quarter")


def _joined(told: Sequence[Period]) -> Period | None:
    """Months that follow one another as one period, in whatever order they were said; None for others."""
    over_new_year = [p.last_year() if p.first > told[-1].last else p for p in told]
    for run in (sorted(told, key=lambda p: p.first), over_new_year):
        if all(one.last + timedelta(days=1) == other.first for one, other in pairwise(run)):
            return run[0] if len(run) == 1 else Period(run[0].first, run[-1].last, calendar=run[0].calendar)
    return None


def _calendar(code: str) -> Months:
    """The calendar of a month or quarter that has its own name."""
    return JALALI if code.startswith(JALALI_CODE) else GREGORIAN


def _of_year(year: int) -> Months:
    return JALALI if year < LAST_JALALI_YEAR else GREGORIAN


def _year_of(own: Months, month: int, year: int) -> int:
    """The year of ``own`` whose ``month`` begins in ``year``, which may be one of the other calendar: Mehr of 2025 is that of 1404."""
    theirs = _of_year(year)
    if theirs is own:
        return year
    near = year - 621 if own is JALALI else year + 621
    return next(y for y in (near, near - 1, near + 1) if theirs.parts(own.day(y, month, 1))[0] == year)


def _stretch(own: Months, year: int, month: int, length: int) -> Period:
    """So many months of a calendar, from the one given."""
    first = own.day(year, month, 1)
    return Period(first, own.month_end(own.shift(first, length - 1)), calendar=own.name)


def _year(year: int) -> Period:
    return _stretch(_of_year(year), year, 1, 12)
