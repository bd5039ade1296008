"""Samples of their own for families, and sides of their own for groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from provenance_audit.stats.block_test import block_test, pair_test
from provenance_audit.stats.counts import BlockCounts, Sample, design_of
from tests.stats.reference import random_counts


def with_sample(counts: BlockCounts, share: float) -> BlockCounts:
    """The family *digit* counted on fewer rows."""
    kept = np.floor(counts.rows * share)
    table = np.floor(counts.families["digit"] * share)
    return replace(
        counts,
        families={**counts.families, "digit": table},
        samples={"digit": Sample(kept, counts.digest, 1)},
    )


def test_each_family_is_tested_on_its_own_rows() -> None:
    data, control = with_sample(random_counts(1, rows=1600), 0.5), random_counts(2, rows=1600)
    found = {one.family: one for one in block_test({"g": data}, control, replicates=99).families}
    assert found["value"].n == (1600, 1600)
    assert found["digit"].n == (data.sample("digit").n, 1600)
    assert found["digit"].thinning == (1, 0)
    alone = BlockCounts(data.sample("digit").rows, {"digit": data.families["digit"]}, data.digest)
    other = block_test({"g": alone}, control, replicates=99).families[0]
    assert found["digit"].statistic == pytest.approx(other.statistic, rel=1e-9)
    assert found["digit"].effect == pytest.approx(other.effect, rel=1e-9)


def test_samples_add_up_fold_and_are_taken_away_again() -> None:
    a, b = with_sample(random_counts(1, rows=900), 0.5), with_sample(random_counts(2, rows=900), 0.5)
    both = a + b
    assert both.sample("digit").n == a.sample("digit").n + b.sample("digit").n
    back = both - b
    assert np.array_equal(back.rows, a.rows)
    assert np.array_equal(back.sample("digit").rows, a.sample("digit").rows)
    assert np.array_equal(back.digest, a.digest)  # type: ignore[arg-type]
    assert both.fold(16).sample("digit").n == both.sample("digit").n
    with pytest.raises(ValueError, match="different shapes"):
        a + random_counts(2, rows=900)


def test_one_side_for_all_is_a_side_for_each() -> None:
    groups = {"g0": random_counts(1, rows=900), "g1": random_counts(2, rows=700)}
    control = random_counts(3, rows=900)
    pairs = {name: (counts, control) for name, counts in groups.items()}
    assert block_test(groups, control, replicates=99) == pair_test(pairs, replicates=99)


def test_exchanging_the_sides_changes_no_statistic_and_no_p() -> None:
    a, c = random_counts(1, rows=900, shift=0.5), random_counts(2, rows=1500)
    here, there = (pair_test({"g": pair}, replicates=199) for pair in ((a, c), (c, a)))
    assert here.p == there.p
    for one, other in zip(here.families, there.families, strict=True):
        assert other.statistic == pytest.approx(one.statistic, rel=1e-9)
        assert other.effect == pytest.approx(one.effect, rel=1e-9)
        assert other.p == one.p


def test_results_read_like_those_of_scipy() -> None:
    test = block_test({"g": random_counts(1, rows=900)}, random_counts(2, rows=900), replicates=199, seed=4)
    assert test.pvalue == test.p
    assert test.statistic == pytest.approx(
        max((one.statistic - one.null.mean) / one.null.sd for one in test.families)
    )
    for one in test.families:
        assert (one.pvalue, one.design, one.seed, one.replicates) == (one.p_adjusted, "block-paired", 4, 199)
        assert one.null.mean < one.null.quantile_95


@pytest.mark.parametrize("seed", [0, 2**63, 2**64 - 1])
def test_seeds_of_any_size_do(seed: int) -> None:
    test = block_test({"g": random_counts(1, rows=900)}, random_counts(2, rows=900), replicates=19, seed=seed)
    assert test.p is not None


def test_a_family_counted_on_other_prompts_is_not_exact() -> None:
    a = random_counts(1, rows=900)
    assert design_of(a, a) == "exact"
    assert design_of(with_sample(a, 0.5), a) == "block-paired"


def test_nothing_given_is_nothing_tested() -> None:
    test = pair_test({})
    assert test.p is None
    assert test.families == ()
