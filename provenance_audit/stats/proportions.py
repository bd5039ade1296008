"""Proportions whose rows come in blocks: an interval for one, a test of two, and Holm's correction over several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, erfc, sqrt

import numpy as np

from provenance_audit.stats.counts import Array

Z_95 = 1.959963984540054
Z_ONE_SIDED_95 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Difference:
    """Two proportions. interval: 90 % of the difference, so that one end is a one-sided 95 % limit. h: Cohen's effect size.

    first, second: (share, n). p: two-sided, normal approximation, blocks as the unit.
    """

    first: tuple[float, int]
    second: tuple[float, int]
    difference: float
    interval: tuple[float, float]
    h: float
    p: float

    @property
    def least(self) -> float:
        """How far the two are apart at least: the end of the interval nearer to 0, and 0 if it holds 0."""
        low, up = self.interval
        return max(low, -up, 0.0)


def wilson(successes: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """The Wilson score interval of a proportion; n may be an effective number. (0, 1) of nothing."""
    if n <= 0:
        return 0.0, 1.0
    share = min(max(successes / n, 0.0), 1.0)
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return max(centre - half, 0.0), min(centre + half, 1.0)


def effective_n(seen: Array, kept: Array) -> float:
    """How many independent rows a proportion is worth, given its counts by block; never more than there are rows.

    From the ratio estimator's variance between blocks. Where nothing varies, the number of rows.
    """
    n = float(seen.sum())
    if n == 0:
        return 0.0
    share = float(kept.sum()) / n
    residual = kept - seen * share
    live = int((seen > 0).sum())
    variance = float((residual**2).sum()) / n**2 * live / max(live - 1, 1)
    return min(n, share * (1 - share) / variance) if variance > 0 else n


def compare_proportions(seen_a: Array, kept_a: Array, seen_b: Array, kept_b: Array) -> Difference:
    """Two proportions by block, (B,) counts each: blocks that hold rows of both pair them, as prompts do.

    Raises ValueError where a side is empty.
    """
    n_a, n_b = float(seen_a.sum()), float(seen_b.sum())
    if not n_a or not n_b:
        raise ValueError("a side without rows has no proportion")
    a, b = float(kept_a.sum()) / n_a, float(kept_b.sum()) / n_b

    def spread(rate_a: float, rate_b: float) -> float:
        units = (kept_a - seen_a * rate_a) / n_a - (kept_b - seen_b * rate_b) / n_b
        live = int(((seen_a + seen_b) > 0).sum())
        return sqrt(float((units**2).sum()) * live / max(live - 1, 1))

    pooled = float(kept_a.sum() + kept_b.sum()) / (n_a + n_b)
    null, own = spread(pooled, pooled), spread(a, b)
    z = abs(a - b) / null if null > 0 else 0.0
    half = Z_ONE_SIDED_95 * own
    return Difference(
        (a, int(n_a)),
        (b, int(n_b)),
        a - b,
        (a - b - half, a - b + half),
        2 * asin(sqrt(a)) - 2 * asin(sqrt(b)),
        erfc(z / sqrt(2)),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given."""
    order = np.argsort(p_values, kind="stable")
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted
