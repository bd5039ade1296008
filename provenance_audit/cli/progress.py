"""What a scan is doing, on stderr: on a terminal once it takes over a second, else one line a minute."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

PATIENCE = 1.0
TICK = 0.2
QUIET_TICK = 60.0


class Progress:
    """Call it with the name of a stage. Writes nothing for a quick run."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._terminal = sys.stderr.isatty()
        self._stage = "starting"
        self._began = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)
        self._shown = 0

    def __call__(self, stage: str) -> None:
        """Say which stage has begun."""
        self._stage = stage

    def __enter__(self) -> Progress:
        if self._enabled:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._enabled:
            self._thread.join()
            if self._shown and self._terminal:
                sys.stderr.write("\r" + " " * self._shown + "\r")
                sys.stderr.flush()

    def _show(self) -> None:
        if self._done.wait(PATIENCE if self._terminal else QUIET_TICK):
            return
        while True:
            line = f"paudit: {self._stage}, {time.monotonic() - self._began:.0f} s"
            if self._terminal:
                sys.stderr.write("\r" + line.ljust(self._shown))
                self._shown = max(self._shown, len(line))
            else:
                sys.stderr.write(line + "\n")
            sys.stderr.flush()
            if self._done.wait(TICK if self._terminal else QUIET_TICK):
                return
