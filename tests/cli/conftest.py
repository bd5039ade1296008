from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def paudit(tmp_path: Path) -> Run:
    """The command as users run it: another process, in an empty directory."""

    def run(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "provenance_audit", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The same command in this process, which is several times quicker: for tables of many cases."""
    from provenance_audit.cli.app import run as command

    def run(
        *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        words = [str(one) for one in arguments]
        with monkeypatch.context() as patched:
            patched.chdir(cwd or tmp_path)
            for name, value in (env or {}).items():
                patched.setenv(name, value)
            capfd.readouterr()
            code = command(words)
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(words, code, out, err)

    return run


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A small dataset that names its maker, in a directory of its own: a policy beside it would not count."""
    (tmp_path / "data").mkdir()
    return write_rows(tmp_path / "data")


def write_rows(folder: Path) -> Path:
    """Sixty rows of one maker, the same each time."""
    path = folder / "rows.jsonl"
    lines = [
        json.dumps(
            {
                "prompt": f"continue {n}",
                "completion": f"{n}, {n + 1}, {n + 2}",
                "teacher": "google/gemma-2-9b",
            }
        )
        for n in range(100, 160)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
