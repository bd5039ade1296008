"""Held against the slow way: rows permuted one by one, and scipy, where every row is a block of its own."""

from __future__ import annotations

import numpy as np
import pytest

from provenance_audit.stats.block_test import block_test
from provenance_audit.stats.counts import BlockCounts

SIDE = 32  # 64 rows and 64 blocks: none is folded


def sides(rows: np.ndarray, mine: np.ndarray) -> tuple[BlockCounts, BlockCounts]:
    """Rows (64, d) as blocks of one row each; `mine` says which are the data's."""
    return (
        BlockCounts(mine.astype(float), {"value": rows * mine[:, None]}, None),
        BlockCounts((~mine).astype(float), {"value": rows * ~mine[:, None]}, None),
    )


def statistic_of_rows(rows: np.ndarray, mine: np.ndarray) -> float:
    """Σ S²/V from its definition: differences of rates per row, each in units of its spread over rows."""
    a, c = rows[mine], rows[~mine]
    total = 0.0
    for feature in range(rows.shape[1]):
        rate = rows[:, feature].mean()
        variance = (1 / len(a) + 1 / len(c)) * ((rows[:, feature] - rate) ** 2).mean()
        total += (a[:, feature].mean() - c[:, feature].mean()) ** 2 / variance
    return total


@pytest.mark.parametrize("seed", range(5))
def test_of_one_feature_it_is_the_chi_square_of_scipy(seed: int) -> None:
    """A row says yes or no: both answers have the same z, so T is twice Pearson's statistic, exactly."""
    from scipy.stats import chi2_contingency

    rng = np.random.default_rng(seed)
    yes = rng.random(2 * SIDE) < 0.5
    rows = np.column_stack([yes, ~yes]).astype(float)
    mine = rng.permutation(2 * SIDE) < SIDE
    table = [[rows[side, answer].sum() for answer in (0, 1)] for side in (mine, ~mine)]
    pearson = chi2_contingency(table, correction=False)
    found = block_test({"g": sides(rows, mine)[0]}, sides(rows, mine)[1], replicates=9999).families[0]
    assert found.statistic / 2 == pytest.approx(pearson.statistic, rel=1e-9)


def test_p_is_that_of_permuting_rows() -> None:
    """Of 12 pairs of sides: scipy's permutation test of the same statistic, and the flips of rows."""
    from scipy.stats import permutation_test

    fast, slow = [], []
    for seed in range(12):
        rng = np.random.default_rng(100 + seed)
        shift = 0.35 * (seed % 3)
        weights = np.ones((2 * SIDE, 4))
        mine = np.arange(2 * SIDE) < SIDE
        weights[mine, 0] += 2 * shift
        rows = np.array([rng.multinomial(6, weight / weight.sum()) for weight in weights]).astype(float)
        data, control = sides(rows, mine)
        test = block_test({"g": data}, control, replicates=4999, seed=seed)
        assert test.families[0].statistic == pytest.approx(statistic_of_rows(rows, mine), rel=1e-9)

        def statistic(a: np.ndarray, c: np.ndarray, axis: int) -> float:
            return statistic_of_rows(np.concatenate([a, c]), np.arange(len(a) + len(c)) < len(a))

        index = [np.flatnonzero(mine), np.flatnonzero(~mine)]

        def of_indices(a: np.ndarray, c: np.ndarray, rows: np.ndarray = rows) -> float:
            return statistic_of_rows(
                np.concatenate([rows[a.astype(int)], rows[c.astype(int)]]), np.arange(2 * SIDE) < SIDE
            )

        permuted = permutation_test(
            index, of_indices, n_resamples=799, alternative="greater", vectorized=False, rng=np.random.default_rng(seed)
        )  # fmt: skip
        assert test.p is not None
        fast.append(test.p)
        slow.append(float(permuted.pvalue))
    assert np.abs(np.array(fast) - np.array(slow)).mean() < 0.03
    assert np.abs(np.array(fast) - np.array(slow)).max() < 0.1
    assert min(slow) < 0.05 < max(slow)  # both kinds were among them


def test_of_one_number_per_row_it_is_the_t_test_of_scipy_squared() -> None:
    """A count per row: T is n·r², r the correlation with the side, and so a function of Student's t."""
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(3)
    rows = rng.poisson(5, (2 * SIDE, 1)).astype(float)
    mine = np.arange(2 * SIDE) < SIDE
    t = ttest_ind(rows[mine, 0], rows[~mine, 0]).statistic
    data, control = sides(rows, mine)
    found = block_test({"g": data}, control, replicates=99).families[0]
    assert found.statistic == pytest.approx(2 * SIDE * t**2 / (t**2 + 2 * SIDE - 2), rel=1e-9)
