"""One row a customer: what the rules of tiers and their simulator look at. Kept with the snapshot, exact, small enough to be held.

In it are the customers of the scope on the day the data reaches: joined and not lost. What the others (leads, former
customers, records of nobody known) brought stands beside, so that the parts add up to the firm's totals.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

import numpy as np
from sqlalchemy import and_, or_, select

from crm_data.analysis.customers import visible
from crm_data.analysis.tiers import OWN, SOURCE_TIER, told
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.conditions import window
from crm_data.cuts.cut import Cut, Filter, each_parts
from crm_data.cuts.periods import Period
from crm_data.cuts.query import Desk, ask
from crm_data.errors import N_, InputError
from crm_data.model import schema as s

#: Over what revenue, worth and discounts are taken, whatever the rules look at.
SPAN = "12m"
#: What every book holds; worth is made of them, so that its parts add up where some lines have no known cost.
MONEY = ("revenue", "discount", "_cost", "cost_to_serve")
_SCALES = (0, 2, 4, 6, 10, 16, 22)
_INT64 = 1 << 62


@dataclass(frozen=True)
class Exact:
    """Exact amounts: whole numbers of 10^-``scale``; Python's own where 64 bits would not hold their sum."""

    whole: np.ndarray
    scale: int

    @staticmethod
    def of(values: Sequence[Decimal]) -> Exact:
        """The smallest scale that holds all of them without rounding."""
        with localcontext() as context:
            context.prec = 60
            for scale in _SCALES:
                scaled = [v.scaleb(scale) for v in values]
                if all(v == v.to_integral_value() for v in scaled) or scale == _SCALES[-1]:
                    return Exact._held([int(v) for v in scaled], scale)
        raise AssertionError("unreachable")

    @staticmethod
    def _held(whole: list[int], scale: int) -> Exact:
        narrow = sum(map(abs, whole)) < _INT64
        return Exact(np.array(whole, dtype=np.int64 if narrow else object), scale)

    def __len__(self) -> int:
        return len(self.whole)

    def at(self, i: int) -> Decimal:
        return self.decimal(self.whole[i])

    def decimal(self, whole: object) -> Decimal:
        with localcontext() as context:
            context.prec = 60
            return Decimal(int(whole)).scaleb(-self.scale)  # type: ignore[call-overload]

    def limit(self, value: Decimal) -> int:
        """The least whole number that is ``value`` or more."""
        with localcontext() as context:
            context.prec = 60
            return int(value.scaleb(self.scale).to_integral_value(rounding="ROUND_CEILING"))

    def by_group(self, group: np.ndarray, groups: int) -> list[Decimal]:
        """The sum of each of ``groups`` groups (``group``: each row's); exact."""
        sums = np.zeros(groups, dtype=self.whole.dtype)
        np.add.at(sums, group, self.whole)
        return [self.decimal(n) for n in sums]

    def minus(self, *others: Exact) -> Exact:
        scale = max(self.scale, *(o.scale for o in others))
        parts = [o.whole.astype(object) * 10 ** (scale - o.scale) for o in (self, *others)]
        return Exact._held([int(n) for n in parts[0] - sum(parts[1:])], scale)

    def floats(self) -> np.ndarray:
        return self.whole.astype(float) / 10.0 ** self.scale


@dataclass(frozen=True)
class Book:
    """``ids``, ``keys`` (``Profile.key``), ``by_source`` (tier of the source or None), ``in_data`` (the tier
    the snapshot carries, which cuts by tier count), ``days`` (agreed payment days, -1 not
    known), ``consent`` (1 yes, 0 no, -1 never asked): one a customer, in order of id. ``money``: revenue, discount and worth of
    the 12 months ``period`` (worth means nothing where not ``costed``: no line has a known cost); ``outside``: the same of everybody else. ``values``: measures the rules look at, exact or floats
    (NaN: not known)."""

    ids: np.ndarray
    keys: np.ndarray
    by_source: np.ndarray
    in_data: np.ndarray
    days: np.ndarray
    consent: np.ndarray
    money: dict[str, Exact]
    outside: dict[str, Decimal]
    values: dict[tuple[str, str], Exact | np.ndarray]
    place: dict[str, int]
    period: Period
    as_of: date
    costed: bool = True

    def __len__(self) -> int:
        return len(self.ids)

    def passes(self, f: Filter) -> np.ndarray:
        """Who satisfies a condition, as a cut filtered by it would count."""
        column, numbers = self.values[each_parts(f.dimension)], [Decimal(v) for v in f.values]
        low = numbers[0] if f.op in ("at_least", "between") else None
        high = numbers[-1] if f.op in ("below", "between") else None
        if isinstance(column, Exact):
            mask = np.ones(len(self), dtype=bool)
            if low is not None:
                mask &= (column.whole >= column.limit(low)).astype(bool)
            if high is not None:
                top = column.limit(high)
                # A limit between two whole numbers was rounded up: what equals the rounded one is above it.
                met = f.op == "between" and column.decimal(top) == high
                mask &= ((column.whole <= top) if met else (column.whole < top)).astype(bool)
            return mask
        known = ~np.isnan(column)
        with np.errstate(invalid="ignore"):
            if low is not None:
                known &= column >= float(low)
            if high is not None:
                known &= (column <= float(high)) if f.op == "between" else (column < float(high))
        return known

    def worth(self, i: int) -> Decimal | None:
        """Of one customer in the 12 months; None where no cost is known at all."""
        return self.money["worth"].at(i) if self.costed else None

    def value(self, measure: str, span: str, i: int) -> Decimal | float | None:
        column = self.values[measure, span]
        if isinstance(column, Exact):
            return column.at(i)
        return None if np.isnan(column[i]) else float(column[i])


# Reading ---------------------------------------------------------------------------------------------------------------
def book(warehouse, scope: Scope, asked: Iterable[tuple[str, str]] = ()) -> Book:
    """The customers of the scope with what is ``asked`` of each: (measure, window). Each measure is asked once a snapshot."""
    people = ANSWERS.get(("tiers", warehouse.key, scope.key), lambda: _people(warehouse, scope))
    # Worth is asked anew: where no line has a known cost a condition knows none, while the sums count what was sold.
    values = {pair: people.money[pair[0]] if pair in (("revenue", SPAN), ("discount", SPAN)) else
              ANSWERS.get(("tiers", warehouse.key, scope.key, *pair), lambda pair=pair: _values(warehouse, scope, people.ids, *pair)) for pair in dict.fromkeys(asked)}
    return people if not values else replace(people, values=values)


def span_of(name: str, warehouse) -> Period:
    """The days of a window that ends on the day the data reaches."""
    catalog = catalog_for(warehouse)
    return window(name, Cut(("orders",), period=Period(warehouse.as_of, warehouse.as_of)), catalog)


def _people(warehouse, scope: Scope) -> Book:
    c, a, day = s.customer.c, s.customer_attribute.c, warehouse.as_of
    kept = select(a.customer_id, a.value).where(a.key == SOURCE_TIER, a.source == OWN).subquery()
    # As the measure "customers in all" counts them on its last day.
    here = (or_(c.relation == "customer", and_(c.relation == "former", c.lost_on.is_not(None))), or_(c.customer_since.is_(None), c.customer_since <= day), or_(c.lost_on.is_(None), c.lost_on > day))
    wanted = select(c.id, c.source, c.source_id, c.tier, kept.c.value, c.payment_days, c.consent_contact).select_from(
        s.customer.outerjoin(kept, kept.c.customer_id == c.id)).where(*here, *visible(scope)).order_by(c.id)
    with warehouse.engine.connect() as connection:
        rows = connection.execute(wanted).all()
    ids = np.array([r.id for r in rows], dtype=np.int64)
    keys = np.array([f"{r.source}:{r.source_id}" for r in rows], dtype=object)
    span = span_of(SPAN, warehouse)
    money, outside = _money(warehouse, scope, ids, span)
    return Book(ids, keys, np.array([told(r.tier, r.value) for r in rows], dtype=object), np.array([r.tier for r in rows], dtype=object),
                np.array([-1 if r.payment_days is None else r.payment_days for r in rows], dtype=np.int64),
                np.array([-1 if r.consent_contact is None else int(r.consent_contact) for r in rows], dtype=np.int8),
                money, outside, {}, {key: i for i, key in enumerate(keys)}, span, day, _worth_known(warehouse, scope))


def _worth_known(warehouse, scope: Scope) -> bool:
    """Whether anything says what customers are worth: a sale with a known cost or, where the data has no orders, a priced activity."""
    total = firm_total(warehouse, scope, "worth")
    return total is not None and (catalog_for(warehouse).has_orders or total != 0)


def _money(warehouse, scope: Scope, ids: np.ndarray, span: Period) -> tuple[dict[str, Exact], dict[str, Decimal]]:
    rows = _rows(warehouse, scope, MONEY, span)
    inside, others = {}, {}
    for name in MONEY:
        inside[name], others[name] = _aligned(rows, name, ids)
    worth = inside["revenue"].minus(inside["_cost"], inside["cost_to_serve"])
    rest = others["revenue"] - others["_cost"] - others["cost_to_serve"]
    return ({"revenue": inside["revenue"], "discount": inside["discount"], "worth": worth},
            {"revenue": others["revenue"], "discount": others["discount"], "worth": rest})


def _rows(warehouse, scope: Scope, measures: tuple[str, ...], span: Period) -> list[dict[str, object]]:
    catalog = catalog_for(warehouse)
    with warehouse.engine.connect() as connection:
        return Desk(connection, scope, catalog, reach=("customer",), warehouse=warehouse).run(Cut(measures, by=("customer",), period=span.clipped(catalog.as_of)))


def _aligned(rows: list[dict[str, object]], name: str, ids: np.ndarray) -> tuple[Exact, Decimal]:
    """A measure that adds up, of each of ``ids`` (nothing is 0), and its sum over everybody else."""
    place, values, rest = {int(key): n for n, key in enumerate(ids)}, [Decimal(0)] * len(ids), Decimal(0)
    for row in rows:
        number = row[name]
        if number is None:
            continue
        number = number if isinstance(number, Decimal) else Decimal(str(number))
        at = place.get(row["customer_id"])  # type: ignore[call-overload]
        if at is None:
            rest += number
        else:
            values[at] = number
    return Exact.of(values), rest


def _values(warehouse, scope: Scope, ids: np.ndarray, measure: str, span: str) -> Exact | np.ndarray:
    catalog = catalog_for(warehouse)
    about = catalog.measure(measure)
    if not catalog.can_cut(measure, "customer"):
        raise InputError(N_("“{measure}” is not known of single customers, so it cannot be a rule of a tier."), measure=measure)
    rows = _rows(warehouse, scope, (measure,), span_of(span, warehouse))
    if about.adds_up and about.unit not in ("share", "score"):
        return _aligned(rows, measure, ids)[0]
    found = np.full(len(ids), np.nan)
    at = {int(key): n for n, key in enumerate(ids)}
    for row in rows:
        if row[measure] is not None and row["customer_id"] in at:
            found[at[row["customer_id"]]] = float(row[measure])  # type: ignore[arg-type,index]
    return found


def firm_total(warehouse, scope: Scope, name: str) -> Decimal | None:
    """A total of the 12 months as every page gives it, for holding the parts against."""
    found = ask(Cut((name,), period=span_of(SPAN, warehouse)), warehouse, scope=scope).totals[name]
    return None if found is None else Decimal(str(found))
