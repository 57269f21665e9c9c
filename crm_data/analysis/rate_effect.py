"""What a change of cost rates would do: worth before and after, in all, by customer type and for each customer, before anything is written."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.rates import Rate, overlaid, rates_of, with_rates
from crm_data.model.store import Warehouse

#: Customers and kinds of customers named on each side.
SHOWN = 5
#: Of whom it is said that they turn loss-making: a prospect who was only talked to brings nothing anyhow.
CUSTOMERS = (Filter("relation", "is", ("customer", "former")),)


@dataclass(frozen=True)
class Moved:
    """A customer (or a kind of customers, ``id`` None): worth ``before`` and ``now``, and the place among all by it (1: most)."""

    id: int | None
    name: str
    before: Decimal
    now: Decimal
    place_before: int = 0
    place: int = 0

    @property
    def change(self) -> Decimal:
        return self.now - self.before


@dataclass(frozen=True)
class Effect:
    """``worth`` and ``cost`` are (before, now), worth None where no cost of goods is known; ``priced`` of ``activities`` have a rate
    (before, now). Of those who are or were customers, for who sees them (else ``personal`` is False): how many are ``known`` (of them worth is), ``touched``
    (another worth), and who turn ``loss_making`` or ``profitable``, most changed first; the biggest ``losers`` and ``gainers``;
    ``overtaken``: who change place most."""

    period: Period
    worth: tuple[Decimal | None, Decimal | None]
    cost: tuple[Decimal, Decimal]
    priced: tuple[int, int]
    activities: int
    types: tuple[Moved, ...]
    personal: bool = False
    known: int = 0
    touched: int = 0
    loss_making: tuple[Moved, ...] = ()
    profitable: tuple[Moved, ...] = ()
    losers: tuple[Moved, ...] = ()
    gainers: tuple[Moved, ...] = ()
    overtaken: tuple[Moved, ...] = ()

    @property
    def change(self) -> Decimal:
        """What worth changes by: what costs change by, the other way round."""
        return self.cost[0] - self.cost[1]

    @property
    def nothing(self) -> bool:
        """Whether no activity of the period costs anything else."""
        return self.cost[0] == self.cost[1] and not self.touched and self.priced[0] == self.priced[1]


def effect(warehouse: Warehouse, scope: Scope, period: Period, proposed: Warehouse) -> Effect:
    """Compare ``proposed`` (the same warehouse, priced otherwise) with ``warehouse`` over ``period``, within ``scope``."""
    key = ("rate effect", warehouse.key, proposed.key, scope.key, period)
    return ANSWERS.get(key, lambda: _effect(warehouse, scope, period, proposed))


def held_all(warehouse: Warehouse, rate: Rate, period: Period) -> Warehouse:
    """The warehouse priced as if ``rate`` had held all through ``period``: for what begins after the last day of the data."""
    return with_rates(warehouse, overlaid(rates_of(warehouse), [Rate(rate.driver, rate.rate, period.first, period.last)]))


def _effect(warehouse: Warehouse, scope: Scope, period: Period, proposed: Warehouse) -> Effect:
    was, would, kinds = _both("customer_type", warehouse, scope, period, proposed)
    worth, zero = _exact(was.totals["worth"]), Decimal(0)
    before, now = (_exact(a.totals["cost_to_serve"]) or zero for a in (was, would))
    found = Effect(
        was.period, worth=(worth, None if worth is None else worth + before - now), cost=(before, now),
        priced=(int(was.totals["_activities_priced"] or 0), int(would.totals["_activities_priced"] or 0)), activities=int(would.totals["_activities"] or 0),
        types=tuple(sorted((k for k in kinds if k.change), key=lambda k: (-abs(k.change), k.name))))
    return replace(found, **_customers(_placed(_both("customer", warehouse, scope, period, proposed, CUSTOMERS)[2]))) if scope.personal else found


def _both(by: str, warehouse: Warehouse, scope: Scope, period: Period, proposed: Warehouse, who: tuple[Filter, ...] = ()) -> tuple[Answer, Answer, list[Moved]]:
    """The answers before and after, and members of a dimension with their worth in both; those whose worth is not known are left out.

    Only costs differ: worth is asked once, and what costs change by is taken from it.
    """
    costs = ("cost_to_serve", "_activities", "_activities_priced")
    was = ask(Cut(("worth", *costs), (by,), period, filters=who), warehouse, scope=scope)
    would = ask(Cut(costs, (by,), period, filters=who), proposed, scope=scope)
    key = f"{by}_id" if f"{by}_id" in was.rows else by
    after = dict(zip(would.rows[key], would.rows["cost_to_serve"], strict=True))
    found = []
    for name, own, worth, cost in zip(was.rows[by], was.rows[key], was.rows["worth"], was.rows["cost_to_serve"], strict=True):
        value, new = _exact(worth), _exact(after.get(own))
        if value is not None:
            found.append(Moved(own if isinstance(own, int) else None, str(name or ""), value, value + (_exact(cost) or Decimal(0)) - (new or Decimal(0))))
    return was, would, found


def _placed(found: Iterable[Moved]) -> list[Moved]:
    """Each with its place before and now: by worth, then by id, so that equals keep their order."""
    people = [m for m in found if m.id is not None]
    before = {m.id: n for n, m in enumerate(sorted(people, key=lambda m: (-m.before, m.id or 0)), 1)}
    now = {m.id: n for n, m in enumerate(sorted(people, key=lambda m: (-m.now, m.id or 0)), 1)}
    return [Moved(m.id, m.name, m.before, m.now, before[m.id], now[m.id]) for m in people]


def _customers(people: list[Moved]) -> dict[str, Any]:
    touched = [m for m in people if m.change]
    turned = {"loss_making": [m for m in touched if m.before >= 0 > m.now], "profitable": [m for m in touched if m.before < 0 <= m.now]}
    down, up = (sorted((m for m in touched if (m.change < 0) == falls), key=lambda m: (-abs(m.change), m.id or 0))[:SHOWN] for falls in (True, False))
    jumped = sorted((m for m in people if m.place != m.place_before), key=lambda m: (-abs(m.place - m.place_before), m.place))[:SHOWN]
    return {"personal": True, "known": len(people), "touched": len(touched), "losers": tuple(down), "gainers": tuple(up), "overtaken": tuple(jumped),
            **{name: tuple(sorted(who, key=lambda m: (-abs(m.change), m.id or 0))) for name, who in turned.items()}}


def _exact(value: object) -> Decimal | None:
    return None if value is None or value != value else value if isinstance(value, Decimal) else Decimal(str(value))
