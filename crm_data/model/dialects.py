"""What differs between engines, named once: time buckets, differences of days, weekdays, text order.

Each construct renders for DuckDB and PostgreSQL; a test runs each on both.
"""
from __future__ import annotations

from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Double,
    Integer,
    Interval,
    case,
    cast,
    collate,
    extract,
    func,
    literal_column,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crm_data.calendars import EPOCH, from_jalali
from crm_data.calendars import NOT_LEAP as EVERY_NOT_LEAP

#: Those days of trade may reach.
NOT_LEAP = tuple(y for y in EVERY_NOT_LEAP if y < 1630)


class day_trunc(FunctionElement):  # noqa: N801 - named as it renders
    """First day of the ISO week, month, quarter or year of a DATE, as DATE."""

    type = Date()
    inherit_cache = True
    name = "day_trunc"


@compiles(day_trunc)
def _trunc_default(element, compiler, **kw) -> str:
    grain, column = list(element.clauses)
    return f"CAST(date_trunc({compiler.process(grain, **kw)}, {compiler.process(column, **kw)}) AS DATE)"


@compiles(day_trunc, "postgresql")
def _trunc_postgresql(element, compiler, **kw) -> str:
    grain, column = list(element.clauses)
    return f"CAST(date_trunc({compiler.process(grain, **kw)}, CAST({compiler.process(column, **kw)} AS TIMESTAMP)) AS DATE)"


def bucket(grain: str, column: ColumnElement, week_start: int) -> ColumnElement:
    """First day of the bucket of a DATE column; ``week_start`` 0 Monday ... 6 Sunday."""
    if grain == "day":
        return column
    if grain.startswith("jalali_"):
        return _jalali_bucket(grain, column)
    if grain == "week" and week_start:
        ahead = literal_column(str(7 - week_start))
        shifted = type_coerce(type_coerce(column, Integer) + ahead, Date)
        return type_coerce(type_coerce(day_trunc(literal_column("'week'"), shifted), Integer) - ahead, Date)
    return day_trunc(literal_column(f"'{grain}'"), column)


def _jalali(column: ColumnElement) -> tuple[ColumnElement, ColumnElement]:
    """Year, and day of the year from 0, of a DATE in the Jalali calendar: the rule of :mod:`crm_data.calendars`, in whole numbers."""
    n = literal_column
    # The difference of two dates is a wider number on one engine, which it would not take back from a date.
    days = cast(days_between(n(f"DATE '{date.fromordinal(EPOCH).isoformat()}'"), column), Integer)
    year = n("1") + cast(func.floor((n("33") * days + n("3")) / n("12053.0")), Integer)
    rest = days - (n("365") * (year - n("1")) + cast(func.floor((n("8") * year + n("21")) / n("33.0")), Integer))
    # A corrected year begins a day before the rule's: its days, and the last of the year before, stand one further on.
    for corrected in NOT_LEAP:
        first, last = from_jalali(corrected + 1, 1, 1), from_jalali(corrected + 2, 1, 1)
        inside = column.between(n(f"DATE '{first.isoformat()}'"), n(f"DATE '{date.fromordinal(last.toordinal() - 1).isoformat()}'"))
        year, rest = case((inside, n(str(corrected + 1))), else_=year), case(
            (inside, days - n(str(first.toordinal() - EPOCH))), else_=rest)
    return year, rest


def _jalali_month(rest: ColumnElement) -> ColumnElement:
    """Month from 0 of a day of the Jalali year."""
    n = literal_column
    return cast(case((rest < n("186"), func.floor(rest / n("31.0"))), else_=func.floor((rest - n("6")) / n("30.0"))), Integer)


def _jalali_bucket(grain: str, column: ColumnElement) -> ColumnElement:
    n = literal_column
    _, rest = _jalali(column)
    if grain == "jalali_year":
        return type_coerce(type_coerce(column, Integer) - rest, Date)
    if grain == "jalali_quarter":
        start = case((rest < n("93"), n("0")), (rest < n("186"), n("93")), (rest < n("276"), n("186")), else_=n("276"))
    else:
        start = case((rest < n("186"), n("31") * _jalali_month(rest)), else_=n("30") * _jalali_month(rest) + n("6"))
    return type_coerce(type_coerce(column, Integer) - (rest - cast(start, Integer)), Date)


def jalali_number(grain: str, column: ColumnElement) -> ColumnElement:
    """A whole number that grows by one from one Jalali year, quarter or month to the next: year, year x 4 + quarter, year x 12 + month (from 0)."""
    n = literal_column
    year, rest = _jalali(column)
    if grain == "jalali_year":
        return year
    month = _jalali_month(rest)
    return year * n("12") + month if grain == "jalali_month" else year * n("4") + cast(func.floor(month / n("3.0")), Integer)


def add_days(column: ColumnElement, days: int) -> ColumnElement:
    return type_coerce(type_coerce(column, Integer) + literal_column(str(days)), Date)


def days_between(first: ColumnElement, last: ColumnElement) -> ColumnElement:
    """Whole days from ``first`` to ``last``, both DATE."""
    return type_coerce(type_coerce(last, Integer) - type_coerce(first, Integer), Integer)


def hours_between(first: ColumnElement, last: ColumnElement) -> ColumnElement:
    """Hours from ``first`` to ``last``, both instants, as a float."""
    gap = type_coerce(type_coerce(last, DateTime) - type_coerce(first, DateTime), Interval)
    return cast(extract("epoch", gap), Double) / literal_column("3600.0")


def weekday(column: ColumnElement) -> ColumnElement:
    """1 Monday ... 7 Sunday."""
    return cast(extract("isodow", column), Integer)


def day_parts(day: date) -> tuple[ColumnElement, ColumnElement]:
    """Year and month-and-day (1121 for 21 November) of a fixed day, for :func:`age_at`."""
    return literal_column(str(day.year)), literal_column(str(day.month * 100 + day.day))


def age_at(year: ColumnElement, month_day: ColumnElement, birth_date: ColumnElement, birth_year: ColumnElement) -> ColumnElement:
    """Whole years on a day; from the year alone the difference of years; NULL when unknown or outside 0-120."""
    years = case((birth_date.is_not(None), cast(extract("year", birth_date), Integer)), else_=cast(birth_year, Integer))
    born = cast(extract("month", birth_date), Integer) * literal_column("100") + cast(extract("day", birth_date), Integer)
    age = year - years - case((born > month_day, literal_column("1")), else_=literal_column("0"))
    return case((age.between(literal_column("0"), literal_column("120")), age))


def in_code_order(column: ColumnElement) -> ColumnElement:
    """Text in the order of its code points: the same on every engine, whatever its language settings."""
    return collate(column, "C")
