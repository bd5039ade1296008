"""pyproject.toml promises DuckDB 1.5: what reads and counts rows does the same with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
READING = ("tests/dataset/test_schemas.py", "tests/dataset/test_caps.py", "tests/checks/test_fixtures.py")


def test_rows_are_read_and_counted_alike_by_the_oldest_engine(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    engine = next(one for one in project["dependencies"] if one.startswith("duckdb"))
    oldest = engine.removeprefix("duckdb>=").split(",")[0]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", tmp_path, f"duckdb~={oldest}.0"],
        check=True,
    )  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    used = subprocess.run(
        [sys.executable, "-c", "import duckdb; print(duckdb.__version__)"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert used.stdout.startswith(oldest + ".")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", *READING],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
