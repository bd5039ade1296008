"""Calibration: what the gate does on rows whose truth is known, before it is trusted on rows whose truth is not.

One set of rows of one maker is dealt out at random many times: whatever the test then rejects is a false alarm. Rows of a
known kind are mixed into it: whatever the test then does not reject, it could not have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, lgamma, log, log1p, log10, sqrt

import numpy as np

from provenance_audit.stats.figures import SmallestShare
from provenance_audit.stats.power import smallest_share
from provenance_audit.stats.trials import Trial, null_trial, spiked_trial
from provenance_audit.stats.units import UnitCounts

SMALL_SIDE = 500
SIDES = (500, 1000, 2000, 5000, 10_000)
SIDES_SHOWN = 4
SHARES = (0.1, 0.25, 0.5, 1.0)
TRIALS_OF_RUNS = 4  # one trial of a mix for so many random splits
GATED_AT_MOST = 0.01
# Other servers of one model stay below this, in bits: no smaller effect should gate.
SMALLEST_EFFECT = 0.0003

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Random splits of one maker's rows at one pair of sizes: how many of `runs` were rejected, and with high severity."""

    n: tuple[int, int]
    runs: int
    fired: int
    high: int
    alpha: float

    @property
    def rate(self) -> float:
        """The share of splits rejected; it should be alpha."""
        return self.fired / self.runs

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the rate."""
        return wilson(self.fired, self.runs)

    @property
    def holds(self) -> bool:
        """Whether so many false alarms would be no surprise (one in a thousand) of a test that holds its level."""
        return binomial_tail(self.fired, self.runs, self.alpha) > 0.001


@dataclass(frozen=True, slots=True)
class Seen:
    """Mixes with a share of foreign rows at one size: how many of `trials` were rejected, and with high severity."""

    n: int
    share: float
    trials: int
    fired: int
    high: int

    @property
    def rate(self) -> float:
        """The share of mixes rejected: the power."""
        return self.fired / self.trials


@dataclass(frozen=True, slots=True)
class Proposal:
    """The effect, in bits, that should gate on rows like these, and why."""

    min_effect: float
    reason: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured. `smallest` pairs rows a side with the smallest share seen; empty without a positive."""

    false_alarms: tuple[FalseAlarms, ...]
    seen: tuple[Seen, ...]
    smallest: tuple[tuple[int, SmallestShare], ...]
    proposal: Proposal
    alpha: float
    min_effect: float
    runs: int
    seed: int

    @property
    def holds(self) -> bool:
        """Whether the false-alarm rate is what it should be at every size."""
        return all(one.holds for one in self.false_alarms)


def calibrate(
    control: UnitCounts,
    positive: UnitCounts | None,
    *,
    runs: int,
    seed: int = 0,
    alpha: float = 0.05,
    min_effect: float = 0.001,
    say: Say = lambda stage: None,
) -> Calibration:
    """Measure false alarms on the control, and power where rows of a known kind are given.

    runs: random splits at each size. Trials of a mix are a quarter of that for each cell. say: told what is being done.
    """
    alarms, limits = [], []
    for sizes in null_sizes(control.n):
        made = []
        for number in range(runs):
            say(f"random splits of {sizes[0]:,} and {sizes[1]:,} rows: {number} of {runs}")
            made.append(null_trial(control, sizes, np.random.default_rng([seed, sizes[0], number])))
        alarms.append(_false_alarms(made, alpha, min_effect))
        limits.append(_gating_limit(made, alpha))
    seen: list[Seen] = []
    smallest: list[tuple[int, SmallestShare]] = []
    reached = None
    if positive is not None:
        for n in power_sizes(control.n):
            for share, made in _mixes(control, positive, n, max(runs // TRIALS_OF_RUNS, 10), seed, say):
                seen.append(_seen(n, share, made, alpha, min_effect))
                if share == 1:
                    reached = float(np.quantile([trial.lower_limit for trial in made], 0.2))
            smallest.append((n, _search(control, positive, n, runs, seed, alpha, say)))
    proposal = propose(max(limits), reached, min_effect)
    return Calibration(tuple(alarms), tuple(seen), tuple(smallest), proposal, alpha, min_effect, runs, seed)


def null_sizes(rows: int) -> list[tuple[int, int]]:
    """The sizes of the two sides at which false alarms are measured: halves, and 500 rows against the rest."""
    half = rows // 2
    return [(half, half), *([(SMALL_SIDE, rows - SMALL_SIDE)] if half > SMALL_SIDE else [])]


def power_sizes(rows: int) -> list[int]:
    """Rows a side at which power is measured: round numbers up to half of the control, and half of it."""
    half = rows // 2
    return [*[n for n in SIDES if n < 0.8 * half][-SIDES_SHOWN + 1 :], half]


def planned_trials(rows: int, runs: int, *, positive: bool) -> list[tuple[int, int]]:
    """How many trials of how many rows on the smaller side a calibration makes, so that its time can be told."""
    plan = [(min(sizes), runs) for sizes in null_sizes(rows)]
    if positive:
        each = len(SHARES) * max(runs // TRIALS_OF_RUNS, 10) + _search_trials(runs)
        plan += [(n, each) for n in power_sizes(rows)]
    return plan


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z = 1.959963984540054
    share, weight = hits / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / of + weight / of / 4) / (1 + weight)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def binomial_tail(hits: int, of: int, rate: float) -> float:
    """The chance of so many hits or more."""
    return sum(
        exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(rate) + (of - k) * log1p(-rate))
        for k in range(hits, of + 1)
    )


def _mixes(
    control: UnitCounts, positive: UnitCounts, n: int, trials: int, seed: int, say: Say
) -> Iterator[tuple[float, list[Trial]]]:
    for share in SHARES:
        if share * n > positive.n:
            continue
        made = []
        for number in range(trials):
            say(f"mixes of {n:,} rows, {share:.0%} foreign: {number} of {trials}")
            rng = np.random.default_rng([seed, n, round(share * 1000), number])
            made.append(spiked_trial(control, positive, share, (n, n), rng))
        yield share, made


def _search(
    control: UnitCounts, positive: UnitCounts, n: int, runs: int, seed: int, alpha: float, say: Say
) -> SmallestShare:
    trials, done = _search_trials(runs), 0

    def fires(share: float, rng: np.random.Generator) -> bool:
        nonlocal done
        done += 1
        say(f"smallest share seen in {n:,} rows: trial {done} of {trials}")
        return spiked_trial(control, positive, share, (n, n), rng).fires(alpha)

    largest = min(1.0, positive.n / n)
    return smallest_share(fires, alpha=alpha, largest=largest, trials=trials, seed=seed)


def _search_trials(runs: int) -> int:
    return max(runs, 40)


def _false_alarms(made: Sequence[Trial], alpha: float, min_effect: float) -> FalseAlarms:
    fired = sum(trial.fires(alpha) for trial in made)
    high = sum(trial.is_high(alpha, min_effect) for trial in made)
    return FalseAlarms(made[0].n, len(made), fired, high, alpha)


def _seen(n: int, share: float, made: Sequence[Trial], alpha: float, min_effect: float) -> Seen:
    fired = sum(trial.fires(alpha) for trial in made)
    return Seen(n, share, len(made), fired, sum(trial.is_high(alpha, min_effect) for trial in made))


def _gating_limit(made: Sequence[Trial], alpha: float) -> float:
    """The lower limit that at most one split in a hundred both rejects with and exceeds; 0 where none does."""
    limits = sorted((trial.lower_limit for trial in made if trial.fires(alpha)), reverse=True)
    allowed = floor(GATED_AT_MOST * len(made))
    return max(limits[allowed], 0.0) if len(limits) > allowed else 0.0


def propose(null: float, reached: float | None, default: float) -> Proposal:
    """Raise the default where random splits exceed it; lower it only for a positive that would not reach it."""
    if null >= default:
        return Proposal(
            _rounded_up(null),
            f"on random splits of your control the lower limit exceeds {null:.5f} bits in one of a hundred, "
            f"which is above the default {default:g}: at the default, chance would gate",
        )
    floor_ = max(_rounded_up(null) if null > 0 else 0.0, SMALLEST_EFFECT)
    if reached is not None and floor_ < reached < default:
        return Proposal(
            floor_,
            f"four in five sets made only of your positive's rows reach {reached:.5f} bits, below the default {default:g}: "
            f"at the default they would be reported and not gate. Random splits of your control stay below {floor_:g} bits "
            f"in 99 of 100; between {SMALLEST_EFFECT:g} and {default:g} bits other prompts of one model are found too",
        )
    return Proposal(
        default,
        f"at most one random split of your control in a hundred is rejected with a lower limit above {null:.2g} bits, so the "
        f"default {default:g} is not reached by chance",
    )


def _rounded_up(value: float) -> float:
    """To one significant digit, upwards."""
    scale = 10.0 ** floor(log10(value))
    return round(ceil(value / scale - 1e-9) * scale, 12)
