"""Texts as bytes, laid end to end, and what is asked of them: runs of bytes, what stands between others, hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Truth = NDArray[np.bool_]

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

    padded: (n + 9,) bytes, the last nine of which are line ends. starts: (rows + 1,) where each begins, and n.
    """

    padded: Bytes
    starts: Integers

    @property
    def data(self) -> Bytes:
        """(n + 1,) the bytes of all texts, and a line end, with which everything has ended."""
        return self.padded[: 1 - _PAD]

    @property
    def _numbers(self) -> Hashes:
        """(n + 2,) the eight bytes from each on as a number, the first lowest."""
        return np.ndarray((len(self.padded) - 7,), np.dtype("<u8"), self.padded, strides=(1,))

    def per_row(self, at: Integers) -> Integers:
        """(rows,) how many of the positions, which ascend, lie in each text."""
        return np.diff(np.searchsorted(at, self.starts))

    def eight(self, at: Integers) -> list[Bytes]:
        """Eight arrays (k,): the byte at each position, the next one, and so on."""
        numbers = self._numbers[at]
        return [(numbers >> np.uint64(8 * n)).astype(np.uint8) for n in range(8)]

    def line_ends(self) -> Truth:
        """(n + 1,) where a line ends; the last, where the end of a text was cut off."""
        ends: Truth = self.data == ord("\n")
        ends[-1] = len(ends) > 1 and not ends[-2]
        return ends

    def characters(self, start: Integers, end: Integers) -> Integers:
        """(k,) how many characters lie from start up to end."""
        further = np.flatnonzero(self.data & np.uint8(0xC0) == 0x80)  # bytes of a character after its first
        size = end - start
        return (
            size - np.searchsorted(further, end) + np.searchsorted(further, start) if len(further) else size
        )

    def hashes(self, start: Integers, end: Integers) -> Hashes:
        """(k,) hashes, under 2^32, of the bytes from start up to end; of more than 16 by the first, the last 8, and how many.

        They are the same on every machine and with every version of the engine. Zero bytes at the end of eight or fewer do
        not count.
        """
        size = end - start
        beyond = (64 - 8 * np.minimum(size, 8)).view(np.uint64)
        found: Hashes = self._numbers[start]
        found <<= beyond
        found >>= beyond
        found *= _GOLDEN
        long = np.flatnonzero(size > 8)
        found[long] ^= (self._numbers[end[long] - 8] + size[long].view(np.uint64)) * _STAFFORD
        return _mixed(found)


def pair_hashes(first: Hashes, second: Hashes) -> Hashes:
    """(k,) hashes, under 2^32, of pairs of hashes, in their order."""
    return _mixed(first * _GOLDEN ^ second)


def _mixed(value: Hashes) -> Hashes:
    value ^= value >> np.uint64(32)
    value *= _STAFFORD
    value >>= np.uint64(32)
    return value


def among(data: Bytes, *ranges: tuple[str, str]) -> Truth:
    """(n,) whether bytes are in one of the ranges of characters, each given by its first and its last."""
    found = np.zeros(len(data), np.bool_)
    for first, last in ranges:
        # What is below the first wraps around, and is beyond the last.
        found |= data - np.uint8(ord(first)) <= ord(last) - ord(first)
    return found


def followed(first: Truth, then: Truth) -> Truth:
    """(n,) where one thing is true of a byte and another of the next one."""
    found = first.copy()
    found[:-1] &= then[1:]
    found[-1:] = False
    return found


def runs(inside: Truth) -> tuple[Integers, Integers]:
    """Where runs of what is true begin, and where they have ended. inside: (n,), the last of which is false."""
    edges = np.empty_like(inside)
    edges[:1] = inside[:1]
    np.not_equal(inside[1:], inside[:-1], out=edges[1:])
    at = np.flatnonzero(edges)
    return np.ascontiguousarray(at[0::2]), np.ascontiguousarray(at[1::2])


def between(at: Integers, size: Integers | int = 1) -> tuple[Integers, Integers]:
    """Where the pieces between separators begin, and where they end. at: of each separator. size: its bytes."""
    return np.concatenate([np.zeros(1, np.int64), (at + size)])[:-1], at


def lay_out(texts: Sequence[str]) -> Texts:
    """The texts of Python strings."""
    lines = [text.encode() + b"\n" for text in texts]
    starts = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    return Texts(np.frombuffer(b"".join(lines) + b"\n" * _PAD, dtype=np.uint8), starts)


def chunks(data: Bytes, starts: Integers) -> Iterator[tuple[slice, Texts]]:
    """Texts a chunk at a time, each with which rows they are of.

    A text longer than a chunk is cut every so many bytes of its own, so that it counts the same wherever it stands. data:
    texts that each end with a line end, from starts[0] to starts[-1].
    """
    first, rows = 0, len(starts) - 1
    while first < rows:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + CHUNK, side="right")) - 1)
        for low in range(int(starts[first]), int(starts[last]), CHUNK):
            up = min(low + CHUNK, int(starts[last]))
            padded = np.full(up - low + _PAD, ord("\n"), dtype=np.uint8)
            padded[:-_PAD] = data[low:up]
            within = np.clip(starts[first : last + 1], low, up) - low
            yield slice(first, last), Texts(padded, within)
        first = last
