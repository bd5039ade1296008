"""Block counts: the one sufficient statistic that everything downstream is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCK_CHOICES = (256, 128, 64)
ROWS_PER_BLOCK = 8


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Which rows a family was counted on: rows (B,) in each block, the digest of their prompts, and s.

    thinning: s, where only the rows of one prompt in 2^s were counted.
    """

    rows: Array
    digest: NDArray[np.uint64] | None
    thinning: int = 0

    @property
    def n(self) -> int:
        """All rows counted."""
        return int(self.rows.sum())

    def __add__(self, other: Sample) -> Sample:
        digest = None
        if self.digest is not None and other.digest is not None:
            digest = self.digest + other.digest
        return Sample(self.rows + other.rows, digest, self.thinning)

    @staticmethod
    def sums(parts: Sequence[Sample], chosen: Array) -> list[Sample]:
        """The rows of each choice of parts. chosen: (choices, parts), 1 where a part is in."""
        rows = chosen @ np.stack([part.rows for part in parts])
        known = [part.digest for part in parts if part.digest is not None]
        if len(known) < len(parts):
            return [Sample(own, None, parts[0].thinning) for own in rows]
        digests = chosen.astype(np.uint64) @ np.stack(known)
        return [Sample(own, digest, parts[0].thinning) for own, digest in zip(rows, digests, strict=True)]

    def __sub__(self, other: Sample) -> Sample:
        digest = None
        if self.digest is not None and other.digest is not None:
            digest = self.digest - other.digest
        return Sample(self.rows - other.rows, digest, self.thinning)

    def fold(self, blocks: int) -> Sample:
        """The same rows in fewer blocks."""
        fold = len(self.rows) // blocks
        digest = None if self.digest is None else self.digest.reshape(fold, blocks).sum(0, dtype=np.uint64)
        return Sample(self.rows.reshape(fold, blocks).sum(0), digest, self.thinning)


@dataclass(frozen=True, slots=True, eq=False)
class BlockCounts:
    """What one group of rows looks like, block by block. Exact, and mergeable by addition.

    rows: (B,) rows in each block. families: name -> (B, d) feature counts. digest: (B,) sum of the prompt hashes modulo
    2^64, or None where the rows have no prompt and blocks are by completion (*unclustered*). thinning: s, where only the
    rows of one prompt in 2^s were counted. samples: families that were counted on fewer rows than the others.
    """

    rows: Array
    families: Mapping[str, Array]
    digest: NDArray[np.uint64] | None
    thinning: int = 0
    samples: Mapping[str, Sample] = field(default_factory=dict)

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

    def sample(self, family: str) -> Sample:
        """The rows that a family was counted on."""
        return self.samples.get(family) or Sample(self.rows, self.digest, self.thinning)

    @property
    def fewest(self) -> int:
        """The rows of the family that was counted on the fewest."""
        return min([self.n, *(sample.n for sample in self.samples.values())])

    def __add__(self, other: BlockCounts) -> BlockCounts:
        """The counts of both groups together; both must have the same blocks, families and sampling rates."""
        self._must_match(other)
        whole = self._whole() + other._whole()
        return BlockCounts(
            whole.rows,
            {name: table + other.families[name] for name, table in self.families.items()},
            whole.digest,
            self.thinning,
            {name: sample + other.samples[name] for name, sample in self.samples.items()},
        )

    @staticmethod
    def sum(parts: Sequence[BlockCounts]) -> BlockCounts:
        """The counts of all parts together: the same as adding them one by one."""
        return BlockCounts.sums(parts, [range(len(parts))])[0]

    @staticmethod
    def sums(parts: Sequence[BlockCounts], choices: Sequence[Sequence[int]]) -> list[BlockCounts]:
        """The counts of each choice of parts together, by one matrix product for each family.

        choices: of the numbers of parts. Exact: whole numbers below 2^53 add up alike in any order.
        """
        first, *others = parts
        for other in others:
            first._must_match(other)
        chosen = np.zeros((len(choices), len(parts)))
        for row, choice in zip(chosen, choices, strict=True):
            row[list(choice)] = 1
        families = {
            name: np.tensordot(chosen, np.stack([part.families[name] for part in parts]), 1)
            for name in first.families
        }
        samples = {
            name: Sample.sums([part.samples[name] for part in parts], chosen) for name in first.samples
        }
        return [
            BlockCounts(
                whole.rows,
                {name: tables[number] for name, tables in families.items()},
                whole.digest,
                first.thinning,
                {name: summed[number] for name, summed in samples.items()},
            )
            for number, whole in enumerate(Sample.sums([part._whole() for part in parts], chosen))
        ]

    def __sub__(self, other: BlockCounts) -> BlockCounts:
        """What is left without a part of the rows. other: counts of some of the same rows."""
        self._must_match(other)
        whole = self._whole() - other._whole()
        return BlockCounts(
            whole.rows,
            {name: table - other.families[name] for name, table in self.families.items()},
            whole.digest,
            self.thinning,
            {name: sample - other.samples[name] for name, sample in self.samples.items()},
        )

    def fold(self, blocks: int) -> BlockCounts:
        """The same rows in fewer blocks. Exact, because a block is a hash modulo a power of two."""
        if self.blocks == blocks:
            return self
        if self.blocks % blocks:
            raise ValueError(f"{self.blocks} blocks do not fold into {blocks}")
        fold = self.blocks // blocks
        whole = self._whole().fold(blocks)
        return BlockCounts(
            whole.rows,
            {
                name: table.reshape(fold, blocks, table.shape[1]).sum(0)
                for name, table in self.families.items()
            },
            whole.digest,
            self.thinning,
            {name: sample.fold(blocks) for name, sample in self.samples.items()},
        )

    def _whole(self) -> Sample:
        return Sample(self.rows, self.digest, self.thinning)

    def _must_match(self, other: BlockCounts) -> None:
        if (
            self.blocks != other.blocks
            or self.families.keys() != other.families.keys()
            or self.thinning != other.thinning
            or {name: one.thinning for name, one in self.samples.items()}
            != {name: one.thinning for name, one in other.samples.items()}
        ):
            raise ValueError("block counts of different shapes do not add up: fold the larger one first")


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
    families = data.samples.keys() | control.samples.keys()
    sides = [(data.sample(name), control.sample(name)) for name in ("", *families)]
    return "exact" if all(_same_prompts(here, there) for here, there in sides) else "block-paired"


def _same_prompts(here: Sample, there: Sample) -> bool:
    return (
        here.digest is not None
        and there.digest is not None
        and np.array_equal(here.rows, there.rows)
        and np.array_equal(here.digest, there.digest)
    )
