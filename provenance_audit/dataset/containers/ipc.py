"""The messages of an Arrow file or stream, by their headers: whether it is whole, and what it unpacks to.

pyarrow takes a stream cut between two batches for a whole one, and unpacks a batch before it says how large it is. The
layout is that of Arrow's columnar format: headers are FlatBuffers, and a compressed buffer begins with its own length.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

FILE_MAGIC = b"ARROW1"
SCHEMA_LIMIT = 16 * 1024 * 1024
_CONTINUED = 0xFFFFFFFF
_DICTIONARY, _BATCH = 2, 3
_STORED = -1


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What is unpacked to read a file, in bytes: in all, and the largest batch. What is not compressed counts for nothing."""

    total: int
    largest: int


def unpacked(path: Path) -> Unpacked:
    """Walk a file's messages. Raises EOFError for one that is cut, ValueError for one that is no Arrow file."""
    with path.open("rb") as stream:
        try:
            walk = _blocks(stream) if stream.read(len(FILE_MAGIC)) == FILE_MAGIC else _messages(stream)
            sizes = [_unpacked(stream, header, body) for header, body in walk]
        except (struct.error, IndexError, OverflowError) as error:
            raise ValueError("not a whole Arrow file (a header that is none)") from error
    return Unpacked(sum(sizes), max(sizes, default=0))


def schema_message(path: Path) -> bytes:
    """The header of the first message, which is the schema: the same in files of one writer. Nothing, if it has none."""
    try:
        with path.open("rb") as stream:
            stream.seek(8 if stream.read(len(FILE_MAGIC)) == FILE_MAGIC else 0)
            length = _number(stream)
            if length == _CONTINUED:
                length = _number(stream)
            return _exactly(stream, length) if length <= SCHEMA_LIMIT else b""
    except (OSError, EOFError):
        return b""


def _messages(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Header of each message of a stream, and the place of its body; to the mark of the stream's end."""
    size = stream.seek(0, os.SEEK_END)
    place = 0
    while True:
        stream.seek(place)
        length = _number(stream)
        if length == _CONTINUED:
            length = _number(stream)
        if length == 0:
            return
        if length > size:
            raise ValueError("not an Arrow file")
        header = _exactly(stream, length)
        body = stream.tell()
        place = body + _Table.root(header).number(3, "q")
        if not body <= place <= size:
            raise EOFError
        yield header, body


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Header of each message that a file's footer lists, and the place of its body."""
    tail = struct.calcsize("<i") + len(FILE_MAGIC)
    end = stream.seek(0, os.SEEK_END) - tail
    stream.seek(max(end, 0))
    length, magic = struct.unpack(f"<i{len(FILE_MAGIC)}s", _exactly(stream, tail))
    if magic != FILE_MAGIC or not 0 < length <= end:
        raise EOFError
    stream.seek(end - length)
    footer = _Table.root(_exactly(stream, length))
    for field in (2, 3):
        for offset, header_length, _ in footer.structs(field, "<qi4xq"):
            _seek(stream, offset)
            yield (
                _exactly(stream, header_length)[8 if _continued(stream, offset) else 4 :],
                offset + header_length,
            )


def _continued(stream: IO[bytes], offset: int) -> bool:
    _seek(stream, offset)
    return _number(stream) == _CONTINUED


def _unpacked(stream: IO[bytes], header: bytes, body: int) -> int:
    """What the compressed buffers of one message unpack to."""
    message = _Table.root(header)
    kind = message.number(1, "B")
    if kind not in (_DICTIONARY, _BATCH):
        return 0
    batch = message.table(2)
    if kind == _DICTIONARY:
        batch = batch.table(1)
    if not batch.has(3):
        return 0
    total = 0
    for offset, length in batch.structs(2, "<qq"):
        if length:
            _seek(stream, body + offset)
            (size,) = struct.unpack("<q", _exactly(stream, 8))
            if size < _STORED:
                raise ValueError("not a whole Arrow file (a length below nothing)")
            total += max(size, 0)
    return total


class _Table:
    """A FlatBuffers table, read by the numbers of its fields."""

    def __init__(self, content: bytes, place: int) -> None:
        self._content = content
        self._place = place
        self._fields = place - self._at(place, "i")

    @classmethod
    def root(cls, content: bytes) -> _Table:
        return cls(content, struct.unpack_from("<I", content)[0])

    def has(self, field: int) -> bool:
        return self._where(field) is not None

    def number(self, field: int, layout: str) -> int:
        place = self._where(field)
        return 0 if place is None else self._at(place, layout)

    def table(self, field: int) -> _Table:
        return _Table(self._content, self._target(field))

    def structs(self, field: int, layout: str) -> Iterator[tuple[Any, ...]]:
        if self.has(field):
            place = self._target(field)
            count = self._at(place, "I")
            size = struct.calcsize(layout)
            for number in range(count):
                yield struct.unpack_from(layout, self._content, place + 4 + number * size)

    def _where(self, field: int) -> int | None:
        entry = 4 + 2 * field
        offset = self._at(self._fields + entry, "H") if entry < self._at(self._fields, "H") else 0
        return self._place + offset if offset else None

    def _target(self, field: int) -> int:
        place = self._where(field)
        if place is None:
            raise IndexError(field)
        return place + self._at(place, "I")

    def _at(self, place: int, layout: str) -> int:
        if place < 0:
            raise IndexError(place)
        return int(struct.unpack_from("<" + layout, self._content, place)[0])


def _seek(stream: IO[bytes], place: int) -> None:
    if not 0 <= place < 2**43:
        raise IndexError(place)
    stream.seek(place)


def _number(stream: IO[bytes]) -> int:
    return int.from_bytes(_exactly(stream, 4), "little")


def _exactly(stream: IO[bytes], size: int) -> bytes:
    if size < 0:
        raise IndexError(size)
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
