"""Bounds of shares and means from samples: Wilson's and Student's, in plain arithmetic."""
from __future__ import annotations

import math
from statistics import NormalDist


def wilson(hits: float, n: float, level: float = 0.95) -> tuple[float, float] | None:
    """Bounds of a share of ``hits`` among ``n``; None without any."""
    if n <= 0 or not 0 <= hits <= n:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, z2 = hits / n, z * z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (0.0 if hits == 0 else max(0.0, middle - half)), (1.0 if hits == n else min(1.0, middle + half))


def t_bounds(mean: float, variance: float, n: float, level: float = 0.95) -> tuple[float, float] | None:
    """Bounds of a mean of ``n`` values with this variance (n - 1 below); None for fewer than two."""
    if n < 2:
        return None
    half = t_quantile(0.5 + level / 2, int(n) - 1) * math.sqrt(max(variance, 0.0) / n)
    return mean - half, mean + half


def t_quantile(p: float, freedom: int) -> float:
    """The p-quantile (p >= 0.5) of Student's t, by Newton's method on its exact distribution."""
    if freedom > 10_000:
        return NormalDist().inv_cdf(p)
    t = NormalDist().inv_cdf(p)
    log_norm = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    for _ in range(100):
        density = math.exp(log_norm - (freedom + 1) / 2 * math.log1p(t * t / freedom))
        # The distribution is concave to the right of 0, so that steps from the left never pass the mark.
        step = (p - _t_below(t, freedom)) / density
        t += step
        if abs(step) < 1e-12 * max(1.0, t):
            break
    return t


def _t_below(t: float, freedom: int) -> float:
    """P(T <= t) for t >= 0: the finite sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    cos, sin = math.cos(angle), math.sin(angle)
    total, term = 0.0, 1.0
    if freedom % 2:
        term = cos
        for k in range(1, freedom - 1, 2):
            total += term
            term *= cos * cos * (k + 1) / (k + 2)
        inside = (angle + (sin * total if freedom > 1 else 0.0)) * 2 / math.pi
    else:
        for k in range(0, freedom - 1, 2):
            total += term
            term *= cos * cos * (k + 1) / (k + 2)
        inside = sin * total
    return 0.5 + inside / 2
