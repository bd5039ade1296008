"""A process that keeps runs, for the tests of a store: `python -m tests.store.writer STORE REPORT COUNT [LIMIT]`.

REPORT: a pickled report of the test itself. Prints `saved RUN` after each run that is kept. LIMIT: bytes that a file may have.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from provenance_audit.errors import PauditError
from provenance_audit.store import save


def main(store: str, report: str, count: str, limit: str = "") -> int:
    made = pickle.loads(Path(report).read_bytes())
    print("ready", flush=True)
    if limit:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    for _ in range(int(count)):
        try:
            run = save(made, Path(store), document="{}")
        except PauditError as error:
            print(f"{type(error).__name__}: {error.message}", file=sys.stderr, flush=True)
            return error.exit_code
        print(f"saved {run}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
