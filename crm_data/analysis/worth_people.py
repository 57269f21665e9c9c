"""What each customer is worth in a period, as arrays: what the curve, the groups and the rates one tries out are made of.

Numbers of single customers stay here and with those who see persons; ``tellable`` says which groups of them others may be told.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crm_data.analysis.ranking_values import Desktop, measured
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Filter
from crm_data.cuts.people import ALL
from crm_data.cuts.periods import Period
from crm_data.cuts.small_cells import hidden_cells

#: Amounts are told apart down to a millionth: sums of floats are not exact beyond.
DIGITS = 6


@dataclass(frozen=True)
class People:
    """Everybody with a sale or an activity in ``period``, by ``keys`` (ascending): revenue, cost of goods and cost to serve in the
    reporting currency. ``known``: whether a cost is known of anything they bought; where it is not, goods count as nothing."""

    period: Period
    keys: np.ndarray
    revenue: np.ndarray
    goods: np.ndarray
    served: np.ndarray
    known: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def profit(self) -> np.ndarray:
        """Gross profit: revenue less goods."""
        return np.round(self.revenue - self.goods, DIGITS)

    @cached_property
    def worth(self) -> np.ndarray:
        """Revenue less goods less cost to serve."""
        return np.round(self.revenue - self.goods - self.served, DIGITS)

    @property
    def unknown(self) -> int:
        """Of how many nothing is known of the cost of what they bought."""
        return int((~self.known).sum())

    def at(self, keys: np.ndarray) -> np.ndarray:
        """Positions of customers who are all among ``keys``."""
        return np.searchsorted(self.keys, keys)


def people(warehouse, scope: Scope, period: Period, filters: Sequence[Filter] = ()) -> People:
    """Everybody within ``scope`` and ``filters``; ``period`` is cut to the data. Records of nobody known are of nobody's worth.

    Raises InputError for filters of which worth is not known."""
    within = period.clipped(warehouse.as_of)
    desk = Desktop(warehouse, scope, "customer", tuple(filters), "none")
    found = measured(desk, ("revenue", "cost_of_goods", "cost_to_serve"), within)
    keys = np.unique(np.concatenate([c.keys for c in found.values()]))
    revenue, goods, served = (found[m].of(keys) for m in ("revenue", "cost_of_goods", "cost_to_serve"))
    known = ~np.isnan(goods)
    return People(within, keys, np.nan_to_num(revenue), np.nan_to_num(goods), np.nan_to_num(served), known)


def places(worth: np.ndarray) -> np.ndarray:
    """The place of each by worth, 1 the most; equal worth in the order of the keys."""
    found = np.empty(len(worth), dtype=np.int64)
    found[np.argsort(-worth, kind="stable")] = np.arange(1, len(worth) + 1)
    return found


def tellable(counts: Mapping[str, int], personal: bool) -> set[str]:
    """Which groups of customers, together all of them, may be told: without the right to persons none of fewer than five, nor one
    that would give such a one away by subtraction."""
    if personal:
        return set(counts)
    hidden = hidden_cells({**{(name,): n for name, n in counts.items()}, (ALL,): sum(counts.values())})
    return {name for name in counts if (name,) not in hidden and (ALL,) not in hidden}
