"""One customer's whole story: every event, the open balance day by day, and the price of each product it buys along time."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import fmean, median, pstdev

import pandas as pd
from sqlalchemy import Engine

from crm_data.analysis.customers import Profile, profile
from crm_data.analysis.events import KINDS, Event, Reader, contacts, touches
from crm_data.analysis.family import Person, members, people
from crm_data.analysis.offers_story import offers, records, written
from crm_data.analysis.story_prices import PriceLine
from crm_data.analysis.story_sales import money, orders
from crm_data.analysis.story_steps import complaint_rows, complaints, opportunities
from crm_data.analysis.usual import Usual, usual
from crm_data.cuts.access import Scope

#: Orders on different days needed before "usual" means anything.
FEW_ORDERS = 4
#: Days with a price before a line of it says something.
FEW_PRICES = 3


@dataclass(frozen=True)
class Timeline:
    """``events`` newest first; ``balance``: (day, open after it); ``products``: the price of each product along time, most bought first;
    ``usual_gap``: median days between days with an order, None with too few; ``silence``: days since the last one;
    ``gaps``: (day of the order before, days) of pauses beyond ``long_gap``, followed by another order or by today.

    ``members``: (id, name) of the companies below that the viewer may see, whether told together (``family``) or apart;
    ``people``: whom one may ask for; ``contact``: the one who was asked for, only whose contacts are told then;
    ``usual``: how the firm usually does, for comparison (empty where nothing waits). All money in the reporting currency."""

    who: Profile
    events: tuple[Event, ...]
    until: date
    balance: tuple[tuple[date, Decimal], ...] = ()
    products: tuple[PriceLine, ...] = ()
    usual_gap: int | None = None
    silence: int | None = None
    gaps: tuple[tuple[date, int], ...] = field(default=())
    members: tuple[tuple[int, str], ...] = ()
    people: tuple[Person, ...] = ()
    family: bool = False
    contact: int | None = None
    usual: Usual = field(default_factory=Usual)

    @property
    def open_balance(self) -> Decimal:
        return self.balance[-1][1] if self.balance else Decimal(0)

    @property
    def _price_line(self) -> PriceLine | None:
        return self.products[0] if self.products and len(self.products[0].points) >= FEW_PRICES else None

    @property
    def prices(self) -> tuple[tuple[date, Decimal], ...]:
        """(day, price paid a unit) of the product bought on most days; nothing unless it was bought on three."""
        return self._price_line.points if self._price_line else ()

    @property
    def price_of(self) -> str:
        return self._price_line.product if self._price_line else ""

    def frame(self) -> pd.DataFrame:
        """The events as a table of codes, days and exact amounts (for files and tests)."""
        columns = ("kind", "on", "amount", "opened_on", "closed_on", "ref", "whose")
        return pd.DataFrame([[getattr(e, c) for c in columns] for e in self.events], columns=list(columns), dtype=object)


def timeline(warehouse, scope: Scope, customer_id: int, engine: Engine | None = None, *, family: bool = False, contact: int | None = None) -> Timeline:
    """The story of a customer the viewer may see (else AccessDenied).

    ``engine``: the application database, for notes, tasks, decisions and tiers. ``family``: with everything of the companies below it
    that the viewer may see, each event with ``whose``; balance, prices and gaps are of the whole then. ``contact``: only contacts with
    this person (``Timeline.people``), no balance and no prices.
    """
    who = profile(warehouse, scope, customer_id)
    with warehouse.engine.connect() as connection:
        below = members(connection, scope, customer_id)
        whose = {customer_id: "", **({m.id: m.name for m in below} if family else {})}
        read = Reader(connection, scope, whose, warehouse.as_of, contact)
        known = people(connection, whose) if who.party == "company" or who.contacts or below else ()
        shell = {"members": tuple((m.id, m.name) for m in below), "people": known, "family": family, "contact": contact}
        if contact is not None:
            return Timeline(who, _sorted(list(contacts(read))), warehouse.as_of, **shell)  # type: ignore[arg-type]
        handled = complaint_rows(read)
        found, products = orders(read, warehouse.currency)
        billed, balance = money(read)
        found += billed
        found += _others(read, handled)
    # Only what waits is compared with the usual: most stories need not ask for it.
    comparing = usual(warehouse, scope) if any(e.facts.get("open") or e.facts.get("waiting") for e in found) else Usual()
    if engine is not None:
        found += written(engine, {who.key: "", **({m.key: m.name for m in below} if family else {})})
    rest, silence, gaps = rhythm([e.on for e in found if e.kind == "orders" and e.facts.get("counted")], warehouse.as_of)
    if who.relation not in ("customer", "former") or who.lost_on:
        gaps = tuple(g for g in gaps if g[1] != silence)
    return Timeline(who, _sorted(found), warehouse.as_of, balance, products, rest, silence, gaps, usual=comparing, **shell)  # type: ignore[arg-type]


def _others(read: Reader, handled) -> Iterator[Event]:
    yield from contacts(read)
    yield from touches(read)
    yield from complaints(read, handled)
    yield from opportunities(read)
    yield from offers(read)
    yield from records(read)


_RANK = {kind: -i for i, kind in enumerate(KINDS)}


def _sorted(found: list[Event]) -> tuple[Event, ...]:
    return tuple(sorted(found, key=lambda e: (e.on, e.hour, _RANK[e.kind], e.ref), reverse=True))


def long_gap(gaps: list[int]) -> float:
    """Days without an order beyond which a pause is out of the ordinary for somebody with these gaps between order days.

    More than twice the usual (median) gap and never under a week; and more than the mean and four spreads of them, more spreads
    with few gaps to know them by (eight with three, five with twelve): somebody who buys at random waits five mean gaps once in
    150 orders and is nothing to shout about, somebody who comes every ten days is missed after three weeks. Pauses over six
    times the usual, one in ten at most, are left out of mean and spread: who left once and came back would else never be missed
    again, while somebody who buys in bursts has many of them.
    """
    usual = median(gaps)
    ordered, most = sorted(gaps), max(1, len(gaps) // 10)
    own = [g for n, g in enumerate(ordered) if n < len(gaps) - most or g <= 6 * usual]
    return max(2.0 * usual, fmean(own) + (4 + 12 / len(own)) * pstdev(own), 7.0)


def rhythm(days: list[date], until: date) -> tuple[int | None, int | None, tuple[tuple[date, int], ...]]:
    """Usual gap between order days (median), days of silence now, and the pauses beyond ``long_gap``."""
    own = sorted(set(days))
    if not own:
        return None, None, ()
    silence = (until - own[-1]).days
    if len(own) < FEW_ORDERS:
        return None, silence, ()
    gaps = [(b - a).days for a, b in zip(own, own[1:], strict=False)]
    bound = long_gap(gaps)
    return max(1, round(median(gaps))), silence, tuple((a, g) for a, g in zip(own, [*gaps, silence], strict=True) if g > bound)
