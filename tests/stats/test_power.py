"""The smallest share: what is printed as seen in 80 % is seen in 70 to 90 %."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import pytest

from provenance_audit.stats.power import smallest_share
from provenance_audit.stats.spike import spiked_share
from provenance_audit.stats.trials import null_trial, spiked_trial
from tests.stats.worlds import band, random_units


def seen(share: float, strength: float) -> float:
    """A power curve like that of a quadratic statistic, and unlike the one that is fitted."""
    return 0.5 * (1 + erf((strength * share**2 - 1.645) / sqrt(2 * (1 + share**2))))


@pytest.mark.parametrize("strength", [5.0, 15.0, 60.0, 400.0])
def test_the_share_found_is_seen_in_about_four_of_five(strength: float) -> None:
    found = [
        smallest_share(lambda share, rng: bool(rng.random() < seen(share, strength)), alpha=0.05, seed=seed)
        for seed in range(40)
    ]
    powers = np.array([seen(one.share, strength) for one in found if one.share is not None])
    assert len(powers) == 40
    assert ((powers >= 0.7) & (powers <= 0.9)).mean() >= 0.9
    truth = min(share for share in np.linspace(0, 1, 5000) if seen(share, strength) >= 0.8)
    assert np.mean([one.interval[0] <= truth <= one.interval[1] for one in found]) >= 0.75


def test_what_is_never_seen_has_no_share_and_says_how_often_it_is() -> None:
    found = smallest_share(lambda share, rng: bool(rng.random() < 0.05 + 0.3 * share), alpha=0.05, trials=200)
    assert found.share is None
    assert found.seen == pytest.approx(0.35, abs=0.12)


def test_what_is_always_seen_has_a_small_share() -> None:
    found = smallest_share(lambda share, rng: True, alpha=0.05, largest=0.5)
    assert found.share is not None
    assert found.share < 0.02


def test_no_share_above_the_largest_is_tried() -> None:
    tried: list[float] = []
    smallest_share(lambda share, rng: bool(tried.append(share)), alpha=0.05, largest=0.3, trials=60)
    assert len(tried) == 60
    assert max(tried) <= 0.3


@pytest.mark.parametrize("rows_at_most", [1, 6])
def test_random_parts_of_one_set_are_rejected_at_the_level(rows_at_most: int) -> None:
    control = random_units(3, 2400, rows_at_most=rows_at_most)
    runs, half = 300, control.n // 2
    for sizes in ((half, half), (520, control.n - 520)):
        fired = sum(
            null_trial(control, sizes, np.random.default_rng([9, seed]), replicates=199).fires(0.05)
            for seed in range(runs)
        )
        low, up = band(runs, 0.05)
        assert low <= fired <= up


def test_the_share_that_a_mix_shows_is_detected_in_seven_to_nine_of_ten() -> None:
    """Found on some rows of the known kind, tried with others."""
    control, kind, others = (random_units(4, 2600), *(random_units(seed, 1300, shift=0.9) for seed in (5, 6)))
    n = 1200
    found = smallest_share(
        lambda share, rng: spiked_trial(control, kind, share, (n, n), rng, replicates=199).fires(0.05),
        alpha=0.05,
        trials=160,
        seed=1,
    )
    assert found.share is not None
    assert 0.1 < found.share < 0.9
    trials = [
        spiked_trial(control, others, found.share, (n, n), np.random.default_rng([2, seed]), replicates=199)
        for seed in range(150)
    ]
    assert 0.7 <= np.mean([one.fires(0.05) for one in trials]) <= 0.9
    assert all(abs(one.n[0] - n) <= 2 for one in trials)


def test_a_comparison_tells_the_share_that_another_like_it_detects() -> None:
    """As `scan --positive` does: the two sides at hand, dealt out anew."""
    data, control, kind, others = (
        random_units(7, 1000),
        random_units(8, 1600),
        *(random_units(seed, 1300, shift=0.9) for seed in (5, 6)),
    )
    found = spiked_share(data, control, kind, alpha=0.05, seed=3, trials=160)
    assert found.share is not None
    fresh = random_units(10, 2700)
    trials = [
        spiked_trial(fresh, others, found.share, (1000, 1600), np.random.default_rng([4, seed])).fires(0.05)
        for seed in range(150)
    ]
    assert 0.7 <= np.mean(trials) <= 0.9


def test_prompts_that_both_sides_hold_stay_in_pairs() -> None:
    """The same prompts on both sides: tastes cancel, and a smaller share is seen than without pairing."""
    data = random_units(11, 900, taste=6.0)
    control, kind = again(data, 12), again(data, 13, shift=0.9)
    paired = spiked_share(data, control, kind, alpha=0.05, seed=1, trials=120)
    apart = spiked_share(
        data, random_units(14, 900, taste=6.0), random_units(15, 900, shift=0.9, taste=6.0), alpha=0.05, seed=1, trials=120
    )  # fmt: skip
    assert paired.share is not None
    assert apart.share is None or paired.share < apart.share


def again(units, seed: int, shift: float = 0.0):  # type: ignore[no-untyped-def]
    """Other answers to the same prompts, of the same tastes."""
    from dataclasses import replace

    from tests.stats.worlds import VALUES, WIDTH

    rng = np.random.default_rng(seed)
    table = np.zeros((units.units, WIDTH))
    for unit in range(units.units):
        entries = slice(units.start[unit], units.start[unit + 1])
        old = np.zeros(WIDTH)
        old[units.feature[entries]] = units.count[entries]
        taste = old[:VALUES] + 0.5
        taste[0] *= 1 + shift
        table[unit, :VALUES] = rng.multinomial(8, taste / taste.sum())
        table[unit, VALUES:] = rng.multinomial(1, np.full(WIDTH - VALUES, 1 / (WIDTH - VALUES)))
    unit, feature = np.nonzero(table)
    start = np.searchsorted(unit, np.arange(units.units + 1)).astype(np.int64)
    return replace(units, start=start, feature=feature.astype(np.int64), count=table[unit, feature])
