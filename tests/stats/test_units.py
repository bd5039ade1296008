"""Sides made from units: nothing is lost, nothing counted twice, and sizes are what was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance_audit.stats.units import deal
from tests.stats.worlds import WIDTH, families, random_units


def test_units_together_are_the_sum_of_their_rows() -> None:
    units = random_units(1, 300, rows_at_most=5)
    chosen = np.random.default_rng(2).permutation(units.units)[:120]
    slow = np.zeros((64, WIDTH))
    rows, digest = np.zeros(64), [0] * 64
    for unit in chosen:
        block = int(units.key[unit]) % 64
        rows[block] += units.rows[unit]
        digest[block] = (digest[block] + int(units.key[unit]) * int(units.rows[unit])) % 2**64
        for entry in range(units.start[unit], units.start[unit + 1]):
            slow[block, units.feature[entry]] += units.count[entry]
    fast = units.together(chosen, 64)
    assert np.array_equal(fast.rows, rows)
    assert fast.digest is not None
    assert fast.digest.tolist() == digest
    for name, table in families(slow).items():
        assert np.array_equal(fast.families[name], table)


def test_a_unit_chosen_twice_counts_twice_and_none_chosen_is_empty() -> None:
    units = random_units(1, 80, rows_at_most=3)
    once, twice = (units.together(np.array(chosen), 64) for chosen in ([5], [5, 5]))
    assert twice.n == 2 * once.n
    assert np.array_equal(twice.families["value"], 2 * once.families["value"])
    assert units.together(np.array([], dtype=np.int64), 64).n == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 40), min_size=1, max_size=80), st.data())
def test_what_is_dealt_out_is_dealt_once_and_in_the_sizes_asked_for(
    seed: int, rows: list[int], data: st.DataObject
) -> None:
    sizes = data.draw(st.lists(st.integers(0, sum(rows)), min_size=1, max_size=3))
    parts = deal(np.random.default_rng(seed), np.array(rows, dtype=float), sizes)
    dealt = np.concatenate(parts)
    assert len(set(dealt.tolist())) == len(dealt)
    left = sum(rows)
    for part, size in zip(parts, sizes, strict=True):
        got = int(np.array(rows)[part].sum())
        if size <= left - max(rows):  # there was enough to deal
            assert abs(got - size) <= max(rows)
        left -= got


def test_dealing_repeats_with_its_seed_and_has_no_favourites() -> None:
    rows = np.ones(40)
    first, again = (deal(np.random.default_rng(7), rows, (10, 30)) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    rng = np.random.default_rng(8)
    hits = sum(np.isin(np.arange(40), deal(rng, rows, (10,))[0]) for _ in range(2000))
    assert hits == pytest.approx(np.full(40, 500), abs=90)
