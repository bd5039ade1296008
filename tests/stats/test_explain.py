"""Explanation: held against scipy, against flips that are really made, and against rows that are really scored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance_audit.stats.effect import residual_units
from provenance_audit.stats.explain import adjusted, separation, top_features
from provenance_audit.stats.units import UnitCounts
from tests.stats.worlds import VALUES, random_units


def whole(units: UnitCounts):  # type: ignore[no-untyped-def]
    return units.together(np.arange(units.units), 64)


@settings(deadline=None)  # the first call imports scipy
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_are_those_of_scipy(p: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert adjusted(np.array(p)) == pytest.approx(false_discovery_control(p))
    assert len(adjusted(np.array([]))) == 0


def test_the_planted_feature_is_named_with_its_rates_and_no_other() -> None:
    data, control = whole(random_units(1, 3000, shift=0.6)), whole(random_units(2, 3000))
    found = top_features(data, control, level=0.01)
    assert (found[0].family, found[0].number) == ("value", 0)
    assert found[0].rate == pytest.approx(data.families["value"][:, 0].sum() / data.n)
    assert found[0].rate > found[0].control_rate
    assert found[0].z > 5
    assert found[0].contribution > 0.5
    assert {one.family for one in found} == {"value"}
    assert all(one.p <= one.p_adjusted <= 0.01 for one in found)


def test_of_equal_sides_hardly_any_feature_is_named() -> None:
    named = [
        len(top_features(whole(random_units(2 * seed, 900)), whole(random_units(2 * seed + 1, 900))))
        for seed in range(40)
    ]
    assert np.mean([one > 0 for one in named]) <= 0.2


def test_p_of_a_feature_is_that_of_flipping_blocks() -> None:
    data, control = whole(random_units(3, 1500, shift=0.1)), whole(random_units(4, 1500))
    units, _ = residual_units(data.families["value"], control.families["value"], data.rows, control.rows)
    flips = np.random.default_rng(5).choice([-1.0, 1.0], size=(20_000, len(units)))
    found = {one.number: one.p for one in top_features(data, control, at_most=99, level=1.0) if one.family == "value"}  # fmt: skip
    for number in range(VALUES):
        null = np.abs(flips @ units[:, number])
        p = (1 + (null >= abs(units[:, number].sum()) * (1 - 1e-9)).sum()) / (len(flips) + 1)
        assert found[number] == pytest.approx(p, abs=0.02)


def test_separation_from_sums_of_blocks_is_that_of_rows_that_are_scored() -> None:
    """A score learned on half of the rows, and the AUC of the other half, row by row."""
    units, others = random_units(6, 4000, shift=0.8, taste=2000.0), random_units(7, 4000, taste=2000.0)
    found = separation(whole(units), whole(others), ("value",))
    assert found is not None
    learned = [
        one.together(np.arange(0, one.units, 2), 64).families["value"].sum(0) + 0.5 for one in (units, others)
    ]
    weights = np.log(learned[0] / learned[0].sum()) - np.log(learned[1] / learned[1].sum())
    scores = [per_row(one)[1::2] @ weights for one in (units, others)]
    rng = np.random.default_rng(8)
    for bag, auc in found.auc.items():
        bags = [
            score[rng.integers(0, len(score), (3000, bag))].mean(1) if bag > 1 else score for score in scores
        ]
        from scipy.stats import mannwhitneyu

        slow = mannwhitneyu(bags[0], bags[1]).statistic / len(bags[0]) / len(bags[1])
        assert auc == pytest.approx(slow, abs=0.03)
    assert found.auc[1] < found.auc[16] < found.auc[64]


def per_row(units: UnitCounts) -> np.ndarray:
    table = np.zeros((units.units, VALUES))
    for unit in range(units.units):
        for entry in range(units.start[unit], units.start[unit + 1]):
            if units.feature[entry] < VALUES:
                table[unit, units.feature[entry]] = units.count[entry]
    return table


def test_rows_of_one_kind_are_not_told_apart() -> None:
    aucs = [
        separation(whole(random_units(20 + seed, 1500)), whole(random_units(60 + seed, 1500)))
        for seed in range(20)
    ]
    assert np.mean([one.auc[1] for one in aucs if one is not None]) == pytest.approx(0.5, abs=0.02)


def test_too_few_blocks_to_hold_any_out_say_nothing() -> None:
    assert separation(whole(random_units(1, 2)), whole(random_units(2, 2))) is None
