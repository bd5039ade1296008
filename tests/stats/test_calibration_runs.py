"""What a calibration concludes, from rows whose truth is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance_audit.stats.calibration import (
    FalseAlarms,
    binomial_tail,
    calibrate,
    null_sizes,
    planned_trials,
    power_sizes,
    propose,
    wilson,
)
from tests.stats.worlds import random_units


def test_a_level_that_holds_and_shares_that_are_seen() -> None:
    control, positive = random_units(1, 2400), random_units(2, 2400, shift=1.2)
    said: list[str] = []
    found = calibrate(control, positive, runs=60, seed=1, say=said.append)
    assert found.holds
    assert [one.n for one in found.false_alarms] == [(1200, 1200), (500, 1900)]
    assert {one.share for one in found.seen} == {0.1, 0.25, 0.5, 1.0}
    rates = {(one.n, one.share): one.rate for one in found.seen}
    assert rates[1200, 1.0] == 1.0
    assert rates[1200, 0.1] < 0.5
    shares = [one.share for _, one in found.smallest if one.share is not None]
    assert shares == sorted(shares, reverse=True)  # more rows see less
    assert len(said) == sum(trials for _, trials in planned_trials(2400, 60, positive=True))
    again = calibrate(control, positive, runs=60, seed=1)
    assert again == found


def test_without_a_positive_only_false_alarms_are_measured() -> None:
    found = calibrate(random_units(3, 1300), None, runs=20)
    assert found.seen == ()
    assert found.smallest == ()
    assert found.proposal.min_effect == 0.001


def test_shares_that_the_positive_cannot_fill_are_left_out() -> None:
    found = calibrate(random_units(1, 1300), random_units(2, 200), runs=20)
    assert {one.share for one in found.seen if one.n > 400} <= {0.1, 0.25}
    assert all(one.largest < 0.5 for _, one in found.smallest)


def test_too_many_false_alarms_are_said_and_bad_luck_is_not() -> None:
    assert not FalseAlarms((100, 100), 200, 40, 0, 0.05).holds
    assert not FalseAlarms((100, 100), 500, 45, 0, 0.05).holds
    assert FalseAlarms((100, 100), 200, 16, 0, 0.05).holds
    assert FalseAlarms((100, 100), 200, 0, 0, 0.05).holds


@settings(deadline=None)  # the first call imports scipy
@given(st.integers(1, 400), st.data())
def test_interval_and_tail_are_those_of_scipy(runs: int, data: st.DataObject) -> None:
    from scipy.stats import binom, binomtest

    hits = data.draw(st.integers(0, runs))
    expected = binomtest(hits, runs).proportion_ci(0.95, method="wilson")
    assert wilson(hits, runs) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert binomial_tail(hits, runs, 0.05) == pytest.approx(binom.sf(hits - 1, runs, 0.05), abs=1e-9)


def test_the_proposal_is_raised_by_chance_and_lowered_only_for_a_positive_that_needs_it() -> None:
    assert propose(0.0004, None, 0.001).min_effect == 0.001
    assert propose(0.00213, None, 0.001).min_effect == 0.003
    assert propose(0.00213, 0.0009, 0.001).min_effect == 0.003
    assert propose(0.00032, 0.0008, 0.001).min_effect == 0.0004
    assert propose(0.0, 0.0008, 0.001).min_effect == 0.0003
    assert propose(0.00032, 0.00035, 0.001).min_effect == 0.001
    assert propose(0.0, 0.02, 0.001).min_effect == 0.001
    for one in (propose(0.002, None, 0.001), propose(0.0, 0.0008, 0.001), propose(0.0, None, 0.001)):
        assert "control" in one.reason


def test_sizes_are_round_and_end_at_half_of_the_control() -> None:
    assert null_sizes(5422) == [(2711, 2711), (500, 4922)]
    assert null_sizes(805) == [(402, 402)]
    assert power_sizes(5422) == [500, 1000, 2000, 2711]
    assert power_sizes(805) == [402]
    assert power_sizes(30_000) == [2000, 5000, 10_000, 15_000]
