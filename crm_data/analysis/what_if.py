"""Trying a rate out: what each customer would be worth if one unit of an activity had cost something else all through the period.

One question gives the units of an activity by customer and what they cost now; everything after it is arithmetic, so a slider
moves at once. It equals asking the data with that rate laid over every day of the period.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from sqlalchemy import ColumnElement, Date, Double, case, cast, func, literal_column, select, type_coerce

from crm_data.analysis.ranking_values import fetched
from crm_data.analysis.worth_people import DIGITS, People, places
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.facts import ACTIVITIES, Activity, Fact
from crm_data.cuts.periods import Period
from crm_data.cuts.rates import Rate, rate_of_day, rates_of
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.cuts.stages import Question, in_period, rows_of
from crm_data.errors import N_, InputError


@dataclass(frozen=True)
class Units:
    """Units of ``driver`` by customer (``keys`` ascending) and what they cost now; ``total`` and ``cost_total`` exact, with those of
    nobody known. ``rate``: what holds on the last day (None: nothing); ``steady``: whether it held on every day."""

    driver: str
    keys: np.ndarray
    units: np.ndarray
    cost: np.ndarray
    total: Decimal
    cost_total: Decimal
    rate: Decimal | None
    steady: bool

    @property
    def nbytes(self) -> int:
        return int(self.keys.nbytes + self.units.nbytes + self.cost.nbytes)

    def effect(self, rate: Decimal) -> Decimal:
        """What all together would be worth more (less: negative) at ``rate``, exactly."""
        return self.cost_total - self.total * rate


@dataclass(frozen=True)
class Tried:
    """Everybody, in the order of the people asked of: worth and place now and then; ``effect``: on the worth of all, exactly."""

    now: np.ndarray
    then: np.ndarray
    place_now: np.ndarray
    place_then: np.ndarray
    effect: Decimal

    @property
    def to_loss(self) -> np.ndarray:
        """Positions of those who brought something, or nothing, and would lose."""
        return np.flatnonzero((self.now >= 0) & (self.then < 0))

    @property
    def to_profit(self) -> np.ndarray:
        return np.flatnonzero((self.now < 0) & (self.then >= 0))

    @property
    def moved(self) -> np.ndarray:
        """Places won (lost: negative)."""
        return self.place_now - self.place_then


def tried(people: People, changes: Sequence[tuple[Units, Decimal]]) -> Tried:
    """Pure arithmetic: each activity at its new rate, for everybody."""
    then, effect = people.worth.copy(), Decimal(0)
    for found, rate in changes:
        at = people.at(found.keys)
        then[at] += found.cost - found.units * float(rate)
        effect += found.effect(rate)
    then = np.round(then, DIGITS)
    return Tried(people.worth, then, places(people.worth), places(then), effect)


def units(warehouse, scope: Scope, period: Period, driver: str, filters: Sequence[Filter] = ()) -> Units:
    """Units of ``driver`` by customer, asked once. Raises InputError for a driver there is none of, or filters activities do not have."""
    within = period.clipped(warehouse.as_of)
    key = ("units of", warehouse.key, scope.key, driver, within, tuple(filters), definitions([f.dimension for f in filters], warehouse))
    return ANSWERS.get(key, lambda: _units(warehouse, scope, within, driver, tuple(filters)))


def activity_of(driver: str) -> Activity:
    """The kind of activity whose units a driver counts."""
    for one in ACTIVITIES:
        if (one.channel is not None and driver.startswith(("contact_", "minute_"))) or (one.channel is None and _text(one.driver) == driver):
            return one
    raise InputError(N_("There is no activity “{name}”."), name=driver[:60])


def _text(driver: ColumnElement) -> str:
    return str(getattr(driver, "value", None) or getattr(driver, "text", "")).strip("'")


def _units(warehouse, scope: Scope, period: Period, driver: str, filters: tuple[Filter, ...]) -> Units:
    catalog, a = catalog_for(warehouse), activity_of(driver)
    cut = Cut(("cost_to_serve",), ("customer",), period, filters=filters)
    catalog.check("cost_to_serve", used_dimensions(cut))
    amount = a.minutes if driver.startswith("minute_") else a.units
    assert amount is not None
    keys = {root: a.table.c[f"{root}_id"] for root in ("customer", "branch", "owner")}
    fact = Fact("costs", "activities", a.table, a.record, type_coerce(a.day, Date), keys, {"cost_driver": a.driver})
    rows = rows_of(fact, Question(cut, scope, catalog))
    where = [*in_period(rows, cut), *rows.where, *a.where]
    if a.channel is not None:
        where.append(a.channel == driver.partition("_")[2])
    key = rows.need(rows.fact.keys["customer"])
    mine = tuple(r for r in rates_of(warehouse) if r.driver == driver and r.first <= period.last and r.end >= period.first)
    within = [func.sum(case((_on(a.day, r), amount), else_=literal_column("0"))) for r in mine]
    query = select(key.label("who"), cast(func.sum(amount), Double).label("units"), *(cast(w, Double).label(f"r{i}") for i, w in enumerate(within)))
    with warehouse.engine.connect() as connection:
        who, total, *priced = fetched(connection, query.select_from(rows.source).where(*where).group_by(key))
    return _found(driver, period, mine, who, total, priced)


def _found(driver: str, period: Period, mine: Sequence[Rate], who: np.ndarray, total: np.ndarray, priced: Sequence[np.ndarray]) -> Units:
    total, priced = np.nan_to_num(total), [np.nan_to_num(p) for p in priced]
    cost = sum((p * float(r.rate) for p, r in zip(priced, mine, strict=True)), np.zeros(len(total)))
    known = np.flatnonzero(~np.isnan(who) & (total != 0))
    order = known[np.argsort(who[known], kind="stable")]
    whole = sum((_whole(p) * r.rate for p, r in zip(priced, mine, strict=True)), Decimal(0))
    steady = len(mine) == 1 and mine[0].first <= period.first and mine[0].end >= period.last
    return Units(driver, who[order].astype("int64"), total[order], cost[order], _whole(total), whole, rate_of_day(mine, driver, period.last), steady)


def _whole(values: np.ndarray) -> Decimal:
    """The exact sum: units are whole numbers, or minutes to the hundredth."""
    return Decimal(str(round(float(values.sum()), 2)))


def _on(day: ColumnElement, rate: Rate) -> ColumnElement:
    def text(d: date) -> ColumnElement:
        return literal_column(f"DATE '{d.isoformat()}'", Date)
    return day >= text(rate.first) if rate.last is None else day.between(text(rate.first), text(rate.last))
