"""Days and periods as people read them, by Babel's patterns of the language."""
from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_interval, get_day_names, get_month_names

from crm_data.errors import N_


class DateFormats:
    """Dates of one language. Dates keep the Gregorian calendar; other calendars are put on here when they come."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        # Day before month, as everywhere but in the United States.
        self._locale = "en_GB" if language == "en" else language

    def day(self, day: date | None) -> str:
        """A day: 20 Nov 2026."""
        return _tidy(format_date(day, "d MMM yyyy" if self.language == "en" else "medium", locale=self._locale)) if day else ""

    def day_month(self, day: date) -> str:
        """A day without its year: 20 Nov."""
        return _tidy(format_date(day, "d MMM", locale=self._locale))

    def month(self, day: date, short: bool = False) -> str:
        """A month: Nov 2026, or Nov."""
        # The name from the table: Babel's own "LLL yyyy" hands one language's name to another.
        name = str(get_month_names("abbreviated", "format", locale=self._month_locale)[day.month])
        return name if short else f"{name} {day.year}"

    @property
    def _month_locale(self) -> str:
        # British English abbreviates September to four letters; three keep columns even.
        return "en" if self.language == "en" else self._locale

    def period(self, first: date, last: date) -> str:
        """Both days included: 1–20 Nov 2026; a whole month as Nov 2026, a whole year as 2026."""
        if first == last:
            return self.day(first)
        if _month_begins(first) and _month_ends(last):
            if (first.year, first.month) == (last.year, last.month):
                return self.month(first)
            if first.year == last.year and (first.month, last.month) == (1, 12):
                return str(first.year)
            if first.year == last.year:
                return f"{self.month(first, short=True)}–{self.month(last)}"
            return f"{self.month(first)} – {self.month(last)}"
        if self.language != "en":
            return _tidy(format_interval(first, last, "yMMMd", locale=self._locale))
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self._en(last)}"
        if first.year == last.year:
            return f"{first.day} {self.month(first, short=True)} – {self._en(last)}"
        return f"{self._en(first)} – {self._en(last)}"

    def _en(self, day: date) -> str:
        return f"{day.day} {self.month(day)}"

    def versus(self, first: date, last: date) -> str:
        """A period in the fewest letters, for "vs": Nov ’25 when it lies in one month, ’25 in one year."""
        year = f"’{first.year % 100:02d}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{self.month(first, short=True)} {year}"
        if first.year == last.year and (first.month, last.month) == (1, 12):
            return str(first.year)
        if first.year == last.year:
            return f"{self.month(first, short=True)}–{self.month(last, short=True)} {year}"
        return f"{year}–’{last.year % 100:02d}"

    def bucket(self, start: date, grain: str) -> str:
        """The name of a day, week, month, quarter or year that begins at ``start``."""
        if grain == "year":
            return str(start.year)
        if grain == "quarter":
            return _tidy(format_date(start, "QQQ yyyy", locale=self._locale))
        return self.month(start) if grain == "month" else self.day(start)

    def weekday(self, day: date, short: bool = False) -> str:
        """The name of the day of the week."""
        return get_day_names("abbreviated" if short else "wide", locale=self._locale)[day.weekday()]

    def moment(self, at: datetime | None) -> str:
        """A day and time: 20 Nov 2026, 06:00."""
        return f"{self.day(at.date())}, {format_datetime(at, 'HH:mm', locale=self._locale)}" if at else ""


#: Names of periods, as the filter strip and links know them.
PERIOD_NAMES = {
    "month_to_date": N_("Month to date"), "last_month": N_("Last month"), "quarter_to_date": N_("Quarter to date"),
    "year_to_date": N_("Year to date"), "last_12_months": N_("Last 12 months"), "last_30_days": N_("Last 30 days"),
    "last_year": N_("Last year"), "this_month": N_("This month"), "this_year": N_("This year"), "all": N_("All the time"),
}


def _month_begins(day: date) -> bool:
    return day.day == 1


def _month_ends(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


def _tidy(text: str) -> str:
    """Babel's thin and narrow spaces as plain ones: fonts on a canvas draw them unevenly."""
    return text.replace("\u2009", " ").replace("\u202f", " ")
