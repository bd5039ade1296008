"""What holds for any counts."""

from __future__ import annotations

import functools
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from provenance_audit.stats.block_test import block_test, merge_rare
from provenance_audit.stats.counts import BlockCounts, blocks_for, design_of

BLOCKS = 16
tables = arrays(np.int64, (BLOCKS, 5), elements=st.integers(0, 40)).map(lambda table: table.astype(float))
rows = arrays(np.int64, (BLOCKS,), elements=st.integers(1, 60)).map(lambda table: table.astype(float))
digests = arrays(np.uint64, (BLOCKS,), elements=st.integers(0, 2**64 - 1))
counts = st.builds(lambda n, table, digest: BlockCounts(n, {"value": table}, digest), rows, tables, digests)


def same(left: BlockCounts, right: BlockCounts) -> bool:
    return (
        np.array_equal(left.rows, right.rows)
        and np.array_equal(left.families["value"], right.families["value"])
        and np.array_equal(left.digest, right.digest)  # type: ignore[arg-type]
    )


@given(counts, counts, counts)
def test_addition_commutes_and_associates(a: BlockCounts, b: BlockCounts, c: BlockCounts) -> None:
    assert same(a + b, b + a)
    assert same((a + b) + c, a + (b + c))


@given(st.lists(counts, min_size=2, max_size=4), st.data())
def test_sums_of_choices_are_those_of_adding_one_by_one(
    parts: list[BlockCounts], data: st.DataObject
) -> None:
    subsets = st.lists(st.sampled_from(range(len(parts))), min_size=1, unique=True)
    choices = data.draw(st.lists(subsets, min_size=1, max_size=4))
    for choice, summed in zip(choices, BlockCounts.sums(parts, choices), strict=True):
        assert same(summed, functools.reduce(operator.add, [parts[number] for number in choice]))


@given(counts, counts)
def test_folding_commutes_with_addition_and_loses_nothing(a: BlockCounts, b: BlockCounts) -> None:
    assert same((a + b).fold(4), a.fold(4) + b.fold(4))
    assert same(a.fold(8).fold(4), a.fold(4))
    assert a.fold(4).n == a.n
    assert a.fold(4).families["value"].sum() == a.families["value"].sum()


@given(tables, tables, rows, rows)
def test_joining_thin_features_keeps_every_count(
    a: np.ndarray, c: np.ndarray, n_a: np.ndarray, n_c: np.ndarray
) -> None:
    joined_a, joined_c = merge_rare(a, c, n_a.sum(), n_c.sum())
    assert joined_a.sum() == a.sum()
    assert joined_c.sum() == c.sum()


@settings(max_examples=30, deadline=None)
@given(counts, counts, st.permutations(range(5)), st.permutations(range(BLOCKS)))
def test_names_of_features_and_blocks_do_not_matter(
    a: BlockCounts, c: BlockCounts, features: list[int], blocks: list[int]
) -> None:
    def moved(one: BlockCounts) -> BlockCounts:
        assert one.digest is not None
        table = one.families["value"][:, features][blocks]
        return BlockCounts(one.rows[blocks], {"value": table}, one.digest[blocks])

    before = block_test({"g": a}, c, replicates=19).families
    after = block_test({"g": moved(a)}, moved(c), replicates=19).families
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert other.statistic == pytest.approx(one.statistic, rel=1e-9, abs=1e-9)
        assert other.effect == pytest.approx(one.effect, rel=1e-9, abs=1e-12)
        assert other.variance == pytest.approx(one.variance, rel=1e-9, abs=1e-15)


@settings(max_examples=30, deadline=None)
@given(counts, counts, st.integers(0, 2**32))
def test_results_are_numbers_and_repeat_with_their_seed(a: BlockCounts, c: BlockCounts, seed: int) -> None:
    once = block_test({"g": a}, c, replicates=19, seed=seed)
    assert once == block_test({"g": a}, c, replicates=19, seed=seed)
    for family in once.families:
        assert 1 / 20 <= family.p <= 1
        assert family.p <= family.p_adjusted + 1e-12 or len(once.families) == 1
        assert np.isfinite([family.statistic, family.effect, family.null.mean, family.null.sd]).all()


@settings(max_examples=30, deadline=None)
@given(counts)
def test_a_side_does_not_differ_from_itself(a: BlockCounts) -> None:
    test = block_test({"g": a}, a, replicates=19)
    for family in test.families:
        assert family.p == 1
        assert family.effect == pytest.approx(0, abs=1e-12)
    assert test.design == "exact"


def test_a_family_that_one_side_lacks_or_never_saw_is_not_tested() -> None:
    full = BlockCounts(
        np.full(BLOCKS, 9.0), {"value": np.full((BLOCKS, 5), 3.0), "extra": np.ones((BLOCKS, 2))}, None
    )
    bare = BlockCounts(np.full(BLOCKS, 9.0), {"value": np.zeros((BLOCKS, 5))}, None)
    test = block_test({"g": full}, bare, replicates=19)
    assert test.families == ()
    assert test.p is None
    assert test.lower_limit == float("-inf")


def test_the_design_is_named_by_what_the_blocks_hold() -> None:
    n, table = np.full(BLOCKS, 9.0), {"value": np.ones((BLOCKS, 2))}
    digest = np.arange(BLOCKS, dtype=np.uint64)
    here = BlockCounts(n, table, digest)
    assert design_of(here, BlockCounts(n, table, digest)) == "exact"
    assert design_of(here, BlockCounts(n, table, digest + np.uint64(1))) == "block-paired"
    assert design_of(here, BlockCounts(n + 1, table, digest)) == "block-paired"
    assert design_of(here, BlockCounts(n, table, None)) == "unclustered"


@pytest.mark.parametrize(
    ("rows", "available", "blocks"), [(500, 256, 64), (1024, 256, 128), (2048, 256, 256), (9, 64, 64)]
)
def test_blocks_leave_the_smaller_side_eight_rows_each(rows: int, available: int, blocks: int) -> None:
    assert blocks_for(rows, available) == blocks


def test_counts_of_different_shapes_do_not_add_up() -> None:
    here = BlockCounts(np.ones(BLOCKS), {"value": np.ones((BLOCKS, 2))}, None)
    with pytest.raises(ValueError, match="different shapes"):
        here + here.fold(4)
    with pytest.raises(ValueError, match="do not fold"):
        here.fold(5)
