"""Where to start when nobody has defined tiers: from the tiers the data has, or from what customers brought."""
from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np

from crm_data.analysis.tiers_book import SPAN, Book, Exact, book
from crm_data.analysis.tiers_rules import LONGEST_NAME, MOST_TIERS, Tier, condition
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import N_

#: Names that say their own order, best first.
_KNOWN = ("diamond", "platinum", "vip", "gold", "silver", "bronze", "standard", "basic")
#: Parts of the customers in each tier made from what they brought, in per cent; the rest is the last one.
PARTS = ((N_("Gold"), 5), (N_("Silver"), 20))
REST = N_("Bronze")


def basis(warehouse, scope: Scope) -> tuple[Book, str]:
    """A book with the measure customers are set apart by: revenue, or won value where the data has no orders."""
    measure = "revenue" if catalog_for(warehouse).has_orders else "won_value"
    return book(warehouse, scope, [(measure, SPAN)]), measure


def from_data(of: Book, measure: str = "revenue") -> tuple[Tier, ...]:
    """The tiers found in the data, best first, each with the amount from which about as many customers are in it."""
    named = Counter(str(name) for name in of.by_source if name and len(name) <= LONGEST_NAME)
    amounts = _amounts(of, measure)
    brought = {name: float(np.mean(amounts[np.array([n == name for n in of.by_source])])) for name in named}
    by_word = all(name.lower() in _KNOWN for name in named)
    order = sorted(named, key=lambda name: (_KNOWN.index(name.lower()), name) if by_word else (-brought[name], name))[:MOST_TIERS]
    whole = sum(named.values()) >= 0.95 * len(of)
    tiers, taken = [], 0
    for n, name in enumerate(order):
        taken += named[name]
        last = whole and n == len(order) - 1
        tiers.append(Tier(name, () if last else (condition(measure, SPAN, "at_least", _limit(amounts, taken)),)))
    return tuple(tiers)


def from_amounts(of: Book, names: tuple[str, ...], measure: str = "revenue") -> tuple[Tier, ...]:
    """Three tiers by what was brought in 12 months: the first 5 % of the customers, the next 15 %, and the others; fewer where
    these would be the same, none where nobody brought anything. ``names``: theirs."""
    amounts = _amounts(of, measure)
    limits = [_limit(amounts, max(1, round(len(of) * part / 100))) for _, part in PARTS]
    if not len(amounts) or amounts.max() <= 0:
        return ()
    tiers = [Tier(name, (condition(measure, SPAN, "at_least", limit),)) for n, (name, limit) in enumerate(zip(names, limits, strict=False)) if limit not in limits[:n]]
    return (*tiers, Tier(names[-1], ()))


def _amounts(of: Book, measure: str) -> np.ndarray:
    column = of.money["revenue"] if measure == "revenue" else of.values[measure, SPAN]
    return column.floats() if isinstance(column, Exact) else np.nan_to_num(column)


def _limit(amounts: np.ndarray, customers: int) -> Decimal:
    """What about so many customers brought at least: not nothing."""
    ranked = np.sort(amounts)[::-1]
    at = float(ranked[min(customers, len(ranked)) - 1]) if len(ranked) else 0.0
    return max(_round(at), Decimal(1))


def _round(amount: float) -> Decimal:
    """Down to two figures, so that the limit is a number people would choose."""
    if amount < 10:
        return Decimal(max(int(amount), 0))
    size = 10 ** (len(str(int(amount))) - 2)
    return Decimal(int(amount) // size * size)
