"""Spike-in: what share of rows of a known kind the comparison that was made could have seen.

The two sides, which did not differ, are dealt out anew, so that each trial is another draw of the same comparison; then
whole units of the data are exchanged for units of the known kind.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from provenance_audit.stats.counts import BLOCK_CHOICES, blocks_for
from provenance_audit.stats.figures import SmallestShare
from provenance_audit.stats.power import TRIALS, smallest_share
from provenance_audit.stats.trials import tried
from provenance_audit.stats.units import Chosen, UnitCounts, deal

# Where so many of the data's prompts were asked of the known kind too, they take the place of the same prompts.
MATCHED = 0.9


def spiked_share(
    data: UnitCounts,
    control: UnitCounts,
    positive: UnitCounts,
    *,
    alpha: float,
    seed: int,
    trials: int = TRIALS,
    say: Callable[[str], None] = lambda stage: None,
) -> SmallestShare:
    """The smallest share of positive rows in the data that this comparison would reject in 80 % of repetitions.

    Rows and prompts of the sides stay as they are: a prompt that both sides hold equally often is swapped or not, by a coin;
    the other units of both sides are dealt out anew.
    """
    pairs, loose = _pairs(data, control), _loose(data, control)
    blocks = blocks_for(min(data.n, control.n), BLOCK_CHOICES[0])
    matched = np.isin(data.key, positive.key).mean() >= MATCHED
    made = 0

    def fires(share: float, rng: np.random.Generator) -> bool:
        nonlocal made
        made += 1
        say(f"smallest share seen: trial {made} of {trials}")
        (mine, mine_too), (theirs, theirs_too) = _dealt(data, control, pairs, loose, rng)
        foreign = round(share * data.n)
        rows = np.concatenate([data.rows[mine], control.rows[mine_too]])
        (out,) = deal(rng, rows, (foreign,))
        kept = np.ones(len(rows), dtype=bool)
        kept[out] = False
        if matched:
            keys = np.concatenate([data.key[mine], control.key[mine_too]])[out]
            spike = np.flatnonzero(np.isin(positive.key, keys))
        else:
            (spike,) = deal(rng, positive.rows, (foreign,))
        mixed = (
            data.together(mine[kept[: len(mine)]], blocks)
            + control.together(mine_too[kept[len(mine) :]], blocks)
            + positive.together(spike, blocks)
        )
        other = data.together(theirs, blocks) + control.together(theirs_too, blocks)
        return tried(mixed, other, rng).fires(alpha)

    largest = min(1.0, positive.n / data.n)
    return smallest_share(fires, alpha=alpha, largest=largest, trials=trials, seed=seed)


Pairs = tuple[Chosen, Chosen]


def _pairs(data: UnitCounts, control: UnitCounts) -> Pairs:
    """Positions, on each side, of the prompts that both hold equally often."""
    _, mine, theirs = np.intersect1d(data.key, control.key, return_indices=True)
    equal = data.rows[mine] == control.rows[theirs]
    return mine[equal], theirs[equal]


def _loose(data: UnitCounts, control: UnitCounts) -> Pairs:
    """Positions of all other units."""
    mine, theirs = _pairs(data, control)
    return np.setdiff1d(np.arange(data.units), mine), np.setdiff1d(np.arange(control.units), theirs)


def _dealt(
    data: UnitCounts, control: UnitCounts, pairs: Pairs, loose: Pairs, rng: np.random.Generator
) -> tuple[Pairs, Pairs]:
    """A new draw of both sides: of each, the units taken from the data and those taken from the control."""
    stay: NDArray[np.bool_] = rng.random(len(pairs[0])) < 0.5
    rows = np.concatenate([data.rows[loose[0]], control.rows[loose[1]]])
    first, second = deal(rng, rows, (int(data.rows[loose[0]].sum()), int(control.rows[loose[1]].sum())))
    cut = len(loose[0])
    sides = [
        (
            np.concatenate([pairs[0][whose], loose[0][part[part < cut]]]),
            np.concatenate([pairs[1][~whose], loose[1][part[part >= cut] - cut]]),
        )
        for whose, part in ((stay, first), (~stay, second))
    ]
    return sides[0], sides[1]
