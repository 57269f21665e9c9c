"""Why somebody has a place: what each criterion adds to the score, and what would move it one place up."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_data.analysis.ranking import Ranking, order_values
from crm_data.analysis.ranking_criteria import DAYS_LATE, LAST_CONTACT, RECENCY, Criterion
from crm_data.errors import N_, InputError


@dataclass(frozen=True)
class Part:
    """One criterion of one member: its value (None: not defined), place among all (0-100), part of the weights, and what it adds to
    the score. ``before`` are the value and the addition of the comparison, None where there is none."""

    criterion: Criterion
    value: float | None
    place: float
    weight: float
    adds: float
    value_before: float | None = None
    adds_before: float | None = None


@dataclass(frozen=True)
class Lift:
    """The least change of one criterion alone that wins a place: from ``value`` to ``needed``, or past it (``beyond``)."""

    criterion: Criterion
    value: float | None
    needed: float
    beyond: bool


@dataclass(frozen=True)
class Standing:
    """``parts`` sum to ``score``; ``lifts`` one for each criterion that could do it alone (none for the first)."""

    key: int
    rank: int
    count: int
    score: float
    rank_before: int | None
    named: str | None
    parts: tuple[Part, ...]
    lifts: tuple[Lift, ...]


def standing(ranking: Ranking, key: int) -> Standing:
    """Where a member stands and why. Raises InputError for who is not ranked."""
    at = np.flatnonzero(ranking.rows["key"].to_numpy() == key)
    if not len(at):
        raise InputError(N_("Not ranked: nothing of the criteria is known in the period."))
    row = ranking.rows.iloc[int(at[0])]
    earlier = None
    if ranking.earlier is not None:
        then = np.flatnonzero(ranking.earlier["key"].to_numpy() == key)
        earlier = ranking.earlier.iloc[int(then[0])] if len(then) else None
    shares = ranking.shares
    parts = tuple(Part(c, _known(row[c.name]), float(row[f"{c.name}_place"]), float(w), float(w * row[f"{c.name}_place"]),
                       _known(earlier[c.name]) if earlier is not None else None, float(w * earlier[f"{c.name}_place"]) if earlier is not None else None)
                  for c, w in zip(ranking.criteria, shares, strict=True))
    return Standing(key, int(row["rank"]), ranking.count, float(row["score"]), int(earlier["rank"]) if earlier is not None else None, row["class"], parts, lifts(ranking, int(at[0])))


def _known(value: object) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return None if np.isnan(number) else number


def rounded(adds: list[float], decimals: int = 1) -> list[float]:
    """Additions rounded so that they sum to their rounded sum: what is cut off goes to those it takes most from."""
    unit = 10.0 ** decimals
    whole = [int(np.floor(a * unit + 1e-9)) for a in adds]
    missing = int(round(sum(adds) * unit)) - sum(whole)
    for i in sorted(range(len(adds)), key=lambda i: (whole[i] - adds[i] * unit, i))[:max(missing, 0)]:
        whole[i] += 1
    return [w / unit for w in whole]


# One place up -------------------------------------------------------------------------------------------------------
def lifts(ranking: Ranking, at: int) -> tuple[Lift, ...]:
    """For each criterion, the least value that alone wins the member in row ``at`` a place; those that cannot are left out."""
    if at == 0:
        return ()
    found = (_lift(ranking, at, n) for n, c in enumerate(ranking.criteria) if not c.points)
    return tuple(x for x in found if x is not None)


def _lift(ranking: Ranking, at: int, n: int) -> Lift | None:
    c, rows = ranking.criteria[n], ranking.rows
    raw = rows[c.name].to_numpy(float)
    signed = np.where(np.isnan(raw), -np.inf, raw if c.high else -raw)
    better = np.unique(signed[signed > signed[at]])
    # Two tries a value of others: to have as much, and to have a little more.
    low, high = 0, 2 * len(better) - 1
    if high < 0 or _ahead(ranking, at, n, better[-1], True) >= at:
        return None
    while low < high:
        middle = (low + high) // 2
        if _ahead(ranking, at, n, better[middle // 2], bool(middle % 2)) < at:
            high = middle
        else:
            low = middle + 1
    value = float(better[low // 2])
    needed, beyond = (value if c.high else -value), bool(low % 2)
    # Days are counted: fewer than none there are not.
    if not c.high and beyond and needed <= 0 and c.name in (RECENCY, LAST_CONTACT, DAYS_LATE):
        return None
    return Lift(c, _known(raw[at]), needed, beyond)


def _ahead(ranking: Ranking, at: int, n: int, value: float, beyond: bool) -> int:
    """How many would stand ahead of row ``at`` with ``value`` (signed, larger is better; or a little more) in criterion ``n``."""
    rows, c = ranking.rows, ranking.criteria[n]
    raw = rows[c.name].to_numpy(float)
    signed = np.where(np.isnan(raw), -np.inf, raw if c.high else -raw)
    mine, last = signed[at], max(len(rows) - 1, 1)
    # Who is passed loses the place given up; a tie shares it.
    lost = (signed > mine) & (signed < value) | (beyond & (signed == value))
    tied_then, tied_before = (signed == value) & ~lost, signed == mine
    tied_before[at] = False
    step = lost.astype(float) + 0.5 * tied_then + 0.5 * tied_before
    weight = ranking.shares[n] * 100.0 / last
    score = rows["score"].to_numpy(float) - weight * step
    below = int((signed < mine).sum()) + int(tied_before.sum()) + int(lost.sum())
    place = (below + 0.5 * int(tied_then.sum())) / last * 100.0
    own = rows["score"].to_numpy(float)[at] + ranking.shares[n] * (place - float(rows[f"{c.name}_place"].to_numpy(float)[at]))
    main, tie = order_values(rows, ranking.criteria)
    several = len(ranking.criteria) > 1
    tie_own = np.nextafter(value, np.inf) if n == 0 and beyond else value if n == 0 else tie[at]
    main = np.round(score, 9) if several else tie
    own_main = round(float(own), 9) if several else tie_own
    keys = rows["key"].to_numpy()
    ahead = (main > own_main) | ((main == own_main) & ((tie > tie_own) | ((tie == tie_own) & (keys < keys[at]))))
    ahead[at] = False
    return int(ahead.sum())
