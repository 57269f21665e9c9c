"""Periods said in words: named ones, months, quarters, years, days, "last 3 weeks", "since March", "between ... and ..."."""
from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm_data.analysis.ask_match import Match
from crm_data.cuts.periods import NAMED, Comparison, Period, bucket_start, month_end, shift_months

PERIOD_KINDS = ("named", "last_n", "day", "day_month", "month", "quarter", "year", "since", "until", "span", "in")
FIRST_DAY = date(1900, 1, 1)
MOST_BACK = 1200


@dataclass(frozen=True)
class Calendar:
    """What periods are counted from: the day the data reaches, and the first day of the week (0 Monday ... 6 Sunday)."""

    today: date
    week_start: int = 6

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
            return Period(inner[0].first, max(self.today, inner[0].last)) if inner[0].name != "today" else inner[0]
        if match.kind == "until":
            return Period(min(FIRST_DAY, inner[0].last), inner[0].last)
        if match.kind == "span":
            low, high = inner[0], inner[-1]
            # "from October to March" goes over the new year.
            if low.first > high.last:
                low = Period(shift_months(low.first, -12), shift_months(low.last, -12))
            return Period(low.first, high.last)
        return inner[0]

    def _named(self, match: Match) -> Period:
        name, today = match.code, self.today
        if name in NAMED:
            return Period.named(name, today)
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
        return Period.named(f"last_{months}_months", today) if months in (12, 24) else Period(shift_months(today, -months) + timedelta(days=1), today)

    def _month(self, match: Match) -> Period:
        place = int((match.slot("month") or match).code)
        year = match.slot("year")
        return _month(int(year.code) if year else self.today.year - (place > self.today.month), place)

    def _quarter(self, match: Match) -> Period:
        place, year = int((match.slot("quarter") or match).code), match.slot("year")
        return _quarter(int(year.code) if year else self.today.year - (3 * place - 2 > self.today.month), place)

    def _day(self, match: Match) -> Period:
        if not match.slots:
            day = date.fromisoformat(match.code)
        else:
            day = date(*(int(match.slot(name).code) for name in ("year", "month", "n")))  # type: ignore[union-attr]
        return Period(day, day)

    def _day_month(self, match: Match) -> Period:
        month, n = (int(match.slot(name).code) for name in ("month", "n"))  # type: ignore[union-attr]
        day = date(self.today.year - ((month, n) > (self.today.month, self.today.day)), month, n)
        return Period(day, day)

    def within(self, floating: Match, year: Period) -> Period:
        """A month or quarter said without a year, in the year of another period: "October last year"."""
        made = _month if floating.kind == "month" else _quarter
        return made(year.first.year, int(floating.code))

    def compared(self, period: Period | None, other: Period) -> Comparison | None:
        """How ``other`` is reached from ``period`` (None: a period not said), if it is one of the known comparisons."""
        if period is None:
            return None
        if other.name == "last_year" and (period.first.year, period.last.year) != (other.first.year,) * 2:
            return "last_year"
        if other.name == "year_to_date" and period.name == "last_year":
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
    return period.name in ("year_to_date", "last_year", "this_year") or (
        (period.first.month, period.first.day, period.last.month, period.last.day) == (1, 1, 12, 31) and period.first.year == period.last.year)


def together(found: Sequence[tuple[Match, Period]], clock: Calendar) -> tuple[Period, list[Match], list[Match]] | None:
    """One period of all that were said: (period, matches it came from, matches left over); None when none was said."""
    if not found:
        return None
    if len(found) == 2:
        for (one, _), (other, year) in (found, found[::-1]):
            if floating(innermost(one)) and whole_year(year):
                return clock.within(innermost(one), year), [one, other], []
    return found[0][1], [found[0][0]], [m for m, _ in found[1:]]


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _quarter(year: int, quarter: int) -> Period:
    first = date(year, 3 * quarter - 2, 1)
    return Period(first, month_end(shift_months(first, 2)))


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))
