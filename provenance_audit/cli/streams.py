"""Standard output whose reader may have left, and whose disk may be full."""

from __future__ import annotations

import os
from typing import IO, Any

from provenance_audit.errors import UsageError


class ClosedPipes:
    """A stream that goes on when its reader has left (`paudit scan … | head`), so that the exit code stays the verdict's."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As the stream's; into nothing once the reader has left. Raises UsageError where it cannot be written to."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """As the stream's."""
        self._try(self._stream.flush)

    def _try(self, work: Any) -> None:
        try:
            work()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise UsageError(
                f"standard output cannot be written: {reason}", remedy="write to a file: -o json=FILE"
            ) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
