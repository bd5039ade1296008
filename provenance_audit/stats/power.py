"""Power: the smallest share of foreign rows that would be seen, found by trying.

Trials at a share cost what a block test costs, so they are placed where they tell most: each at the present estimate, or
where half would be seen, in turn (Watson & Pelli 1983, as in measuring thresholds of perception). The curve is a Weibull
function that starts at the level of the test.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from provenance_audit.stats.counts import Array
from provenance_audit.stats.figures import SmallestShare

POWER = 0.8
TRIALS = 240
_FIRST = 7  # trials spread over all shares before any estimate is trusted
_SHARES = np.geomspace(0.002, 4.0, 400)
_SLOPES = np.array([1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0])


def smallest_share(
    fires: Callable[[float, np.random.Generator], bool],
    *,
    alpha: float,
    largest: float = 1.0,
    trials: int = TRIALS,
    seed: int = 0,
) -> SmallestShare:
    """The smallest share, up to `largest`, at which `fires` is true in 80 % of trials.

    fires(share, rng): one trial. alpha: how often it is true at a share of 0.
    """
    rng = np.random.default_rng(seed)
    evidence = np.zeros((len(_SHARES), len(_SLOPES)))
    spread = np.geomspace(largest / 30, largest, _FIRST)
    for number in range(trials):
        if number < _FIRST:
            share = float(spread[number])
        else:
            share = min(_median(evidence), largest)
            if number % 3 == 0:
                share *= 0.75  # about where half are seen: what holds the slope
        seen = _curve(share, alpha)
        evidence += np.log(seen if fires(share, rng) else 1 - seen)
    weight = _weights(evidence)
    found = _median(evidence)
    ends = np.interp([0.05, 0.95], np.cumsum(weight.sum(1)), _SHARES)
    return SmallestShare(
        share=found if found <= largest else None,
        interval=(float(ends[0]), float(min(ends[1], 1.0))),
        largest=largest,
        seen=float((weight * _curve(largest, alpha)).sum()),
        trials=trials,
        seed=seed,
    )


def _curve(share: float, alpha: float) -> Array:
    """How often a share is seen, by (share seen in 80 %, slope); kept from 0 and 1, where one odd trial would decide."""
    rise = np.log((1 - alpha) / (1 - POWER)) * (share / _SHARES[:, None]) ** _SLOPES
    return np.asarray(np.clip(alpha + (1 - alpha) * -np.expm1(-rise), 0.005, 0.995), dtype=np.float64)


def _weights(evidence: Array) -> Array:
    weight = np.exp(evidence - evidence.max())
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def _median(evidence: Array) -> float:
    """The estimate: the median of what the trials leave possible."""
    return float(np.interp(0.5, np.cumsum(_weights(evidence).sum(1)), _SHARES))
