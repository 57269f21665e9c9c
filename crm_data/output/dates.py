"""Days and periods as people read them: by Babel's patterns of the language, in the calendar that is wanted."""
from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_interval, get_day_names, get_month_names

from crm_data.calendars import calendar_of as calendar_named
from crm_data.errors import N_
from crm_data.output.calendar_names import jalali_month, jalali_quarter
from crm_data.text import latin_digits, persian_digits

#: Days of a column, by language; in English, where 5/11 may be May or November, the month has its name.
COLUMN_PATTERNS = {"he": "dd.MM.yyyy", "fa": "yyyy/MM/dd"}


class DateFormats:
    """Dates of one language, in one calendar. Days are kept Gregorian and turned into the calendar here, at the edge.

    ``calendar``: "gregorian" or "jalali"; ``digits``: "latin" or "persian". ``months`` reckons in that calendar.
    """

    def __init__(self, language: str = "en", calendar: str = "gregorian", digits: str = "latin") -> None:
        self.language, self.calendar, self.digits = language, calendar, digits
        # Day before month, as everywhere but in the United States.
        self._locale = "en_GB" if language == "en" else language
        self.months = calendar_named(calendar)

    @property
    def jalali(self) -> bool:
        """Whether months are those of the Jalali calendar."""
        return self.calendar == "jalali"

    def parts(self, day: date) -> tuple[int, int, int]:
        """Year, month and day in the calendar shown."""
        return self.months.parts(day)

    def figures(self, text: object) -> str:
        """Text with its digits as they are wanted."""
        return persian_digits(str(text)) if self.digits == "persian" else str(text)

    def day(self, day: date | None) -> str:
        """A day: 20 Nov 2026, 29 Aban 1405."""
        if not day:
            return ""
        if self.jalali:
            return self._jalali_day(day)
        return self._told(format_date(day, "d MMM yyyy" if self.language == "en" else "medium", locale=self._locale))

    def day_figures(self, day: date | None) -> str:
        """A day as it stands in a column: 20 Nov 2026, in Hebrew 20.11.2026, in Persian 2026/11/20; a Jalali one 1405/08/29, which
        sorts as it reads."""
        if not day:
            return ""
        if self.jalali:
            return self.figures("{}/{:02d}/{:02d}".format(*self.parts(day)))
        pattern = COLUMN_PATTERNS.get(self.language)
        return self._told(format_date(day, pattern, locale=self._locale)) if pattern else self.day(day)

    def day_month(self, day: date) -> str:
        """A day without its year: 20 Nov."""
        if self.jalali:
            _, month, of_month = self.parts(day)
            return self.figures(f"{of_month} {jalali_month(month, self.language)}")
        return self._told(format_date(day, "d MMM", locale=self._locale))

    def month(self, day: date, short: bool = False) -> str:
        """A month: Nov 2026, or Nov."""
        year, month, _ = self.parts(day)
        if short:
            return self._month_name(day, month)
        name = jalali_month(month, self.language) if self.jalali else self._month_name(day, month)
        return self.figures(f"{name} {year}")

    def _within(self, day: date) -> str:
        """A month's name inside a text. Jalali months are shortened under ticks only: nobody writes them so."""
        return jalali_month(self.parts(day)[1], self.language) if self.jalali else self.month(day, short=True)

    def year(self, day: date) -> str:
        """The year of a day."""
        return self.figures(self.parts(day)[0])

    def _month_name(self, day: date, month: int) -> str:
        if self.jalali:
            return jalali_month(month, self.language, short=True)
        # From the table: Babel's own "LLL yyyy" hands one language's name to another.
        return str(get_month_names("abbreviated", "format", locale=self._month_locale)[day.month])

    @property
    def _month_locale(self) -> str:
        # British English abbreviates September to four letters; three keep columns even.
        return "en" if self.language == "en" else self._locale

    def period(self, first: date, last: date) -> str:
        """Both days included: 1–20 Nov 2026; a whole month as Nov 2026, a whole year as 2026."""
        if first == last:
            return self.day(first)
        (year, month, _), (end_year, end_month, _) = self.parts(first), self.parts(last)
        if self._whole(first, last):
            if (year, month) == (end_year, end_month):
                return self.month(first)
            if year == end_year and (month, end_month) == (1, 12):
                return self.year(first)
            if year == end_year:
                return f"{self._within(first)}–{self.month(last)}"
            return f"{self.month(first)} – {self.month(last)}"
        if self.language != "en" and not self.jalali:
            return self._told(format_interval(first, last, "yMMMd", locale=self._locale))
        return self._span(first, last)

    def called(self, first: date, last: date) -> str:
        """A period somebody set in a calendar of theirs, such as that of a target, by its name in that calendar: November 2026 is called
        so for whoever reads Jalali dates too, Aban 1405 for whoever reads others."""
        return self.in_months_of(first, last).period(first, last)

    def dated(self, first: date, last: date, calendar: str) -> str:
        """An ordinary period, reckoned in ``calendar``: by its name where it is whole months of that one; else, and where ``calendar`` is
        empty, as the reader has days. Twelve months to the last of Aban are no Jalali year to who reckons in others."""
        own = self if calendar in ("", self.calendar) else DateFormats(self.language, calendar, self.digits)
        return (own if own._whole(first, last) else self).period(first, last)

    def in_months_of(self, first: date, last: date) -> DateFormats:
        """The same form of days in the calendar whose whole months these days are; where they are none, in the reader's own."""
        other = DateFormats(self.language, "gregorian" if self.jalali else "jalali", self.digits)
        return other if not self._whole(first, last) and other._whole(first, last) else self

    def _whole(self, first: date, last: date) -> bool:
        """Whether the days are whole months of the calendar shown."""
        return first == self.months.month_start(first) and last == self.months.month_end(last)

    def _span(self, first: date, last: date) -> str:
        """Two days with what they share said once."""
        (year, month, of_month), (end_year, end_month, _) = self.parts(first), self.parts(last)
        if (year, month) == (end_year, end_month):
            return f"{self.figures(of_month)}–{self._day_of_month(last)}"
        if year == end_year:
            return f"{self.day_month(first) if self.jalali else f'{first.day} {self.month(first, short=True)}'} – {self._day_of_month(last)}"
        return f"{self._day_of_month(first)} – {self._day_of_month(last)}"

    def _day_of_month(self, day: date) -> str:
        return self._jalali_day(day) if self.jalali else self.figures(f"{day.day} {self.month(day)}")

    def _jalali_day(self, day: date) -> str:
        year, month, of_month = self.parts(day)
        return self.figures(f"{of_month} {jalali_month(month, self.language)} {year}")

    def versus(self, first: date, last: date) -> str:
        """A period in the fewest letters, for "vs": Nov ’25 when it lies in one month, ’25 in one year."""
        (one, month, _), (other, end_month, _) = self.parts(first), self.parts(last)
        # Persian cuts the century off without an apostrophe: آبان ۰۴.
        mark = "" if self.language == "fa" else "’"
        year = self.figures(f"{mark}{one % 100:02d}")
        if (one, month) == (other, end_month):
            return f"{self._within(first)} {year}"
        if one == other and (month, end_month) == (1, 12):
            return self.figures(one)
        if one == other:
            return f"{self._within(first)}–{self._within(last)} {year}"
        return f"{year}–" + self.figures(f"’{other % 100:02d}") if mark else self.figures(f"{one}–{other}")

    def bucket(self, start: date, grain: str) -> str:
        """The name of a day, week, month, quarter or year that begins at ``start``, in the calendar of the grain."""
        if grain in ("day", "week"):
            return self.day(start)
        own = self if plain_grain(grain)[0] == self.calendar else DateFormats(self.language, plain_grain(grain)[0], self.digits)
        kind = plain_grain(grain)[1]
        return own.year(start) if kind == "year" else own.month(start) if kind == "month" else f"{own.quarter(start)} {own.year(start)}"

    def bucket_short(self, start: date, grain: str) -> tuple[str, int]:
        """The name of a bucket without its year, and the year, for the ticks of an axis; of a year its own name."""
        if grain in ("day", "week"):
            return self.day_month(start), self.parts(start)[0]
        calendar, kind = plain_grain(grain)
        own = self if calendar == self.calendar else DateFormats(self.language, calendar, self.digits)
        name = own.year(start) if kind == "year" else own.month(start, short=True) if kind == "month" else own.quarter(start)
        return name, own.parts(start)[0]

    def quarter(self, day: date) -> str:
        """The quarter a day lies in, without its year: Q3."""
        quarter = (self.parts(day)[1] - 1) // 3 + 1
        if self.jalali:
            return self.figures(jalali_quarter(quarter, self.language))
        return self.figures(f"سه‌ماهه {quarter}") if self.language == "fa" else self._told(format_date(day, "QQQ", locale=self._locale))

    def weekday(self, day: date, short: bool = False) -> str:
        """The name of the day of the week."""
        return get_day_names("abbreviated" if short else "wide", locale=self._locale)[day.weekday()]

    def gregorian_month(self, month: int) -> str:
        """The name of a month of the Gregorian calendar, whichever is shown: April."""
        return get_month_names("wide", context="stand-alone", locale=self._locale)[month]

    def moment(self, at: datetime | None) -> str:
        """A day and time: 20 Nov 2026, 06:00."""
        comma = "، " if self.language == "fa" else ", "
        return f"{self.day(at.date())}{comma}{self._told(format_datetime(at, 'HH:mm', locale=self._locale))}" if at else ""

    def _told(self, text: str) -> str:
        """What Babel wrote, with plain spaces (thin ones are drawn unevenly) and digits as they are wanted."""
        return self.figures(latin_digits(text).replace("\u2009", " ").replace("\u202f", " "))


def plain_grain(grain: str) -> tuple[str, str]:
    """Calendar and kind of a grain: "jalali_month" -> ("jalali", "month")."""
    return ("jalali", grain.removeprefix("jalali_")) if grain.startswith("jalali_") else ("gregorian", grain)


#: Names of periods, as the filter strip and links know them.
PERIOD_NAMES = {
    "month_to_date": N_("Month to date"), "last_month": N_("Last month"), "quarter_to_date": N_("Quarter to date"),
    "year_to_date": N_("Year to date"), "last_12_months": N_("Last 12 months"), "last_30_days": N_("Last 30 days"),
    "last_year": N_("Last year"), "this_month": N_("This month"), "this_year": N_("This year"), "all": N_("All the time"),
}
