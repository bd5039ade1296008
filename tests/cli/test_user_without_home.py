"""A container may run as a number that no user has: without a home there is no cache, and everything else."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("no_cache", ["0", "1"])
def test_a_user_without_a_home_can_scan(
    here: Run, rows: Path, monkeypatch: pytest.MonkeyPatch, no_cache: str
) -> None:
    def nobody(_: int) -> pwd.struct_passwd:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    done = here("scan", rows, "--student", "Qwen/Qwen2.5-7B", env={"PAUDIT_NO_CACHE": no_cache})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("REVIEW  ")
    assert not (rows.parent / "~").exists()
