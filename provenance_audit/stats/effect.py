"""The effect: how far two feature distributions are apart, in bits, with what could not have been seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.stats.counts import Array

ONE_SIDED_95 = 1.6448536269514722
POWER_80 = 0.8416212335729143
BITS = 8 * np.log(2)


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """Debiased Jensen–Shannon divergence between two feature distributions, in bits, and its variance.

    `products` is the (B, B) matrix of block products in the same scale, its diagonal removed: its flips are the null of
    the effect. `within` is the removed diagonal's sum.
    """

    value: float
    variance: float
    products: Array
    within: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval; its lower end is the one-sided 95 % limit that the gate compares."""
        half = ONE_SIDED_95 * float(np.sqrt(self.variance))
        return self.value - half, self.value + half


def residual_units(a: Array, c: Array, per_a: Array, per_c: Array) -> tuple[Array, Array]:
    """Per block, the difference of the two sides' residuals from the pooled rate, and each feature's variance.

    a, c: (B, d) counts. per_a, per_c: (B,) what a rate is per: rows, or features. Returns U (B, d) and V (d,).
    """
    total_a, total_c = per_a.sum(), per_c.sum()
    rate = (a.sum(0) + c.sum(0)) / (total_a + total_c)
    residual_a, residual_c = _residual(a, per_a, rate), _residual(c, per_c, rate)
    squares = np.einsum("bj,bj->j", residual_a, residual_a) + np.einsum("bj,bj->j", residual_c, residual_c)
    variance = (1 / total_a + 1 / total_c) * squares / (total_a + total_c)
    # In place: the tables are the largest arrays there are.
    residual_a /= total_a
    residual_c /= total_c
    residual_a -= residual_c
    return residual_a, variance


def _differences(a: Array, c: Array, per_a: Array, per_c: Array) -> Array:
    """The U of `residual_units`, where V is not asked for: without the tables that it is made of."""
    total_a, total_c = per_a.sum(), per_c.sum()
    units: Array = a / total_a
    units -= c / total_c
    units -= np.outer(per_a / total_a - per_c / total_c, (a.sum(0) + c.sum(0)) / (total_a + total_c))
    return units


def _residual(counts: Array, per: Array, rate: Array) -> Array:
    expected = np.outer(per, rate)
    return np.subtract(counts, expected, out=expected)


def jensen_shannon(a: Array, c: Array) -> Effect:
    """The debiased Jensen–Shannon divergence of two sets of block counts, in bits.

    a, c: (B, d) counts of one family. Each squared difference is replaced by its own unbiased estimate over blocks, so
    that the expectation is 0 when nothing differs, whatever the sizes of the sides; second order in the difference.
    The variance is the larger of the block influence (delta method) and the null part of a degenerate U-statistic.
    Row length does not count: a feature's share is of the side's features.
    """
    units = _differences(a, c, a.sum(1), c.sum(1))
    middle = (a.sum(0) / a.sum() + c.sum(0) / c.sum()) / 2
    live = int(units.any(1).sum())
    units /= np.sqrt(np.where(middle > 0, middle, 1.0))  # of a feature that no side has the difference is 0
    products = units @ units.T / BITS
    within = float(np.trace(products))
    np.fill_diagonal(products, 0.0)
    influence = 2 * products.sum(1)
    if live < 2:
        return Effect(0.0, float("inf"), products, within)
    delta = ((influence - influence.mean()) ** 2).sum() * live / (live - 1)
    null = 2 * (products**2).sum()
    return Effect(float(products.sum()), float(max(delta, null)), products, within)


def minimum_detectable(effect: Effect, spread: float, critical: float) -> float:
    """The effect, in bits, that this many rows and this null spread would reject in 80 % of repetitions.

    spread: standard deviation of the flipped effect. critical: the standardised value that the omnibus needs. With an
    effect E present the spread grows by 4·E·λ, λ the mean eigenvalue of the null weighted by itself; solves
    E = critical·s + z80·√(s² + 4Eλ).
    """
    if spread <= 0 or not np.isfinite(critical):
        return float("inf")
    weight = float((effect.products**2).sum()) / effect.within if effect.within > 0 else 0.0
    half = critical * spread + 2 * POWER_80**2 * weight
    root = half**2 - spread**2 * (critical**2 - POWER_80**2)
    return float(half + np.sqrt(max(root, 0.0)))
