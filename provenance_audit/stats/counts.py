"""Block counts: the one sufficient statistic that everything downstream is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCK_CHOICES = (256, 128, 64)
ROWS_PER_BLOCK = 8


@dataclass(frozen=True, slots=True, eq=False)
class BlockCounts:
    """What one group of rows looks like, block by block. Exact, and mergeable by addition.

    rows: (B,) rows in each block. families: name -> (B, d) feature counts. digest: (B,) sum of the prompt hashes modulo
    2^64, or None where the rows have no prompt and blocks are by completion (*unclustered*). thinning: s, where only the
    rows of one prompt in 2^s were counted.
    """

    rows: Array
    families: Mapping[str, Array]
    digest: NDArray[np.uint64] | None
    thinning: int = 0

    @property
    def n(self) -> int:
        """All rows."""
        return int(self.rows.sum())

    @property
    def blocks(self) -> int:
        """B, the number of blocks, empty ones included."""
        return len(self.rows)

    @property
    def occupied(self) -> int:
        """Blocks that hold a row."""
        return int((self.rows > 0).sum())

    def __add__(self, other: BlockCounts) -> BlockCounts:
        """The counts of both groups together; both must have the same blocks and families."""
        if (
            self.blocks != other.blocks
            or self.families.keys() != other.families.keys()
            or self.thinning != other.thinning
        ):
            raise ValueError("block counts of different shapes do not add up: fold the larger one first")
        digest = None
        if self.digest is not None and other.digest is not None:
            digest = self.digest + other.digest
        families = {name: table + other.families[name] for name, table in self.families.items()}
        return BlockCounts(self.rows + other.rows, families, digest, self.thinning)

    def fold(self, blocks: int) -> BlockCounts:
        """The same rows in fewer blocks. Exact, because a block is a hash modulo a power of two."""
        if self.blocks == blocks:
            return self
        if self.blocks % blocks:
            raise ValueError(f"{self.blocks} blocks do not fold into {blocks}")
        fold = self.blocks // blocks
        digest = None if self.digest is None else self.digest.reshape(fold, blocks).sum(0, dtype=np.uint64)
        families = {
            name: table.reshape(fold, blocks, table.shape[1]).sum(0) for name, table in self.families.items()
        }
        return BlockCounts(self.rows.reshape(fold, blocks).sum(0), families, digest, self.thinning)


def blocks_for(rows: int, available: int) -> int:
    """The number of blocks to test with: the largest that leaves the smaller side 8 rows a block, else 64.

    rows: of the smaller side. available: blocks that were counted. 32 blocks would be too few for the flips to be
    well spread.
    """
    for blocks in BLOCK_CHOICES:
        if blocks <= available and rows >= ROWS_PER_BLOCK * blocks:
            return blocks
    return min(available, BLOCK_CHOICES[-1])


def design_of(data: BlockCounts, control: BlockCounts) -> str:
    """How far the flip of a block is justified: `exact`, `block-paired` or `unclustered`.

    exact: every block holds the same prompts equally often on both sides. block-paired: prompts are whole inside a
    block, but differ between the sides. unclustered: no prompts; a block is a set of completions.
    """
    if data.digest is None or control.digest is None:
        return "unclustered"
    same = np.array_equal(data.rows, control.rows) and np.array_equal(data.digest, control.digest)
    return "exact" if same else "block-paired"
