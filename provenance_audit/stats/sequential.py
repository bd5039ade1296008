"""Sequential use: evidence that may be looked at after every new set of rows, without raising the rate of false alarms.

A gate that tests new data every day at 5 % gives a false alarm within a month in 78 of 100 cases. An e-process is a bet
against "the rows are the control's": it starts at 1, every look multiplies it by a factor whose expectation is 1 if that is
true whatever came before, so it ever reaches 1/alpha with a chance of at most alpha (Ville 1939; Shafer 2021).

Two bets, of half the stake each. One is on small p-values, for what is seen at once. The other is on a direction: scores of
blocks on what differed in *earlier* looks, signed by which side has more; small doses of one kind add up there. Both are
averaged over stakes that are fixed beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from provenance_audit.stats.counts import Array, BlockCounts, blocks_for
from provenance_audit.stats.effect import residual_units

# Exponents of the bet on p-values, f(p) = k·p^(k - 1), and stakes of the bet on scores, 1 + λx.
EXPONENTS = np.array([0.1, 0.25, 0.5, 0.75])
STAKES = np.array([0.05, 0.1, 0.2, 0.4, 0.8])
# A control shared by all looks is as good as fresh only when it is so much larger than everything tested against it.
CONTROL_TO_TESTED = 20

Rates = Mapping[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What was gathered so far, before the next look.

    log_p, log_scores: logarithm of each bet, by exponent and by stake. highest: the largest value ever reached, which is what
    counts. direction: by family, the sum over looks of the standardised differences of rates.
    """

    log_p: Array
    log_scores: Array
    highest: float
    direction: Rates
    looks: int

    @property
    def value(self) -> float:
        """The e-process now: how many times the stake has been won."""
        return 0.5 * float(np.exp(self.log_p).mean()) + 0.5 * float(np.exp(self.log_scores).mean())

    @property
    def p(self) -> float:
        """A p-value that holds at any time, whenever one stops looking."""
        return min(1.0, 1.0 / self.highest)

    def alarms(self, alpha: float) -> bool:
        """Whether 1/alpha was ever reached."""
        return self.highest >= 1 / alpha


def nothing_yet() -> Evidence:
    """Before the first look."""
    return Evidence(np.zeros(len(EXPONENTS)), np.zeros(len(STAKES)), 1.0, {}, 0)


def look(evidence: Evidence, p: float, data: BlockCounts, control: BlockCounts) -> Evidence:
    """The evidence after one more look.

    p: of the omnibus of this look. data, control: its block counts. Valid where, if nothing differs, data and control of this
    look may be exchanged whatever came before: each look with its own rows and a fresh slice of control, or one far larger.
    """
    blocks = blocks_for(min(data.n, control.n), min(data.blocks, control.blocks))
    data, control = data.fold(blocks), control.fold(blocks)
    units = {
        family: _standardised(data, control, family) for family in data.families if family in control.families
    }
    scores = _scores(units, evidence.direction)
    after = replace(
        evidence,
        log_p=evidence.log_p + np.log(EXPONENTS) + (EXPONENTS - 1) * np.log(p),
        log_scores=evidence.log_scores + np.log1p(np.outer(STAKES, scores)).sum(1),
        direction=_turned(evidence.direction, units),
        looks=evidence.looks + 1,
    )
    return replace(after, highest=max(evidence.highest, after.value))


def _standardised(data: BlockCounts, control: BlockCounts, family: str) -> Array:
    units, variance = residual_units(data.families[family], control.families[family], data.rows, control.rows)
    spread = np.sqrt(np.where(variance > 0, variance, np.inf))
    return np.asarray(units / spread, dtype=np.float64)


def _scores(units: Rates, direction: Rates) -> Array:
    """A score in [-1, 1] for every block: how far its difference points where earlier looks pointed.

    Flipping a block flips its score and nothing else, so under the null each sign is a fair coin, and the bound may come
    from the scores of this look.
    """
    blocks = len(next(iter(units.values()))) if units else 0
    total = np.zeros(blocks)
    for family, table in units.items():
        if family in direction and direction[family].shape == table.shape[1:]:
            length = float(np.sqrt((direction[family] ** 2).sum()))
            if length > 0:
                total += table @ (direction[family] / length)
    spread = float(np.sqrt((total**2).mean())) if blocks else 0.0
    return np.clip(total / (3 * spread), -1, 1) if spread > 0 else total


def _turned(direction: Rates, units: Rates) -> dict[str, Array]:
    found = {family: table.sum(0) for family, table in units.items()}
    return {
        family: new + direction[family]
        if family in direction and direction[family].shape == new.shape
        else new
        for family, new in found.items()
    }
