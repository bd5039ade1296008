"""A remote file as the engine reads it: several threads seek and read on one handle, and none may move another's place."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RangeHandle:
    """A file of which any range can be fetched from any thread.

    The engine seeks, then reads, in two calls: another thread may come between them. A place that a thread sought is
    therefore its own, for its next read. A read without one goes on where the last one ended, on whatever thread: so the
    engine reads a compressed file, one thread at a time.
    """

    closed = False

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        """fetch: the bytes from a start to an end. size: in bytes."""
        self.size = size
        self._fetch = fetch
        self._place = 0
        self._round = 0
        self._own = threading.local()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place: of the start (0), of the place (1), or of the end (2)."""
        place = offset + (0, self.tell(), self.size)[whence]
        self._own.sought = (self._round, place)
        self._place = place
        return place

    def tell(self) -> int:
        """The place of this thread's next read."""
        # What was sought before others went on in turn is no longer where to go on.
        turn, place = getattr(self._own, "sought", (-1, 0))
        return place if turn == self._round else self._place

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end."""
        start = self.tell()
        if getattr(self._own, "sought", (-1, 0))[0] != self._round:
            self._round += 1
        self._own.sought = (-1, 0)
        end = self.size if size < 0 else min(self.size, start + size)
        content = self._fetch(start, end) if start < end else b""
        self._place = start + len(content)
        return content

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def flush(self) -> None:
        """Nothing is written."""

    def close(self) -> None:
        """Nothing is held open but what the collector closes."""
        self.closed = True
