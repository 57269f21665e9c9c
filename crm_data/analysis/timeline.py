"""One customer's whole story: every event, the open balance day by day, the price of what it buys most."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

import pandas as pd
from sqlalchemy import Engine, func, select

from crm_data.analysis.customers import Profile, profile
from crm_data.analysis.events import KINDS, Event, Reader
from crm_data.analysis.offers_story import notes, offers
from crm_data.cuts.access import Scope
from crm_data.cuts.facts import FACTS
from crm_data.model import schema as s

#: Orders on different days needed before "usual" means anything.
FEW_ORDERS = 4


@dataclass(frozen=True)
class Timeline:
    """``events`` newest first; ``balance``: (day, open after it); ``prices``: (day, price paid a unit) of ``price_of``;
    ``usual_gap``: median days between days with an order, None with too few; ``silence``: days since the last one;
    ``gaps``: (day of the order before, days) longer than ``long_gap`` and followed by another order or by today."""

    who: Profile
    events: tuple[Event, ...]
    until: date
    balance: tuple[tuple[date, Decimal], ...] = ()
    prices: tuple[tuple[date, Decimal], ...] = ()
    price_of: str = ""
    usual_gap: int | None = None
    silence: int | None = None
    gaps: tuple[tuple[date, int], ...] = field(default=())

    @property
    def open_balance(self) -> Decimal:
        return self.balance[-1][1] if self.balance else Decimal(0)

    def frame(self) -> pd.DataFrame:
        """The events as a table of codes, days and exact amounts (for files and tests)."""
        columns = ("kind", "on", "amount", "opened_on", "closed_on", "ref")
        return pd.DataFrame([[getattr(e, c) for c in columns] for e in self.events], columns=list(columns), dtype=object)


def timeline(warehouse, scope: Scope, customer_id: int, engine: Engine | None = None) -> Timeline:
    """The story of a customer the viewer may see (else AccessDenied). ``engine``: the application database, for notes."""
    who = profile(warehouse, scope, customer_id)
    with warehouse.engine.connect() as connection:
        read = Reader(connection, scope, customer_id, warehouse.as_of)
        found = list(_all(read, engine, who.key))
        balance = _balance(connection, scope, customer_id, warehouse.as_of)
        price_of, prices = _prices(read)
    rank = {kind: i for i, kind in enumerate(KINDS)}
    found.sort(key=lambda e: (e.on, e.hour, -rank[e.kind], e.ref), reverse=True)
    usual, silence, gaps = rhythm([e.on for e in found if e.kind == "orders" and e.facts.get("counted")], warehouse.as_of)
    if who.relation not in ("customer", "former") or who.lost_on:
        gaps = tuple(g for g in gaps if g[1] != silence)
    return Timeline(who, tuple(found), warehouse.as_of, balance, prices, price_of, usual, silence, gaps)


def _all(read: Reader, engine: Engine | None, key: str) -> Iterator[Event]:
    yield from read.contacts()
    yield from read.orders()
    yield from read.money()
    yield from read.complaints()
    yield from offers(read)
    yield from notes(read, engine, key)


def rhythm(days: list[date], until: date) -> tuple[int | None, int | None, tuple[tuple[date, int], ...]]:
    """Usual gap between order days (median), days of silence now, and the gaps beyond twice the usual and the 8 in 10 longest."""
    own = sorted(set(days))
    if not own:
        return None, None, ()
    silence = (until - own[-1]).days
    gaps = [(b - a).days for a, b in zip(own, own[1:], strict=False)]
    if len(own) < FEW_ORDERS:
        return None, silence, ()
    usual = max(1, round(median(gaps)))
    bound = max(2 * usual, sorted(gaps)[int(len(gaps) * 0.8)] if len(gaps) > 4 else 0, 7)
    long = tuple((a, g) for a, g in zip(own, [*gaps, silence], strict=True) if g > bound)
    return usual, silence, long


def _balance(connection, scope: Scope, customer_id: int, until: date) -> tuple[tuple[date, Decimal], ...]:
    t = FACTS["receivable"].table.c
    moved = connection.execute(select(t.moved_on, func.sum(t.moved)).where(
        t.customer_id == customer_id, t.moved_on <= until, *scope.conditions(t.branch_id, t.owner_id)).group_by(t.moved_on).order_by(t.moved_on))
    level, found = Decimal(0), []
    for day, amount in moved:
        level += Decimal(str(amount or 0))
        found.append((day, level))
    return tuple(found)


def _prices(read: Reader) -> tuple[str, tuple[tuple[date, Decimal], ...]]:
    """Price paid a unit, by day, of the product bought on most days; nothing unless it was bought on three days."""
    line, product = s.order_line, s.product
    order = s.sales_order.c
    rows = read._rows(select(line.c.ordered_on, product.c.name, func.sum(line.c.net_base).label("net"), func.sum(line.c.quantity).label("units"))
                      .select_from(line.join(product, product.c.id == line.c.product_id).join(s.sales_order, order.id == line.c.order_id))
                      .group_by(line.c.ordered_on, product.c.name), line, line.c.ordered_on, line.c.quantity > 0,
                      *read.scope.conditions(order.branch_id, order.owner_id))
    by_product: dict[str, list[tuple[date, Decimal]]] = {}
    for r in rows:
        if r["units"]:
            by_product.setdefault(r["name"], []).append((r["ordered_on"], Decimal(str(r["net"])) / Decimal(str(r["units"]))))
    if not by_product:
        return "", ()
    name, prices = max(by_product.items(), key=lambda p: (len(p[1]), p[0]))
    return (name, tuple(sorted(prices))) if len(prices) >= 3 else ("", ())
