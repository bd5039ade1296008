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


@pytest.mark.parametrize("module", ["scipy", "pyarrow", "rich", "jinja2", "yaml"])
def test_a_scan_in_a_pipe_loads_only_what_it_needs(module: str, rows: Path) -> None:
    assert module not in loaded("scan", str(rows), "--student", "google/gemma-2-9b-it")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, provenance_audit; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)


SPY = """
import sys
def spy(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        print("network:", event, file=sys.stderr)
sys.addaudithook(spy)
sys.argv = ["paudit", *sys.argv[1:]]
from provenance_audit.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "{rows}", "--student", "google/gemma-2-9b-it", "--teacher", "meta-llama/Llama-3.1-8B"),
        ("inspect", "{rows}"),
        ("doctor", "{rows}"),
        ("lineage", "show", "{rows}"),
        ("models", "show", "acme/not-in-the-registry"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_goes_over_the_network_unless_asked(arguments: tuple[str, ...], rows: Path) -> None:
    done = spied_on(*(one.format(rows=rows) for one in arguments))
    assert "network:" not in done.stderr
    assert done.returncode in (0, 1, 3), done.stderr


def test_what_is_asked_of_the_network_would_be_seen() -> None:
    assert "network:" in spied_on("inspect", "https://127.0.0.1:9/rows.jsonl").stderr


def spied_on(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SPY, *arguments], capture_output=True, text=True, check=False
    )
