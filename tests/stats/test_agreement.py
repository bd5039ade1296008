"""The fast implementation against the slow one, on the same counts."""

from __future__ import annotations

import numpy as np
import pytest

from provenance_audit.stats.block_test import block_test
from provenance_audit.stats.counts import blocks_for
from tests.stats import reference


@pytest.mark.parametrize(
    ("rows", "control_rows", "shift", "spread"),
    [(1200, 1200, 0.0, 0.3), (600, 3000, 0.0, 1.0), (900, 700, 0.6, 0.5), (3000, 520, 2.0, 0.2)],
)
def test_statistic_effect_variance_and_p_agree(
    rows: int, control_rows: int, shift: float, spread: float
) -> None:
    groups = {
        "g0": reference.random_counts(1, rows=rows, shift=shift, spread=spread),
        "g1": reference.random_counts(2, rows=rows, spread=spread),
    }
    control = reference.random_counts(3, rows=control_rows, spread=spread)
    found = block_test(groups, control, replicates=199, seed=7)
    blocks = blocks_for(min(rows, control_rows), 64)
    assert found.blocks == blocks == 64
    flips = np.random.default_rng(7).choice(np.array([-1.0, 1.0]), size=(199, blocks))

    tables = {}
    for name, counts in groups.items():
        for family in counts.families:
            a, c = reference.thin_features_joined(
                counts.families[family], control.families[family], counts.n, control.n
            )
            tables[name, family] = reference.gram(a, c, counts.rows, control.rows)
            value, variance = reference.debiased_divergence(a, c)
            result = next(one for one in found.families if (one.group, one.family) == (name, family))
            assert result.statistic == pytest.approx(tables[name, family].sum(), rel=1e-9)
            assert result.effect == pytest.approx(value, rel=1e-9, abs=1e-12)
            assert result.variance == pytest.approx(variance, rel=1e-9)
            assert result.n == (counts.n, control.n)
    omnibus, own, adjusted = reference.p_values(tables, flips)
    assert found.p == omnibus
    assert {(one.group, one.family): one.p for one in found.families} == own
    assert {(one.group, one.family): one.p_adjusted for one in found.families} == adjusted


def test_the_interval_is_of_ninety_percent() -> None:
    found = block_test(
        {"g0": reference.random_counts(1, rows=900)}, reference.random_counts(2, rows=900), replicates=99
    )
    for family in found.families:
        half = 1.6448536269514722 * family.variance**0.5
        assert family.interval == pytest.approx((family.effect - half, family.effect + half))
