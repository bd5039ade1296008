"""Two writers at a time, killed with SIGKILL in turn: `python -m tests.store.killer STORE REPORT KILLS`.

Prints how many were killed, how many runs they had said to be kept, and how many of the killed held the store at that moment (0 where
that cannot be told). Each is forked, so that it writes from its start on.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from provenance_audit.store import save


class Writer:
    """A process that keeps run after run, and says so after each."""

    def __init__(self, report: Any, store: Path) -> None:
        self._store = store
        self._said, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            while True:
                save(report, store)
                os.write(writing, b".")
        os.close(writing)

    @property
    def holds(self) -> bool:
        """Whether it has the store open, as far as /proc tells."""
        folder = Path(f"/proc/{self.process}/fd")
        try:
            return any(str(one.readlink()).startswith(str(self._store)) for one in folder.iterdir())
        except OSError:
            return False

    def kill(self) -> tuple[bool, int]:
        """Whether it was the signal that ended it, and how many runs it had said to be kept."""
        os.kill(self.process, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        said = 0
        while dots := os.read(self._said, 4096):
            said += len(dots)
        os.close(self._said)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, said


def main(store: str, report: str, kills: str) -> int:
    made, place = pickle.loads(Path(report).read_bytes()), Path(store).resolve()
    began = time.monotonic()
    save(made, place)
    once = time.monotonic() - began
    chance = random.Random(7)
    killed, said, held = 0, 1, 0
    writers = [Writer(made, place), Writer(made, place)]
    for number in range(int(kills)):
        time.sleep(chance.uniform(0.0, 1.2 * once))
        # The one that writes, if one does: the other only waits for its turn.
        victim = next((one for one in writers if one.holds), writers[0])
        held += victim.holds
        dead, dots = victim.kill()
        killed, said = killed + dead, said + dots
        writers.remove(victim)
        if number < int(kills) - 2:
            writers.append(Writer(made, place))
    print(killed, said, held)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
