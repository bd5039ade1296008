"""False alarms on null data inside their bound, power on a planted effect, and a minimum detectable effect that is one.

Rows come several to a prompt and are alike within it, as rows of one model are; so a test of tokens is not a test.
"""

from __future__ import annotations

import numpy as np
import pytest

from provenance_audit.stats.block_test import BlockTest, block_test
from tests.stats.reference import random_counts

MIN_EFFECT = 0.001


def compared(
    seed: int, *, rows: int, control_rows: int, shift: float = 0.0, replicates: int = 199
) -> BlockTest:
    return block_test(
        {"g0": random_counts(2 * seed, rows=rows, shift=shift)},
        random_counts(2 * seed + 1, rows=control_rows),
        replicates=replicates,
        seed=seed,
    )


def binomial_band(n: int, p: float) -> tuple[float, float]:
    """Where 99.9 % of binomial counts lie."""
    half = 3.29 * (n * p * (1 - p)) ** 0.5
    return n * p - half, n * p + half


@pytest.mark.parametrize(("rows", "control_rows"), [(640, 640), (520, 4000)])
def test_false_alarms_keep_to_their_rate(rows: int, control_rows: int) -> None:
    runs = 300
    tests = [compared(seed, rows=rows, control_rows=control_rows) for seed in range(runs)]
    alarms = sum(test.p is not None and test.p <= 0.05 for test in tests)
    low, high = binomial_band(runs, 0.05)
    assert low <= alarms <= high
    gated = sum(test.p is not None and test.p <= 0.05 and test.lower_limit >= MIN_EFFECT for test in tests)
    assert gated <= 0.02 * runs


def test_p_values_of_null_data_are_uniform() -> None:
    found = np.array([compared(seed, rows=640, control_rows=640).p for seed in range(300)], dtype=float)
    grid = np.linspace(0.1, 0.9, 9)
    empirical = np.array([(found <= point).mean() for point in grid])
    assert np.abs(empirical - grid).max() < 1.95 / 300**0.5  # Kolmogorov's bound at 0.1 %


def test_a_planted_tilt_is_found() -> None:
    tests = [compared(seed, rows=2000, control_rows=2000, shift=1.5) for seed in range(20)]
    assert all(test.p is not None and test.p <= 0.05 and test.lower_limit >= MIN_EFFECT for test in tests)
    assert all(test.strongest.family in ("digit", "value") for test in tests)


def test_the_effect_is_without_bias() -> None:
    runs = 200
    null = np.array(
        [compared(seed, rows=640, control_rows=640, replicates=9).families[0].effect for seed in range(runs)]
    )
    assert abs(null.mean()) < 4 * null.std() / runs**0.5

    size, shift = 24, 1.5
    base = np.linspace(1, 2, size)
    tilted = base.copy()
    tilted[0] *= 1 + shift
    p, q = tilted / tilted.sum(), base / base.sum()
    middle = (p + q) / 2
    truth = ((p - q) ** 2 / middle).sum() / (8 * np.log(2))
    planted = np.array(
        [
            compared(seed, rows=2000, control_rows=2000, shift=shift, replicates=9).families[0].effect
            for seed in range(60)
        ]
    )
    # A block's taste is a ratio of gammas, whose mean is a little flatter than the tilt that was planted.
    assert planted.mean() == pytest.approx(truth, rel=0.25)


def test_what_is_called_detectable_is_mostly_detected() -> None:
    """Of effects as large as the stated minimum, about four in five are rejected."""
    reach = np.median(
        [min(compared(seed, rows=1000, control_rows=1000).minimum_detectable.values()) for seed in range(10)]
    )
    shifts = np.linspace(0.1, 1.5, 15)
    means = [np.mean([_effect(900 + seed, shift) for seed in range(6)]) for shift in shifts]
    shift = float(np.interp(reach, means, shifts))
    rejected = np.mean(
        [
            (compared(5000 + seed, rows=1000, control_rows=1000, shift=shift).p or 1.0) <= 0.05
            for seed in range(120)
        ]
    )
    assert 0.6 <= rejected <= 0.97


def test_a_test_of_tokens_rejects_what_is_null() -> None:
    """Why the block is the unit: the usual chi-square of a table of tokens cries wolf on the same data."""
    from scipy.stats import chi2_contingency

    alarms = 0
    for seed in range(100):
        a, c = random_counts(2 * seed, rows=640), random_counts(2 * seed + 1, rows=640)
        table = np.array([a.families["value"].sum(0), c.families["value"].sum(0)])
        alarms += chi2_contingency(table).pvalue <= 0.05
    assert alarms >= 25  # where 5 would be right


def _effect(seed: int, shift: float) -> float:
    test = compared(seed, rows=1000, control_rows=1000, shift=shift, replicates=9)
    return max(family.effect for family in test.families)
