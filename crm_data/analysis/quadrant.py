"""Brings much or little, costs much or little: everybody in four groups, by gross profit and by cost to serve.

The borders are the medians: half of all bring more, half cost more. Much is more than the median; who is right on it is little.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_data.analysis.worth_people import People
from crm_data.errors import N_

#: Groups in the order told, with their names: (brings much, costs much) -> name.
GROUPS = {"keep": N_("Brings much, costs little"), "tend": N_("Brings much, costs much"), "leave": N_("Brings little, costs little"), "mend": N_("Brings little, costs much")}
_OF = {(True, False): "keep", (True, True): "tend", (False, False): "leave", (False, True): "mend"}


@dataclass(frozen=True)
class Group:
    """One of the four; amounts of all its customers together, ``losers`` of them worth less than nothing."""

    name: str
    count: int
    profit: float
    served: float
    losers: int

    @property
    def worth(self) -> float:
        return self.profit - self.served


@dataclass(frozen=True)
class Quadrant:
    """``profit`` and ``served``: the borders (medians over everybody); ``named``: the group of each position."""

    profit: float
    served: float
    named: np.ndarray
    groups: tuple[Group, ...]

    def positions(self, name: str) -> np.ndarray:
        return np.flatnonzero(self.named == name)


def quadrant(people: People) -> Quadrant:
    """The four groups of everybody; they sum to all."""
    if not len(people):
        return Quadrant(0.0, 0.0, np.array([], dtype=object), tuple(Group(n, 0, 0.0, 0.0, 0) for n in GROUPS))
    profit, served = float(np.median(people.profit)), float(np.median(people.served))
    brings, costs = people.profit > profit, people.served > served
    named = np.empty(len(people), dtype=object)
    for (much, dear), name in _OF.items():
        named[(brings == much) & (costs == dear)] = name
    groups = []
    for name in GROUPS:
        mine = named == name
        groups.append(Group(name, int(mine.sum()), float(people.profit[mine].sum()), float(people.served[mine].sum()), int((people.worth[mine] < 0).sum())))
    return Quadrant(profit, served, named, tuple(groups))


@dataclass(frozen=True)
class Cells:
    """A picture of many: ``count`` of customers in each cell of a grid over scaled amounts; rows by profit, columns by cost."""

    count: np.ndarray
    served: np.ndarray
    profit: np.ndarray


def scaled(values: np.ndarray, unit: float) -> np.ndarray:
    """Amounts on a scale that is even around nothing and shrinks large ones alike on both sides (arsinh of amount / ``unit``)."""
    return np.arcsinh(np.asarray(values, dtype=float) / unit)


def cells(people: People, chosen: np.ndarray, unit: float, across: int = 56, up: int = 40) -> Cells:
    """How many of the ``chosen`` positions fall into each cell of the whole picture."""
    x, y = scaled(people.served, unit), scaled(people.profit, unit)
    edges = (np.linspace(min(0.0, x.min()), x.max() or 1.0, across + 1), np.linspace(min(0.0, y.min()), max(y.max(), 0.1), up + 1))
    found, _, _ = np.histogram2d(x[chosen], y[chosen], bins=edges)
    return Cells(found.T.astype(int), (edges[0][:-1] + edges[0][1:]) / 2, (edges[1][:-1] + edges[1][1:]) / 2)


def largest(people: People, most: int) -> np.ndarray:
    """Positions of those who move most money, profit and cost together; all where they are few."""
    if len(people) <= most:
        return np.arange(len(people))
    size = np.abs(people.profit) + people.served
    return np.sort(np.argsort(-size, kind="stable")[:most])
