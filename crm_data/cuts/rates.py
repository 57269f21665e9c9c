"""Cost-to-serve rates, each of some days: those of the data, and those an administrator set over them.

A rate holds from its first to its last day (None: until another takes its place), and of one driver never two on a day. What a
warehouse holds is never written over: its own rates, overlaid, go with the opened warehouse and into every statement on costs.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Date, FromClause, Select, String, column, literal_column, select, values

from crm_data.cuts.cache import ANSWERS
from crm_data.errors import N_
from crm_data.model import schema as s
from crm_data.model.store import Warehouse

_DAY = timedelta(days=1)

#: The activities that can have a rate and what one unit of each is. The day's rate counts: of a call, what it costs to take one
#: (``contact_``) and each minute of it (``minute_``) add up.
UNITS: dict[str, str] = {
    "contact_phone": N_("per call"), "minute_phone": N_("per call minute"), "contact_email": N_("per mail"), "minute_email": N_("per minute of a mail"),
    "contact_chat": N_("per chat"), "minute_chat": N_("per chat minute"), "contact_sms": N_("per text message"), "minute_sms": N_("per minute of a text message"),
    "contact_meeting": N_("per meeting"), "minute_meeting": N_("per meeting minute"), "contact_visit": N_("per visit"), "minute_visit": N_("per visit minute"),
    "contact_web": N_("per web contact"), "minute_web": N_("per minute of a web contact"), "contact_social": N_("per social network contact"),
    "minute_social": N_("per minute of a social network contact"), "contact_letter": N_("per letter"), "minute_letter": N_("per minute of a letter"),
    "complaint": N_("per complaint"), "order": N_("per order"), "return": N_("per return"), "delivery": N_("per delivery"), "late_day": N_("per late day")}


@dataclass(frozen=True)
class Rate:
    """What one unit of an activity costs, in the reporting currency, from ``first`` to ``last`` (both included; None: open)."""

    driver: str
    rate: Decimal
    first: date
    last: date | None = None

    @property
    def end(self) -> date:
        """The last day, the end of time for what is open."""
        return self.last or date.max

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.end


def overlaid(base: Iterable[Rate], edits: Iterable[Rate]) -> tuple[Rate, ...]:
    """``base`` with ``edits`` laid over it one after the other: each takes its driver's days from whatever stood there.

    By driver and day; of a driver no two share a day. A rate an edit falls into the middle of goes on after it.
    """
    kept: dict[str, list[Rate]] = {}
    for one in (*base, *edits):
        rest = [piece for old in kept.get(one.driver, ()) for piece in _without(old, one)]
        kept[one.driver] = [*rest, one]
    return tuple(sorted((r for own in kept.values() for r in own), key=lambda r: (r.driver, r.first)))


def _without(old: Rate, new: Rate) -> list[Rate]:
    """What is left of ``old`` before and after the days of ``new``."""
    if new.end < old.first or old.end < new.first:
        return [old]
    before = [replace(old, last=new.first - _DAY)] if old.first < new.first else []
    after = [replace(old, first=new.end + _DAY)] if new.end < old.end else []
    return before + after


def rate_of_day(rates: Iterable[Rate], driver: str, day: date) -> Decimal | None:
    """What one unit of ``driver`` costs on ``day``; None where no rate holds."""
    return next((r.rate for r in rates if r.driver == driver and r.holds(day)), None)


def days_of(rates: Iterable[Rate]) -> tuple[date, ...]:
    """Days on which a rate begins, or no longer holds."""
    return tuple({day for r in rates for day in (r.first, r.end + _DAY if r.end < date.max else None) if day})


# Of a warehouse -------------------------------------------------------------------------------------------------------
def with_rates(warehouse: Warehouse, rates: Iterable[Rate] | None) -> Warehouse:
    """The same warehouse, priced by these rates instead of its own; None: by its own again."""
    return replace(warehouse, rates=None if rates is None else tuple(rates))


def rates_of(warehouse: Warehouse) -> tuple[Rate, ...]:
    """The rates that price its activities: the overlaid ones, where there are any, else those of the data."""
    return rates_of_data(warehouse) if warehouse.rates is None else warehouse.rates


def rates_of_data(warehouse: Warehouse) -> tuple[Rate, ...]:
    """The rates that came with the data, whatever was laid over them; read once a snapshot."""
    def read() -> tuple[Rate, ...]:
        r = s.cost_rate.c
        with warehouse.engine.connect() as connection:
            rows = connection.execute(select(r.driver, r.rate_base, r.valid_from, r.valid_to)).all()
        return overlaid((), (Rate(driver, Decimal(str(rate)), first, last) for driver, rate, first, last in sorted(rows, key=lambda row: row[2])))
    return ANSWERS.get(("cost rates", str(warehouse.engine.url), warehouse.snapshot), read)


# In a statement -------------------------------------------------------------------------------------------------------
def rate_table(rates: Iterable[Rate] | None) -> FromClause:
    """What statements on costs read rates from: the table of the data, or these rates as literals with the same columns and types."""
    if rates is None:
        return s.cost_rate
    rows = [(_text(r.driver), literal_column(f"CAST({r.rate:f} AS NUMERIC(18, 4))", s.Money), _day(r.first), _day(r.last)) for r in rates]
    columns = [column("driver", String), column("rate_base", s.Money), column("valid_from", Date), column("valid_to", Date)]
    return (_nothing() if not rows else select(values(*columns, name="rates_set").data(rows))).cte("overlaid_rate")


def _nothing() -> Select:
    """No rate at all: nothing is priced."""
    r = s.cost_rate.c
    return select(r.driver, r.rate_base, r.valid_from, r.valid_to).where(literal_column("1") == literal_column("0"))


def _text(text: str):
    quoted = text.replace("'", "''")
    return literal_column(f"'{quoted}'", String)


def _day(day: date | None):
    return literal_column("CAST(NULL AS DATE)" if day is None else f"DATE '{day.isoformat()}'", Date)
