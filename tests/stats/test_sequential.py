"""The e-process: fair under flips, quiet over many looks at nothing, and fast where something is there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from provenance_audit.stats.block_test import block_test
from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.sequential import EXPONENTS, STAKES, Evidence, look, nothing_yet
from tests.stats.worlds import band, random_units

ALPHA = 0.05


def test_the_bet_on_scores_is_fair_over_all_flips_of_blocks() -> None:
    """Ten blocks, 1,024 flips, each made by exchanging the sides of a block: the mean factor is 1 for every stake."""
    rng = np.random.default_rng(1)
    tables = rng.integers(0, 9, (2, 10, 5)).astype(float)
    n = np.full(10, 6.0)
    before = Evidence(np.zeros(len(EXPONENTS)), np.zeros(len(STAKES)), 1.0, {"value": rng.normal(size=5)}, 3)
    factors = []
    for flips in product((False, True), repeat=10):
        flip = np.array(flips)[:, None]
        a, c = np.where(flip, tables[1], tables[0]), np.where(flip, tables[0], tables[1])
        after = look(before, 1.0, BlockCounts(n, {"value": a}, None), BlockCounts(n, {"value": c}, None))
        factors.append(np.exp(after.log_scores))
    assert np.mean(factors, axis=0) == pytest.approx(np.ones(len(STAKES)))
    assert np.std(factors, axis=0).min() > 0.01


def test_the_bet_on_p_values_is_fair() -> None:
    """The integral over p of each factor is 1, so that a uniform p wins nothing on average."""
    from scipy.integrate import quad

    for exponent in EXPONENTS:
        won, _ = quad(lambda x, k=exponent: k, 0, 1, weight="alg", wvar=(exponent - 1, 0))
        assert won == pytest.approx(1)
    # p-values of a resampling test are multiples of 1/(M + 1), and no larger bet than on uniform ones.
    lattice = np.arange(1, 201) / 200
    for exponent in EXPONENTS:
        assert (exponent * lattice ** (exponent - 1)).mean() <= 1


def stream(seed: int, days: int, shift: float, rows: int = 520):  # type: ignore[no-untyped-def]
    """The evidence after each day: fresh rows, and a fresh slice of control."""
    evidence, first = nothing_yet(), None
    for day in range(days):
        data, control = (
            units.together(np.arange(units.units), 64)
            for units in (
                random_units(1000 * seed + 2 * day, rows, shift=shift),
                random_units(1000 * seed + 2 * day + 1, rows),
            )
        )
        p = block_test({"g": data}, control, replicates=199, seed=day).p
        assert p is not None
        evidence = look(evidence, p, data, control)
        if first is None and p <= ALPHA:
            first = day
        yield evidence, first


def test_thirty_looks_at_nothing_raise_no_more_alarms_than_the_level() -> None:
    runs, alarms, single = 60, 0, 0
    for seed in range(runs):
        evidence, first = list(stream(seed, 30, 0.0))[-1]
        alarms += evidence.alarms(ALPHA)
        single += first is not None
    assert alarms <= band(runs, ALPHA)[1]
    assert single >= runs // 2  # what testing every day by itself does


def test_a_difference_too_small_for_a_day_adds_up() -> None:
    found = [list(stream(100 + seed, 20, 0.3)) for seed in range(12)]
    first_day = np.mean([day[0][0].alarms(ALPHA) for day in found])
    after = np.mean([days[-1][0].alarms(ALPHA) for days in found])
    assert first_day <= 0.2
    assert after >= 0.8


def test_an_alarm_stays_and_evidence_repeats() -> None:
    days = list(stream(7, 6, 0.9))
    assert days[-1][0].alarms(ALPHA)
    assert [one.highest for one, _ in days] == sorted(one.highest for one, _ in days)
    again = list(stream(7, 6, 0.9))
    assert again[-1][0].highest == days[-1][0].highest
    assert days[-1][0].p <= ALPHA


def test_before_any_look_there_is_no_evidence() -> None:
    assert nothing_yet().value == 1
    assert nothing_yet().p == 1
    assert not nothing_yet().alarms(0.9)
