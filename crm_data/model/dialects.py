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
    literal_column,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


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
    if grain == "week" and week_start:
        ahead = literal_column(str(7 - week_start))
        shifted = type_coerce(type_coerce(column, Integer) + ahead, Date)
        return type_coerce(type_coerce(day_trunc(literal_column("'week'"), shifted), Integer) - ahead, Date)
    return day_trunc(literal_column(f"'{grain}'"), column)


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
