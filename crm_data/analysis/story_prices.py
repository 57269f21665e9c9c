"""What a customer paid for a unit of each product along time: from the lines of its orders, without those cancelled or returned."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

Points = tuple[tuple[date, Decimal], ...]


class Bought(NamedTuple):
    """A line of an order that counts. ``base`` is its net in the reporting currency, ``net`` in the order's ``currency``."""

    product: int | None
    name: str | None
    category: str | None
    on: date
    units: Decimal
    base: Decimal
    net: Decimal
    currency: str | None


@dataclass(frozen=True)
class PriceLine:
    """``points``: (day, price paid a unit that day, reporting currency), oldest first, one a day; ``first`` and ``last`` of them;
    ``units`` and ``net``: all that was bought (``net`` in the reporting currency); ``category``: the product's group.

    ``own``: the same points in the ``currency`` of the orders, so that rates of exchange do not look like changes of price;
    empty where they were in several (``currency`` "" then)."""

    product_id: int
    product: str
    points: Points
    units: Decimal
    net: Decimal
    first: Decimal
    last: Decimal
    category: str | None = None
    own: Points = ()
    currency: str = ""


def price_lines(lines: Iterable[Bought], base: str) -> tuple[PriceLine, ...]:
    """Every product bought, most bought first (by days, then by money). ``base``: the reporting currency.

    Lines without a product and returns (units not above zero) are left out; a day's price is its net by its units.
    """
    by_product: dict[int, list[Bought]] = {}
    for line in lines:
        if line.product is not None and line.units > 0:
            by_product.setdefault(line.product, []).append(line)
    found = [_line(product, own, base) for product, own in by_product.items()]
    return tuple(sorted(found, key=lambda p: (-len(p.points), -p.net, p.product, p.product_id)))


def _line(product: int, lines: list[Bought], base: str) -> PriceLine:
    days: dict[date, tuple[Decimal, Decimal, Decimal]] = {}
    for x in lines:
        before = days.get(x.on)
        days[x.on] = (x.units, x.base, x.net) if before is None else (before[0] + x.units, before[1] + x.base, before[2] + x.net)
    ordered = sorted(days.items())
    points = tuple((day, net / units) for day, (units, net, _) in ordered)
    currencies = {x.currency or base for x in lines}
    currency = currencies.pop() if len(currencies) == 1 else ""
    own = points if currency == base else tuple((day, net / units) for day, (units, _, net) in ordered) if currency else ()
    return PriceLine(product, lines[-1].name or "–", points, sum((u for _, (u, _, _) in ordered), Decimal(0)), sum((n for _, (_, n, _) in ordered), Decimal(0)),
                     points[0][1], points[-1][1], lines[-1].category, own, currency)
