"""Counts at the grain at which rows may be dealt out: whole prompts, or completions where there are no prompts.

Block counts say what a side looks like; a trial (a random split, a mix) needs many sides made from the same rows. The rows
are taken apart once, by unit; a side is the sum of its units, and equals, count for count, what the engine would have
counted on the rows of those units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from provenance_audit.stats.counts import Array, BlockCounts

Chosen = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class UnitCounts:
    """Sparse counts of every unit.

    key: (U,) the hash of the unit; its block is the key modulo the number of blocks. rows: (U,) rows of each unit.
    clustered: whether units are prompts. start, feature, count: the features of unit u are feature[start[u]:start[u + 1]],
    count likewise. width: features in all. tables: splits counts (B, width) into families. thinning: s, where only one unit
    in 2^s was counted.
    """

    key: NDArray[np.uint64]
    rows: Array
    clustered: bool
    start: NDArray[np.int64]
    feature: NDArray[np.int64]
    count: Array
    width: int
    tables: Callable[[Array], dict[str, Array]]
    thinning: int = 0

    @property
    def n(self) -> int:
        """All rows."""
        return int(self.rows.sum())

    @property
    def units(self) -> int:
        """All units."""
        return len(self.rows)

    def together(self, chosen: Chosen, blocks: int) -> BlockCounts:
        """The block counts of some units, as if only their rows had been counted. A unit may be chosen twice."""
        block = (self.key[chosen] % np.uint64(blocks)).astype(np.int64)
        lengths = self.start[chosen + 1] - self.start[chosen]
        # Positions of the entries of all chosen units, one after the other.
        ends = np.cumsum(lengths)
        entries = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(
            self.start[chosen] - ends + lengths, lengths
        )
        cells = np.repeat(block * self.width, lengths) + self.feature[entries]
        flat = np.bincount(cells, self.count[entries], blocks * self.width).astype(np.float64)
        digest = None
        if self.clustered:
            digest = np.zeros(blocks, dtype=np.uint64)
            np.add.at(digest, block, self.key[chosen] * self.rows[chosen].astype(np.uint64))
        return BlockCounts(
            np.bincount(block, weights=self.rows[chosen], minlength=blocks).astype(np.float64),
            self.tables(flat.reshape(blocks, self.width)),
            digest,
            self.thinning,
        )


def deal(rng: np.random.Generator, rows: Array, sizes: Sequence[int]) -> list[Chosen]:
    """Units dealt out at random, without replacement, to parts of about `sizes` rows.

    rows: of each unit. A unit goes where its middle row would: a part misses its size by half a unit at most. What is left
    over is dealt to nobody.
    """
    order = rng.permutation(len(rows))
    middle = np.cumsum(rows[order]) - rows[order] / 2
    bounds = np.searchsorted(middle, np.cumsum([0, *sizes]))
    return [order[low:high] for low, high in pairwise(bounds)]
