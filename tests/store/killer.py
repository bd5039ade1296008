"""Writers that are killed with SIGKILL at a random moment: `python -m tests.store.killer STORE REPORT KILLS`.

Prints how many were killed, and how many runs they had said to be kept. Each is forked, so that it writes from its start on.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import sys
import time
from pathlib import Path

from provenance_audit.store import save


def main(store: str, report: str, kills: str) -> int:
    made = pickle.loads(Path(report).read_bytes())
    began = time.monotonic()
    save(made, Path(store))
    once = time.monotonic() - began
    chance = random.Random(7)
    killed, said = 0, 1
    for _ in range(int(kills)):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            while True:
                save(made, Path(store))
                os.write(writer, b".")
        os.close(writer)
        time.sleep(chance.uniform(0.0, 1.2 * once))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        while dots := os.read(reader, 4096):
            said += len(dots)
        os.close(reader)
    print(killed, said)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
