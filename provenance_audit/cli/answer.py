"""A report for a request: from an answer that still holds, or from the data; within the time that it may take."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

from provenance_audit.cli.signals import MOMENT, importing
from provenance_audit.errors import LimitError, UsageError

if TYPE_CHECKING:
    from provenance_audit.cache import Cache
    from provenance_audit.findings import Report
    from provenance_audit.request import Request

_UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass
class Answer:
    """A report, and what remains to be done once it is written: to keep what was observed."""

    report: Report
    keep: Callable[[], None] = field(default=lambda: None)


def answer(
    request: Request,
    stage: Callable[[str], None],
    cache: Cache | None,
    *,
    accept: Callable[[str], bool] = lambda at: True,
) -> Answer:
    """The report. What the network says is never taken from the cache, nor kept in it.

    accept: whether an answer will do that was observed by the run that started then.
    """
    from provenance_audit.audit import conclude, observe, prepared
    from provenance_audit.dataset.remote import is_remote

    began, began_ns = time.perf_counter(), time.time_ns()
    request = prepared(request)
    named = (*request.paths, *request.control, *request.raw, *request.rejects, *request.positive)
    local = not request.online and not any(is_remote(path) for path in named)
    # A look of a sequence is a new one each time.
    if cache is None or not local or request.sequential is not None:
        return Answer(conclude(request, observe(request, stage), began=began))
    from provenance_audit.cache import names_of, places, watching

    identity: dict[str, Any] = request.identity
    known = cache.recall(identity)
    if known is not None and accept(known.at):
        return Answer(conclude(request, known, began=began, cached=True))
    with watching() as seen:
        observed = observe(request, stage)
    # What the engine alone opens is known by name.
    inputs = (*named, *request.config, *request.registry, *(one.path for one in observed.inputs))
    read = places(seen, {*names_of(observed), *inputs})
    return Answer(
        conclude(request, observed, began=began), lambda: cache.keep(identity, observed, read, began_ns)
    )


def seconds_of(text: str | None) -> float | None:
    """`90s`, `10m`, `2h`, or seconds. Raises UsageError."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if match is None or float(match[1]) == 0:
        raise UsageError(f"--timeout {text} is no time", remedy="--timeout 10m")
    return float(match[1]) * _UNITS[match[2] or "s"]


@contextmanager
def deadline(seconds: float | None, said: str | None) -> Iterator[None]:
    """Ends with LimitError (exit 3) what takes longer. Only where there are signals, in the main thread."""
    if (
        seconds is None
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def over(_: int, frame: FrameType | None) -> None:
        if importing(frame):
            signal.setitimer(signal.ITIMER_REAL, MOMENT)
            return
        raise LimitError(
            f"the scan took longer than the {said} that it may take", remedy="allow more: --timeout 1h"
        )

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
