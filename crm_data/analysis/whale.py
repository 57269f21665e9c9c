"""The whale curve: worth added up customer by customer, the best first. It rises to a peak and falls with those who cost more than
they bring, down to what is left. The denominator of its shares is that last number: the worth of all together."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from crm_data.analysis.ranking_classes import CLASSES, ClassPart, classes, parts
from crm_data.analysis.worth_people import People

#: Points a curve is drawn by: more than pixels say nothing.
POINTS = 400
#: Steps of the curve for those who do not see single customers, and the fewest customers a step may hold.
BANDS, LEAST = 20, 5


@dataclass(frozen=True)
class Whale:
    """``order``: positions, best first; ``running``: worth added up in that order; ``named``: class of each position (A, B, C by the
    share of the positive worth that stands before; D loses or brings nothing). ``peak``: the highest point, after ``peak_at``
    customers. ``losers`` bring less than nothing, ``lost`` together; ``idle`` of them bought nothing."""

    order: np.ndarray
    running: np.ndarray
    named: np.ndarray
    classes: tuple[ClassPart, ...]
    peak: float
    peak_at: int
    losers: int
    lost: float
    idle: int

    @property
    def count(self) -> int:
        return len(self.order)

    @property
    def total(self) -> float:
        return float(self.running[-1]) if len(self.running) else 0.0

    @property
    def peak_share(self) -> float | None:
        """The peak as a share of the total, never below 1; None where nothing is left."""
        return self.peak / self.total if self.total > 0 else None

    def points(self, single: bool = True, told: Collection[int] = ()) -> list[tuple[int, float]]:
        """(customers, worth added up) along the curve from (0, 0): the peak and the end among them. Not ``single``: at the places that
        are ``told`` anyhow (ends of classes, the peak), and else at steps of five customers or more, never nearer to one of those: so
        no two points, nor a point and a sum of a class, tell of fewer than five by subtraction."""
        n = self.count
        if not n:
            return [(0, 0.0)]
        if single:
            at = {*range(0, n, max(1, n // POINTS)), n - 1, *([self.peak_at - 1] if self.peak_at else [])}
        else:
            fixed = {0, n, *(t for t in told if LEAST <= t <= n - LEAST)}
            step = max(LEAST, -(-n // BANDS))
            at = {i - 1 for i in range(step, n, step) if min(abs(i - t) for t in fixed) >= LEAST} | {t - 1 for t in fixed if t}
        return [(0, 0.0), *((i + 1, float(self.running[i])) for i in sorted(at))]


def whale(people: People) -> Whale:
    """The curve of everybody; equal worth in the order of the keys, so the same data gives the same curve."""
    worth = people.worth
    order = np.argsort(-worth, kind="stable")
    running = np.cumsum(worth[order])
    winners, losers = int((worth > 0).sum()), worth < 0
    named = np.array(classes(worth), dtype=object)
    return Whale(order, running, named, parts(worth, list(named)), float(running[winners - 1]) if winners else 0.0, winners, int(losers.sum()),
                 float(worth[losers].sum()), int((losers & (people.revenue == 0)).sum()))


def spans(curve: Whale) -> list[tuple[str, int, int]]:
    """Where each class stands along the curve: (class, from, to), in customers."""
    found, start = [], 0
    for part in curve.classes:
        if part.count:
            found.append((part.name, start, start + part.count))
            start += part.count
    return sorted(found, key=lambda s: CLASSES.index(s[0]))
