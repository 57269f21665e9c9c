"""How firm the top of a ranking is: the same places scored again with other weights, and who stays."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crm_data.analysis.ranking import Ranking, order_values

TOP, DRAWS, SEED = 10, 500, 20260101
#: How near the mixed weights lie to those chosen: of weights 1:1 a draw's first part is 50 % give or take 15.
NEARNESS = 5.0
_CHUNK = 64


@dataclass(frozen=True)
class Firmness:
    """One of the top: in what share of the tries it stays among them, and the best and worst place it has had (that chosen included)."""

    key: int
    rank: int
    stays: float
    best: int
    worst: int


@dataclass(frozen=True)
class Stability:
    """``firm`` in the order of the ranking; ``tries``: how many other weights were tried."""

    top: int
    tries: int
    firm: tuple[Firmness, ...]

    @property
    def always(self) -> int:
        """How many of the top stay in every try."""
        return sum(f.stays == 1.0 for f in self.firm)


def weights_tried(chosen: Sequence[float], draws: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """Other weights, one try a row, each summing to 1: every single weight half and half as much again, and ``draws`` mixes around
    those chosen (Dirichlet, always the same ones)."""
    own = np.array(chosen, dtype=float) / np.sum(chosen)
    singles = []
    for i in range(len(own)):
        for factor in (0.5, 1.5):
            one = own.copy()
            one[i] *= factor
            singles.append(one / one.sum())
    mixed = np.random.default_rng(seed).dirichlet(own * len(own) * NEARNESS, draws)
    return np.vstack([*singles, mixed])


def stability(ranking: Ranking, top: int = TOP, draws: int = DRAWS) -> Stability | None:
    """Who of the top stays when weights move; None where there is one criterion, whose weight says nothing, or nobody below the top."""
    if len(ranking.criteria) < 2 or ranking.count <= top:
        return None
    rows = ranking.rows
    places = rows[[f"{c.name}_place" for c in ranking.criteria]].to_numpy(float)
    tried = weights_tried([c.weight for c in ranking.criteria], draws)
    _, tie = order_values(rows, ranking.criteria)
    turn = np.empty(len(rows), dtype=np.int64)
    turn[np.lexsort((rows["key"].to_numpy(), -tie))] = np.arange(len(rows))
    near = _rivals(places, tried, top)
    places, turn = places[near], turn[near]
    ranks = np.empty((len(tried), top), dtype=np.int64)
    for first in range(0, len(tried), _CHUNK):
        scores = places @ tried[first:first + _CHUNK].T
        for n in range(scores.shape[1]):
            ranks[first + n] = _ranks(scores[:, n], turn, top)
    chosen = np.arange(1, top + 1)
    firm = tuple(Firmness(int(rows["key"].iloc[j]), j + 1, float((ranks[:, j] <= top).mean()), int(min(chosen[j], ranks[:, j].min())), int(max(chosen[j], ranks[:, j].max())))
                 for j in range(top))
    return Stability(top, len(tried), firm)


def _rivals(places: np.ndarray, tried: np.ndarray, top: int) -> np.ndarray:
    """Rows that could stand before one of the top under some weights as wide as those tried (the top itself first)."""
    low, high = tried.min(axis=0), tried.max(axis=0)
    could = np.zeros(len(places), dtype=bool)
    for j in range(top):
        ahead = places - places[j]
        could |= np.maximum(ahead * low, ahead * high).sum(axis=1) >= -1e-8
    return np.flatnonzero(could)


def _ranks(score: np.ndarray, turn: np.ndarray, top: int) -> np.ndarray:
    """The places of the first ``top`` rows under other scores; equal scores stand in their ``turn``."""
    mine = np.round(score[:top], 9)
    # Only those who reach the lowest of the top can stand before any of them.
    near = np.flatnonzero(score >= mine.min() - 1e-8)
    theirs, turns = np.round(score[near], 9), turn[near]
    return np.array([1 + int(((theirs > mine[j]) | ((theirs == mine[j]) & (turns < turn[j]))).sum()) for j in range(top)])


def shown_share(share: float) -> float:
    """A share as it is said: not all is never said to be all."""
    return share if share == 1.0 else min(share, 0.99)
