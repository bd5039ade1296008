"""Texts as bytes, laid end to end, and what is asked of them: the class of each byte, runs of bytes, and their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]
Hashes = NDArray[np.uint64]

# Line ends after the last text: every run of bytes has ended, and eight bytes can be read from anywhere in it.
_PAD = 9
# What is read at a time: so much that calls cost little, so little that it stays in the processor's cache.
CHUNK = 512 * 1024
# Odd constants of which multiples are well mixed (of the golden ratio; of David Stafford's thirteenth mixer).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STAFFORD = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in UTF-8, each with a line end after it.

    data: (n + 9,) bytes, the last nine of which are line ends. starts: (rows + 1,) where each begins, and n.
    """

    data: Bytes
    starts: Positions

    def classes(self, table: bytes) -> Bytes:
        """(n + 1,) the class of every byte, and of a line end after them. table: the classes of the 256 bytes."""
        return np.frombuffer(self.data.tobytes().translate(table), dtype=np.uint8)[: 1 - _PAD]

    def per_row(self, at: Positions) -> Positions:
        """(rows,) how many of the positions, which ascend, lie in each text."""
        return np.diff(np.searchsorted(at, self.starts))

    def hashes(self, start: Positions, end: Positions) -> Hashes:
        """(k,) hashes, under 2^32, of the bytes from start up to end; of more than 16 by the first, the last 8, and how many.

        They are the same on every machine and with every version of the engine.
        """
        eight = np.ndarray((len(self.data) - 7,), np.dtype("<u8"), self.data, strides=(1,))
        size = end - start
        beyond = (64 - 8 * np.minimum(size, 8)).view(np.uint64)
        found: Hashes = eight[start]
        found <<= beyond
        found >>= beyond
        found *= _GOLDEN
        long = np.flatnonzero(size > 8)
        found[long] ^= (eight[end[long] - 8] + size[long].view(np.uint64)) * _STAFFORD
        return _mixed(found)


def pair_hashes(first: Hashes, second: Hashes) -> Hashes:
    """(k,) hashes, under 2^32, of pairs of hashes, in their order."""
    return _mixed(first * _GOLDEN ^ second)


def _mixed(value: Hashes) -> Hashes:
    value ^= value >> np.uint64(32)
    value *= _STAFFORD
    value >>= np.uint64(32)
    return value


def has(classes: Bytes, bit: int) -> Bytes:
    """(n,) 1 where a class has a bit, else 0. bit: its number."""
    shifted: Bytes = classes >> np.uint8(bit)
    shifted &= np.uint8(1)
    return shifted


def runs(inside: Bytes) -> tuple[Positions, Positions]:
    """Where runs of ones begin, and where they have ended. inside: (n,) of 0 and 1, the last of which is 0."""
    edges = np.empty_like(inside)
    edges[:1] = inside[:1]
    np.bitwise_xor(inside[1:], inside[:-1], out=edges[1:])
    at = np.flatnonzero(edges.view(np.bool_))
    return np.ascontiguousarray(at[0::2]), np.ascontiguousarray(at[1::2])


def lay_out(texts: Sequence[str]) -> Texts:
    """The texts of Python strings."""
    lines = [text.encode() + b"\n" for text in texts]
    starts = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    return Texts(np.frombuffer(b"".join(lines) + b"\n" * _PAD, dtype=np.uint8), starts)


def chunks(data: Bytes, starts: Positions) -> Iterator[tuple[slice, Texts]]:
    """Texts a chunk at a time, each with which rows they are of.

    A text longer than a chunk is cut every so many bytes of its own, so that it counts the same wherever it stands. data:
    texts that each end with a line end, from starts[0] to starts[-1].
    """
    first, rows = 0, len(starts) - 1
    while first < rows:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + CHUNK, side="right")) - 1)
        for low in range(int(starts[first]), int(starts[last]), CHUNK):
            up = min(low + CHUNK, int(starts[last]))
            copy = np.full(up - low + _PAD, ord("\n"), dtype=np.uint8)
            copy[:-_PAD] = data[low:up]
            within = np.clip(starts[first : last + 1], low, up) - low
            yield slice(first, last), Texts(copy, within)
        first = last
