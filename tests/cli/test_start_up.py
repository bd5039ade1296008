"""Start-up time is decided by imports: what must not be loaded is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("duckdb", "numpy", "scipy", "pyarrow", "rich", "pydantic", "yaml", "jinja2")


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "provenance_audit", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}


def test_version_loads_nothing() -> None:
    assert not loaded("--version") & {*HEAVY, "typer"}


def test_help_loads_no_engine_and_no_rich() -> None:
    assert not loaded("--help") & set(HEAVY)


@pytest.mark.parametrize("module", ["scipy", "pyarrow", "rich", "jinja2"])
def test_a_scan_in_a_pipe_loads_only_what_it_needs(module: str, rows: Path) -> None:
    assert module not in loaded("scan", str(rows), "--student", "google/gemma-2-9b-it")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, provenance_audit; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)
