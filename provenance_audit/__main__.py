"""`paudit` and `python -m provenance_audit`. `--version` is answered before anything is imported."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line, and end with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from provenance_audit._version import __version__

        print(f"paudit {__version__}")
        sys.exit(0)
    import gc
    import signal

    # A scan makes few cycles and many objects that stay: to look for them as often as by default is for nothing.
    gc.set_threshold(1_000_000)
    # Until the commands are there to catch it, an interruption ends this process like any other: without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The matrices are small: a second BLAS thread only spins, and doubles the CPU time of a scan.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Nothing that others install into this environment listens to what is read. (To look for it takes a while, too.)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    from provenance_audit.cli.app import run

    code = run()
    # The process ends: what is left is the kernel's to clear, and not to be searched for cycles once more.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
