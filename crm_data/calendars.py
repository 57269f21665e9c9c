"""Two calendars over the same days: Gregorian and Jalali (the solar calendar of Iran and Afghanistan). Days are kept Gregorian.

The Jalali year begins on 1 Farvardin, about 21 March; its first six months have 31 days, the next five 30, the last 29 or 30.
Leap years follow the rule of 33 years with the corrections of the astronomical calendar that ICU has.
"""
from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date
from typing import Literal

CalendarName = Literal["gregorian", "jalali"]
CALENDARS: tuple[CalendarName, ...] = ("gregorian", "jalali")

#: The day the rule counts from, as a day of ``date.toordinal``: 1 Farvardin of the year 1.
EPOCH = date(622, 3, 21).toordinal()
#: Years that the rule makes leap and the sky does not; the year after each is leap in its stead.
NOT_LEAP = (1502, 1601, 1634, 1667, 1700, 1733, 1766, 1799)
#: Years a Jalali date can be typed in.
JALALI_YEARS = range(1, 3178)


def jalali_leap(year: int) -> bool:
    """Whether the Jalali ``year`` has a 30th day in its last month."""
    return (year - 1 in NOT_LEAP) or (year not in NOT_LEAP and (25 * year + 11) % 33 < 8)


def _new_year(year: int) -> int:
    """1 Farvardin of ``year`` as days after the epoch."""
    return 365 * (year - 1) + (8 * year + 21) // 33 - (year - 1 in NOT_LEAP)


def from_jalali(year: int, month: int, day: int) -> date:
    """The day of a Jalali date. Raises ValueError for a date that does not exist."""
    if not 1 <= month <= 12 or not 1 <= day <= jalali_month_days(year, month):
        raise ValueError(f"{year}-{month}-{day} is not a Jalali date")
    return date.fromordinal(EPOCH + _new_year(year) + _before(month) + day - 1)


def to_jalali(day: date) -> tuple[int, int, int]:
    """Year, month and day of a day in the Jalali calendar."""
    days = day.toordinal() - EPOCH
    year = 1 + (33 * days + 3) // 12053
    if _new_year(year + 1) <= days:
        year += 1
    rest = days - _new_year(year)
    month = rest // 31 if rest < 186 else (rest - 6) // 30
    return year, month + 1, rest - _before(month + 1) + 1


def jalali_month_days(year: int, month: int) -> int:
    return 31 if month <= 6 else 30 if month <= 11 or jalali_leap(year) else 29


def _before(month: int) -> int:
    """Days of the year before a Jalali month."""
    return 31 * (month - 1) if month <= 7 else 30 * (month - 1) + 6


@dataclass(frozen=True)
class Calendar:
    """Months, quarters and years of one calendar, over days kept Gregorian."""

    name: CalendarName

    def parts(self, day: date) -> tuple[int, int, int]:
        """Year, month and day of the month."""
        return to_jalali(day) if self.name == "jalali" else (day.year, day.month, day.day)

    def day(self, year: int, month: int, day: int) -> date:
        """The day of a date of this calendar; raises ValueError for one that does not exist."""
        return from_jalali(year, month, day) if self.name == "jalali" else date(year, month, day)

    def month_days(self, year: int, month: int) -> int:
        return jalali_month_days(year, month) if self.name == "jalali" else gregorian.monthrange(year, month)[1]

    def month_start(self, day: date) -> date:
        return date.fromordinal(day.toordinal() - self.parts(day)[2] + 1)

    def month_end(self, day: date) -> date:
        year, month, _ = self.parts(day)
        return self.day(year, month, self.month_days(year, month))

    def quarter_start(self, day: date) -> date:
        year, month, _ = self.parts(day)
        return self.day(year, 3 * ((month - 1) // 3) + 1, 1)

    def year_start(self, day: date) -> date:
        return self.day(self.parts(day)[0], 1, 1)

    def year_end(self, day: date) -> date:
        year = self.parts(day)[0]
        return self.day(year, 12, self.month_days(year, 12))

    def shift(self, day: date, months: int) -> date:
        """``day`` moved by whole months, cut to the end of a shorter month."""
        year, month, of_month = self.parts(day)
        year, month = divmod(year * 12 + month - 1 + months, 12)
        return self.day(year, month + 1, min(of_month, self.month_days(year, month + 1)))


GREGORIAN, JALALI = Calendar("gregorian"), Calendar("jalali")


def calendar_of(name: str) -> Calendar:
    return JALALI if name == "jalali" else GREGORIAN
