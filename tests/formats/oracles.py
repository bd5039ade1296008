"""Tools that judge a format and were not written here. Where one is missing a test is skipped, but never in CI."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

NPM = Path(__file__).parent / "npm"


def from_npm(path: str) -> Path:
    """A file of a package of `npm/package.json`."""
    place = NPM / "node_modules" / path
    if not place.exists():
        _missing(f"{path} is not installed: npm ci --prefix {NPM}")
    return place


def program(*names: str) -> str:
    """The first of these programs that is installed."""
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return found
    return _missing(f"none of {', '.join(names)} is installed: apt-get install {names[0]}")


def from_pypi(name: str) -> str:
    """A program of the `dev` extra, beside the Python that runs the tests."""
    found = Path(sys.executable).parent / name
    return str(found) if found.exists() else _missing(f"{name} is not installed: pip install -e '.[dev]'")


def _missing(reason: str) -> str:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
