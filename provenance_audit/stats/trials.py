"""Trials: what the block test says of sides whose truth is known, because they were dealt out from the same rows.

A null trial deals one set of rows out to both sides; a spiked one puts rows of a known kind into one of them. Units (whole
prompts, or completions without prompts) are never divided, so that what depends stays together, as it does in an audit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.stats.block_test import BlockTest, block_test
from provenance_audit.stats.counts import BLOCK_CHOICES, BlockCounts, blocks_for
from provenance_audit.stats.units import UnitCounts, deal

# p is resolved to 1/500: enough to compare with a level of 5 %.
REPLICATES = 499


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: rows of the two sides, the omnibus p, and the lower 95 % limit of the effect, in bits."""

    n: tuple[int, int]
    p: float
    lower_limit: float
    effect: float

    def fires(self, alpha: float) -> bool:
        """Whether the test rejects."""
        return self.p <= alpha

    def is_high(self, alpha: float, min_effect: float) -> bool:
        """Whether it rejects with an effect that gates."""
        return self.p <= alpha and self.lower_limit >= min_effect


def null_trial(
    control: UnitCounts,
    sizes: tuple[int, int],
    rng: np.random.Generator,
    *,
    replicates: int = REPLICATES,
) -> Trial:
    """Two parts of one set of rows, of about these sizes, against each other."""
    blocks = _blocks(min(sizes))
    mine, theirs = deal(rng, control.rows, sizes)
    return tried(control.together(mine, blocks), control.together(theirs, blocks), rng, replicates)


def spiked_trial(
    control: UnitCounts,
    positive: UnitCounts,
    share: float,
    sizes: tuple[int, int],
    rng: np.random.Generator,
    *,
    replicates: int = REPLICATES,
) -> Trial:
    """A part of the control in which a share of the rows is of another kind, against another part of the control.

    share: of the rows of the first side. sizes: rows of the mixed side, and of the control side.
    """
    blocks = _blocks(min(sizes))
    foreign = round(share * sizes[0])
    mine, theirs = deal(rng, control.rows, (sizes[0] - foreign, sizes[1]))
    (spike,) = deal(rng, positive.rows, (foreign,))
    mixed = control.together(mine, blocks) + positive.together(spike, blocks)
    return tried(mixed, control.together(theirs, blocks), rng, replicates)


def _blocks(rows: int) -> int:
    return blocks_for(rows, BLOCK_CHOICES[0])


def tried(
    mine: BlockCounts, theirs: BlockCounts, rng: np.random.Generator, replicates: int = REPLICATES
) -> Trial:
    """The block test of two sides, with a seed drawn for it."""
    test: BlockTest = block_test({"data": mine}, theirs, replicates=replicates, seed=int(rng.integers(2**63)))
    p = 1.0 if test.p is None else test.p
    effect = test.strongest.effect if test.families else 0.0
    return Trial((mine.n, theirs.n), p, test.lower_limit, effect)
