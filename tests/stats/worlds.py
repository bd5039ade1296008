"""Rows by unit, made up: prompts have tastes of their own, and several rows of a prompt share them."""

from __future__ import annotations

import numpy as np

from provenance_audit.stats.counts import Array
from provenance_audit.stats.units import UnitCounts

VALUES, ENDINGS = 20, 4
WIDTH = VALUES + ENDINGS


def families(counts: Array) -> dict[str, Array]:
    return {"value": counts[:, :VALUES], "ending": counts[:, VALUES:]}


def shares(shift: float = 0.0) -> Array:
    """What values are drawn from; shift: how much more likely the first one is."""
    base = np.linspace(1, 2, VALUES)
    base[0] *= 1 + shift
    return base / base.sum()


def random_units(
    seed: int, units: int, *, shift: float = 0.0, rows_at_most: int = 1, taste: float = 150.0, tokens: int = 8
) -> UnitCounts:
    """Units of 1 to `rows_at_most` rows of 8 values and an ending each. taste: the smaller, the more prompts differ."""
    rng = np.random.default_rng(seed)
    key = np.unique(rng.integers(0, 2**64, units, dtype=np.uint64))
    rows = rng.integers(1, rows_at_most + 1, len(key))
    table = np.zeros((len(key), WIDTH))
    tastes = rng.dirichlet(taste * shares(shift), size=len(key))
    table[:, :VALUES] = rng.multinomial(tokens * rows, tastes)
    table[:, VALUES:] = rng.multinomial(rows, np.full(ENDINGS, 1 / ENDINGS))
    unit, feature = np.nonzero(table)
    return UnitCounts(
        key=key,
        rows=rows.astype(float),
        clustered=True,
        start=np.searchsorted(unit, np.arange(len(key) + 1)).astype(np.int64),
        feature=feature.astype(np.int64),
        count=table[unit, feature],
        width=WIDTH,
        tables=families,
    )


def band(runs: int, rate: float) -> tuple[int, int]:
    """Where 99.9 % of binomial counts lie."""
    from scipy.stats import binom

    return int(binom.ppf(0.0005, runs, rate)), int(binom.isf(0.0005, runs, rate))
