"""One JSON object of columns, rewritten as a record per line: the engine would hold such a file in memory several times.

Two shapes: lists of one length (`Dataset.to_dict`), and pandas' objects keyed by row, of which the values count, in
order. A column at a time is written to a file of its own, a value per line; then the files are read side by side.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

_SPACE = re.compile(r"[ \t\n\r]*")
_BREAK = re.compile(r"[\n\r]")
_CHUNK = 1024 * 1024
_DECODER = json.JSONDecoder()
# Of these a file is a record, not a column.
_OF_A_RECORD = ("messages", "conversations")
COLUMNS_AT_MOST = 1_000


class OversizedError(Exception):
    """A value is over the limit of a record."""


def by_line(source: IO[bytes], target: Path, limit: int) -> bool:
    """Write the rows of an object of columns, if the source is one; otherwise nothing is left behind.

    limit: bytes a value may have. Raises OversizedError where one has more, ValueError where the file, far into its columns,
    is no longer JSON.
    """
    text = _Text(source, limit)
    parts: list[tuple[str, Path]] = []
    try:
        lengths = {_column(text, target, parts, number) for number in _members(text)}
        whole = text.at_end() and len(lengths) == 1 and lengths != {0}
        if whole:
            _side_by_side(parts, target)
        return whole
    except _OtherError:
        return False
    except (RecursionError, ValueError) as error:
        if text.read < 2 * limit:
            return False  # whatever it is, it is small: the engine says what is wrong with it
        raise ValueError(f"not valid JSON ({error})") from error
    finally:
        for _, path in parts:
            path.unlink(missing_ok=True)


class _OtherError(Exception):
    """The file is JSON of another shape."""


def _members(text: _Text) -> Iterator[int]:
    """The number of each member of the object; the caller reads its name and value."""
    if not text.take("{"):
        raise _OtherError
    for number in range(COLUMNS_AT_MOST):
        yield number
        if not text.take(","):
            break
    if not text.take("}"):
        raise _OtherError


def _column(text: _Text, target: Path, parts: list[tuple[str, Path]], number: int) -> int:
    """Write the values of one column, one in a line; returns how many they are."""
    name = text.value()
    text.take(":")
    keyed = text.take("{")
    if name.strip('"') in _OF_A_RECORD or not (keyed or text.take("[")):
        raise _OtherError
    path = target.with_name(f"{target.name}.{number}")
    parts.append((name, path))
    count = 0
    closing = "}" if keyed else "]"
    with path.open("w", encoding="utf-8") as stream:
        while not text.take(closing):
            if count and not text.take(","):
                raise ValueError("no comma between two values")
            if keyed:
                text.value()
                text.take(":")
            value = text.value()
            stream.write(json.dumps(json.loads(value)) if _BREAK.search(value) else value)
            stream.write("\n")
            count += 1
    return count


def _side_by_side(parts: list[tuple[str, Path]], target: Path) -> None:
    with ExitStack() as stack:
        streams = [stack.enter_context(path.open("rb")) for _, path in parts]
        rows = stack.enter_context(target.open("wb"))
        names = [f"{name}: ".encode() for name, _ in parts]
        for values in zip(*streams, strict=True):
            cells = (name + value[:-1] for name, value in zip(names, values, strict=True))
            rows.write(b"{" + b", ".join(cells) + b"}\n")


class _Text:
    """JSON text, read as far as it is needed. `read` is how many characters that was."""

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._source = source
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._buffer = ""
        self._place = 0
        self._ended = False
        self.read = 0

    def take(self, character: str) -> bool:
        """Go over a character, if it is the next after any space."""
        found = self._next() == character
        self._place += found
        return found

    def value(self) -> str:
        """Go over a value; returns it as it is written."""
        self._next()
        size = _CHUNK
        while True:
            try:
                _, end = _DECODER.raw_decode(self._buffer, self._place)
                # A number may go on behind the buffer's end.
                if end < len(self._buffer) or self._ended:
                    break
            except ValueError:
                if self._ended:
                    raise
            if len(self._buffer) - self._place > self._limit:
                raise OversizedError
            self._more(size)
            size *= 2
        text = self._buffer[self._place : end]
        if len(text) > self._limit:
            raise OversizedError
        self._place = end
        return text

    def at_end(self) -> bool:
        """Whether only space is left."""
        return self._next() == ""

    def _next(self) -> str:
        while True:
            self._place = _SPACE.match(self._buffer, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._buffer) or self._ended:
                return self._buffer[self._place : self._place + 1]
            self._more(_CHUNK)

    def _more(self, size: int) -> None:
        content = self._source.read(size)
        self._ended = not content
        text = self._decoder.decode(content, final=self._ended)
        self.read += len(text)
        self._buffer = self._buffer[self._place :] + text
        self._place = 0
