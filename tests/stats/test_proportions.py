"""Proportions in blocks: against scipy, against plain formulas, and against chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from provenance_audit.stats.proportions import compare_proportions, effective_n, holm, wilson

BLOCKS = 256


@given(n=st.integers(1, 5000), share=st.floats(0, 1))
def test_wilson_is_that_of_scipy(n: int, share: float) -> None:
    k = round(share * n)
    expected = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_wilson_of_nothing_knows_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_steps_down(p_values: list[float]) -> None:
    """The k-th smallest is multiplied by how many are left, and no adjusted value is below that of a smaller one."""
    adjusted = holm(p_values)
    ranked = sorted(zip(p_values, adjusted, strict=True))
    running = 0.0
    for rank, (p, found) in enumerate(ranked):
        running = max(running, min(1.0, (len(p_values) - rank) * p))
        assert found == pytest.approx(running)


def blocks(
    rng: np.random.Generator, rows: int, share: float, per_prompt: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Rows in blocks by prompt; all rows of a prompt are kept, or none."""
    prompts = rows // per_prompt
    where, kept = rng.integers(0, BLOCKS, prompts), rng.random(prompts) < share
    seen = np.bincount(where, minlength=BLOCKS).astype(float) * per_prompt
    return seen, np.bincount(where, weights=kept, minlength=BLOCKS) * per_prompt


@pytest.mark.parametrize("per_prompt", [1, 20])
def test_false_alarms_stay_at_their_level_where_prompts_repeat(per_prompt: int) -> None:
    rng, runs = np.random.default_rng(5), 600
    alarms = 0
    for _ in range(runs):
        a, b = blocks(rng, 4000, 0.6, per_prompt), blocks(rng, 6000, 0.6, per_prompt)
        alarms += compare_proportions(*a, *b).p <= 0.05
    low, up = stats.binom.interval(0.999, runs, 0.05)
    assert low <= alarms <= up
    # A test by row would not: all rows of a prompt go together.
    by_row = [stats.chi2_contingency(_table(rng, per_prompt)).pvalue <= 0.05 for _ in range(200)]
    assert (np.mean(by_row) > 0.3) == (per_prompt == 20)


def _table(rng: np.random.Generator, per_prompt: int) -> list[list[float]]:
    sides = blocks(rng, 4000, 0.6, per_prompt), blocks(rng, 6000, 0.6, per_prompt)
    return [[kept.sum(), seen.sum() - kept.sum()] for seen, kept in sides]


def test_a_difference_is_found_and_sized() -> None:
    rng = np.random.default_rng(6)
    found = compare_proportions(*blocks(rng, 4000, 0.7), *blocks(rng, 4000, 0.6))
    assert found.p < 1e-6
    assert found.interval[0] < 0.1 < found.interval[1]
    assert found.h == pytest.approx(2 * np.arcsin(np.sqrt(0.7)) - 2 * np.arcsin(np.sqrt(0.6)), abs=0.04)
    assert 0.05 < found.least < found.difference


def test_sides_that_share_prompts_are_paired() -> None:
    """Hard prompts fail for both: paired, a small difference is seen that two independent samples would not show."""
    rng = np.random.default_rng(7)
    hard = rng.random(BLOCKS)
    seen = np.full(BLOCKS, 8.0)
    one, other = np.round(8 * hard), np.clip(np.round(8 * hard) + (np.arange(BLOCKS) % 3 == 0), 0, 8)
    assert compare_proportions(seen, one, seen, other).p < 1e-6
    assert compare_proportions(seen, rng.permutation(one), seen, other).p > 1e-6


def test_repeats_are_worth_fewer_rows() -> None:
    rng = np.random.default_rng(8)
    assert effective_n(*blocks(rng, 20_000, 0.5, 20)) == pytest.approx(1_000, rel=0.3)
    assert effective_n(*blocks(rng, 20_000, 0.5)) == pytest.approx(20_000, rel=0.3)
    assert effective_n(np.full(BLOCKS, 9.0), np.full(BLOCKS, 9.0)) == 9 * BLOCKS


def test_all_kept_or_an_empty_side() -> None:
    seen = np.ones(BLOCKS)
    same = compare_proportions(seen, seen, seen, seen)
    assert (same.p, same.difference, same.least) == (1.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="without rows"):
        compare_proportions(seen, seen, 0 * seen, 0 * seen)
