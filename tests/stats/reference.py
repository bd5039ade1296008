"""The block test again, slowly and with loops, from its definition: what the fast one must agree with."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from provenance_audit.stats.counts import BlockCounts


def thin_features_joined(
    a: np.ndarray, c: np.ndarray, rows_a: float, rows_c: float
) -> tuple[np.ndarray, np.ndarray]:
    keep, thin = [], []
    for feature in range(a.shape[1]):
        total = a[:, feature].sum() + c[:, feature].sum()
        expected = total / (rows_a + rows_c) * min(rows_a, rows_c)
        if total >= 10 and expected >= 5:
            keep.append(feature)
        elif total > 0:
            thin.append(feature)
    sides = []
    for side in (a, c):
        columns = [side[:, feature] for feature in keep]
        if thin:
            columns.append(sum(side[:, feature] for feature in thin))
        sides.append(np.array(columns).T)
    return sides[0], sides[1]


def gram(a: np.ndarray, c: np.ndarray, rows_a: np.ndarray, rows_c: np.ndarray) -> np.ndarray:
    """Products of blocks: of rates per row, each feature in units of its own spread."""
    blocks, features = a.shape
    n_a, n_c = rows_a.sum(), rows_c.sum()
    scaled = np.zeros((blocks, features))
    for j in range(features):
        rate = (a[:, j].sum() + c[:, j].sum()) / (n_a + n_c)
        squares = sum(
            (a[b, j] - rows_a[b] * rate) ** 2 + (c[b, j] - rows_c[b] * rate) ** 2 for b in range(blocks)
        )
        variance = (1 / n_a + 1 / n_c) * squares / (n_a + n_c)
        for b in range(blocks):
            difference = (a[b, j] - rows_a[b] * rate) / n_a - (c[b, j] - rows_c[b] * rate) / n_c
            scaled[b, j] = difference / math.sqrt(variance) if variance > 0 else 0.0
    return scaled @ scaled.T


def debiased_divergence(a: np.ndarray, c: np.ndarray) -> tuple[float, float]:
    """Jensen–Shannon divergence in bits without the products of a block with itself, and its variance."""
    blocks = a.shape[0]
    total_a, total_c = a.sum(), c.sum()
    middle = (a.sum(0) / total_a + c.sum(0) / total_c) / 2
    pooled = (a.sum(0) + c.sum(0)) / (total_a + total_c)
    unit = np.array(
        [
            (a[b] - a[b].sum() * pooled) / total_a - (c[b] - c[b].sum() * pooled) / total_c
            for b in range(blocks)
        ]
    )
    value, influence, squares = 0.0, np.zeros(blocks), 0.0
    for b in range(blocks):
        for other in range(blocks):
            if b != other:
                product = sum(
                    unit[b, j] * unit[other, j] / middle[j] for j in range(a.shape[1]) if middle[j] > 0
                ) / (8 * math.log(2))
                value += product
                influence[b] += 2 * product
                squares += product**2
    live = int((np.abs(unit).sum(1) > 0).sum())
    delta = ((influence - influence.mean()) ** 2).sum() * live / (live - 1)
    return value, max(delta, 2 * squares)


def p_values(
    tables: Mapping[tuple[str, str], np.ndarray], flips: np.ndarray
) -> tuple[float, dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    """The omnibus p, and for each (group, family) its own p and its family-wise one. tables: gram matrices."""
    observed = {key: float(table.sum()) for key, table in tables.items()}
    null = {key: np.array([float(flip @ table @ flip) for flip in flips]) for key, table in tables.items()}
    score = {key: (observed[key] - null[key].mean()) / null[key].std() for key in tables}
    highest = [
        max((null[key][m] - null[key].mean()) / null[key].std() for key in tables) for m in range(len(flips))
    ]

    def count_in(values: object, at_least: float) -> float:
        found = sum(1 for value in values if value >= at_least - 1e-9 * abs(at_least))  # type: ignore[attr-defined]
        return (1 + found) / (len(flips) + 1)

    own = {key: count_in(null[key], observed[key]) for key in tables}
    adjusted = {key: count_in(highest, score[key]) for key in tables}
    return count_in(highest, max(score.values())), own, adjusted


def random_counts(
    seed: int, *, rows: int, blocks: int = 64, shift: float = 0.0, spread: float = 0.5, prompts: bool = True
) -> BlockCounts:
    """Counts of rows that are alike within a block: its own taste on top of the common one."""
    rng = np.random.default_rng(seed)
    n = rng.multinomial(rows, np.full(blocks, 1 / blocks)).astype(float)
    families = {}
    for name, size in (("value", 24), ("digit", 6)):
        base = np.linspace(1, 2, size)
        base[0] *= 1 + shift
        taste = base * rng.gamma(1 / spread**2, spread**2, size=(blocks, size))
        families[name] = np.array(
            [rng.multinomial(int(4 * n[b]), taste[b] / taste[b].sum()) for b in range(blocks)]
        ).astype(float)
    digest = rng.integers(0, 2**63, blocks).astype(np.uint64) if prompts else None
    return BlockCounts(n, families, digest)
