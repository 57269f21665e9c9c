"""Is a group's change out of line with everything else's, or could chance have drawn it? Pure arithmetic over units.

A unit is one customer (or one customer in one member of a dimension, for what a record has) with what it brought before and
now. Its *excess* is now - rate x before, where the rate is that of the whole: the excesses sum to zero. A cell (the units of one
member) is tested by places: the sum of the ranks of its units' excess against that of as many drawn at random, and the same as Welch's t; the
weaker of the two counts, so it holds however heavy the tails are and however much calmer or wilder the cell is than the rest. So that a difference of shape alone says nothing, the amounts must agree: the same t over the
excess itself, the same way and below ``AGREE``; else the larger p of the two counts. Over all cells looked at the false
discovery rate is held by Benjamini and Hochberg.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

#: Cells with fewer units in motion say nothing; nor does one that leaves fewer than this outside.
LEAST = 10
LEVEL = 0.05
#: The p at which the amounts are said to agree.
AGREE = 0.01


@dataclass(frozen=True)
class Cells:
    """Of each cell that was tested: its code, units, sum of excess and p."""

    codes: np.ndarray
    counts: np.ndarray
    excess: np.ndarray
    p: np.ndarray


def excess(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """What each unit has beyond its part in the whole's change."""
    whole = before.sum()
    rate = now.sum() / whole if whole else 0.0
    return now - rate * before


def cells(values: np.ndarray, codes: np.ndarray, members: int, eligible: np.ndarray | None = None) -> Cells:
    """Test the cells of ``codes`` (0 ... members - 1, one a unit); ``eligible`` says which (all that are large enough, if not given).
    Units whose excess is nothing do not count towards being large enough."""
    units = len(values)
    counts = np.bincount(codes, minlength=members).astype(float)
    moving = np.bincount(codes, weights=(values != 0).astype(float), minlength=members)
    large = (moving >= LEAST) & (units - counts >= LEAST)
    chosen = np.flatnonzero(large if eligible is None else large & eligible)
    if not len(chosen):
        return Cells(chosen, counts[chosen], np.zeros(0), np.ones(0))
    inside, sums = counts[chosen], np.bincount(codes, weights=values, minlength=members)[chosen]
    ranks = stats.rankdata(values)
    drawn, measured = _drawn(ranks, codes, members, chosen, inside), _welch(ranks, codes, members, chosen, inside)
    by_place = np.where(np.abs(drawn) < np.abs(measured), drawn, measured)
    return Cells(chosen, inside, sums, _joined(by_place, _welch(values, codes, members, chosen, inside)))


def _joined(by_place: np.ndarray, by_amount: np.ndarray) -> np.ndarray:
    places, amounts = 2 * stats.norm.sf(np.abs(by_place)), 2 * stats.norm.sf(np.abs(by_amount))
    p = np.where(amounts <= AGREE, places, np.maximum(places, amounts))
    return np.where(np.sign(by_place) == np.sign(by_amount), p, 1.0)


def _drawn(ranks: np.ndarray, codes: np.ndarray, members: int, chosen: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """z of the rank sums against those of units drawn at random; the spread is that of the ranks, so ties are counted in."""
    units = len(ranks)
    sums = np.bincount(codes, weights=ranks, minlength=members)[chosen]
    deviation = np.sqrt(inside * (units - inside) / max(units - 1, 1) * ranks.var())
    return np.divide(sums - inside * ranks.mean(), deviation, out=np.zeros_like(sums), where=deviation > 0)


def _welch(values: np.ndarray, codes: np.ndarray, members: int, chosen: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Welch's t of each cell's mean against the rest, as the z of the same p."""
    total, total_squares, outside = float(values.sum()), float((values * values).sum()), len(values) - inside
    sums = np.bincount(codes, weights=values, minlength=members)[chosen]
    squares = np.bincount(codes, weights=values * values, minlength=members)[chosen]
    mean_in, mean_out = sums / inside, (total - sums) / outside
    var_in = np.maximum(squares - inside * mean_in ** 2, 0) / (inside - 1) / inside
    var_out = np.maximum(total_squares - squares - outside * mean_out ** 2, 0) / (outside - 1) / outside
    error, nothing = var_in + var_out, np.zeros_like(sums)
    t = np.divide(mean_in - mean_out, np.sqrt(error), out=nothing.copy(), where=error > 0)
    freedom = np.divide(error ** 2, var_in ** 2 / (inside - 1) + var_out ** 2 / (outside - 1), out=np.ones_like(sums), where=error > 0)
    return np.sign(t) * stats.norm.isf(np.clip(stats.t.sf(np.abs(t), freedom), 1e-300, 0.5))


def adjusted(p: np.ndarray) -> np.ndarray:
    """q of each p (Benjamini-Hochberg): the share of false findings if this and all stronger ones are believed."""
    if not len(p):
        return p
    order = np.argsort(p)
    q = p[order] * len(p) / np.arange(1, len(p) + 1)
    out = np.empty(len(p))
    out[order] = np.minimum(np.minimum.accumulate(q[::-1])[::-1], 1.0)
    return out
