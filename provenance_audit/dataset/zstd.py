"""The frames of a Zstandard file, by their headers (RFC 8878): whether it is whole, and how much it may unpack to.

The engine takes a file cut between two blocks for a whole one. Walking the headers unpacks nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

_MAGIC = 0xFD2FB528
_SKIPPABLE = 0x184D2A50
_LARGEST_BLOCK = 128 * 1024
_REPEATED, _RESERVED = 1, 3


def most_unpacked(path: Path) -> int:
    """The bytes that a file unpacks to at most.

    Raises EOFError for a file that is cut, ValueError for one that is no Zstandard file.
    """
    size = path.stat().st_size
    total = 0
    with path.open("rb") as stream:
        while stream.tell() < size:
            magic = _number(stream, 4)
            if magic & 0xFFFFFFF0 == _SKIPPABLE:
                stream.seek(_number(stream, 4), os.SEEK_CUR)
            elif magic == _MAGIC:
                total += _frame(stream)
            else:
                raise ValueError("not a Zstandard file")
            if stream.tell() > size:
                raise EOFError
    return total


def _frame(stream: IO[bytes]) -> int:
    """Go to the end of a frame; returns what its blocks unpack to at most."""
    descriptor = _number(stream, 1)
    single = bool(descriptor & 0x20)
    stated = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
    stream.seek((0 if single else 1) + (0, 1, 2, 4)[descriptor & 3] + stated, os.SEEK_CUR)
    total = 0
    last = False
    while not last:
        header = _number(stream, 3)
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        if kind == _RESERVED:
            raise ValueError("not a whole Zstandard file (a block of no known kind)")
        total += _LARGEST_BLOCK if kind > _REPEATED else size
        stream.seek(1 if kind == _REPEATED else size, os.SEEK_CUR)
    stream.seek(4 if descriptor & 4 else 0, os.SEEK_CUR)
    return total


def _number(stream: IO[bytes], size: int) -> int:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return int.from_bytes(found, "little")
