"""When a signal may end a command: not while a library is loaded, since native code that is being set up cannot take an exception."""

from __future__ import annotations

from types import FrameType

# How long a signal waits before it is looked at again, in seconds.
MOMENT = 0.02


def importing(frame: FrameType | None) -> bool:
    """Whether an import is under way where a signal was caught."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
