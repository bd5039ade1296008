"""Explanation, for the reader and never for the gate: which features differ, and how well rows could be told apart.

Both need count tables only. Lists of features are descriptive: the omnibus decides, and these say where to look.
"""

from __future__ import annotations

from math import erf, erfc, sqrt

import numpy as np

from provenance_audit.stats.block_test import RARE_EXPECTED, RARE_TOTAL
from provenance_audit.stats.counts import Array, BlockCounts, blocks_for
from provenance_audit.stats.effect import residual_units
from provenance_audit.stats.figures import Feature, Separation

FEATURES_SHOWN = 10
BAGS = (1, 16, 64)
FOLDS = 4


def top_features(
    data: BlockCounts, control: BlockCounts, *, at_most: int = FEATURES_SHOWN, level: float = 0.05
) -> tuple[Feature, ...]:
    """The features whose rates differ at this false discovery rate, the surest first.

    Under flips of whole blocks the difference of a rate has mean 0 and variance Σ U²: a normal p-value. Features too thin
    to test alone are left out, as the test sums them into one.
    """
    data, control = _folded(data, control)
    found: list[tuple[str, int, float, float, float, float]] = []
    for family in _shared(data, control):
        a, c = data.families[family], control.families[family]
        total = a.sum(0) + c.sum(0)
        expected = total / (data.n + control.n) * min(data.n, control.n)
        kept = np.flatnonzero((total >= RARE_TOTAL) & (expected >= RARE_EXPECTED))
        units, variance = residual_units(a[:, kept], c[:, kept], data.rows, control.rows)
        spread = np.sqrt((units**2).sum(0))
        varied = (spread > 0) & (variance > 0)
        squares = units.sum(0)[varied] ** 2 / variance[varied]
        for number, z, share in zip(
            kept[varied],
            units.sum(0)[varied] / spread[varied],
            squares / max(squares.sum(), 1e-300),
            strict=True,
        ):
            rate, other = a[:, number].sum() / data.n, c[:, number].sum() / control.n
            found.append((family, int(number), float(rate), float(other), float(z), float(share)))
    own = np.array([erfc(abs(z) / sqrt(2)) for *_, z, _ in found])
    features = [
        Feature(family, number, rate, other, z, float(p), float(q), share)
        for (family, number, rate, other, z, share), p, q in zip(found, own, adjusted(own), strict=True)
        if q <= level
    ]
    return tuple(sorted(features, key=lambda one: (one.p, one.family, one.number))[:at_most])


def adjusted(p: Array) -> Array:
    """P-values adjusted for the false discovery rate (Benjamini & Hochberg 1995)."""
    if not len(p):
        return p
    order = np.argsort(p)
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    out = np.empty_like(p)
    out[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return out


def separation(
    data: BlockCounts, control: BlockCounts, families: tuple[str, ...] | None = None
) -> Separation | None:
    """How well a naive-Bayes score, learned on three quarters of the blocks, tells rows of the fourth apart.

    families: that make up the score; all that both sides have if left out. None with too few blocks to hold any out.
    """
    data, control = _folded(data, control)
    names = families if families is not None else _shared(data, control)
    distances = []
    for fold in range(FOLDS):
        held = np.arange(data.blocks) % FOLDS == fold
        mine, theirs = np.zeros(int(held.sum())), np.zeros(int(held.sum()))
        for name in names:
            a, c = data.families[name], control.families[name]
            weights = _log_ratio(a[~held].sum(0), c[~held].sum(0))
            mine += a[held] @ weights
            theirs += c[held] @ weights
        sides = [_per_row(score, rows[held]) for score, rows in ((mine, data.rows), (theirs, control.rows))]
        if any(side is None for side in sides):
            return None
        (mean, variance), (other, other_variance) = (side for side in sides if side is not None)
        spread = sqrt(variance + other_variance)
        distances.append((mean - other) / spread if spread > 0 else 0.0)
    distance = float(np.mean(distances))
    return Separation({bag: 0.5 * (1 + erf(distance * sqrt(bag / 2))) for bag in BAGS}, names)


def _log_ratio(a: Array, c: Array) -> Array:
    """Log-likelihood ratio of each feature, with half a count added to each so that none is infinite."""
    a, c = a + 0.5, c + 0.5
    return np.asarray(np.log(a / a.sum()) - np.log(c / c.sum()), dtype=np.float64)


def _per_row(score: Array, rows: Array) -> tuple[float, float] | None:
    """Mean and variance of the score of a row, from the sums of blocks; rows that depend within a block widen it."""
    seen = rows > 0
    if seen.sum() < 2:
        return None
    mean = score.sum() / rows.sum()
    residual = score[seen] - rows[seen] * mean
    return float(mean), float((residual**2 / rows[seen]).sum() / (seen.sum() - 1))


def _folded(data: BlockCounts, control: BlockCounts) -> tuple[BlockCounts, BlockCounts]:
    blocks = blocks_for(min(data.n, control.n), min(data.blocks, control.blocks))
    return data.fold(blocks), control.fold(blocks)


def _shared(data: BlockCounts, control: BlockCounts) -> tuple[str, ...]:
    return tuple(name for name in data.families if name in control.families)
