"""Where the policy of a run lies: in the working directory or above it, up to the root of the repository; the first that is
there, alone.

Outside a repository only the working directory is looked at, so that nobody else's file in a parent decides. Data must not judge
itself: a policy that may have come with the data counts only if the user names it.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

NAMES = ("paudit.toml", ".paudit.toml")
PROJECT = "pyproject.toml"
_ROOTS = (".git", ".hg", ".jj")


def repository_root(start: Path) -> Path | None:
    """The nearest directory, from `start` up, that is the root of a repository."""
    start = start.resolve()
    return next(
        (folder for folder in (start, *start.parents) if any((folder / name).exists() for name in _ROOTS)),
        None,
    )


def places(start: Path) -> Iterator[Path]:
    """Every directory that is looked at, in order."""
    start = start.resolve()
    root = repository_root(start)
    for folder in (start, *start.parents):
        yield folder
        if root is None or folder == root:
            return


def candidates(start: Path) -> Iterator[Path]:
    """Every file that would be the policy, in order; `pyproject.toml` only if it has the table."""
    for folder in places(start):
        for name in (*NAMES, PROJECT):
            if (folder / name).exists():
                yield folder / name


def came_with(policy: Path, paths: Sequence[str]) -> str | None:
    """The dataset, as it is named, that a policy may have come with: a directory that it lies in, or a file that it lies beside.

    Links count as where they are and as where they lead.
    """
    homes = _both(policy.parent) | {policy.resolve().parent}
    for name in paths:
        if "://" in name:
            continue
        if Path(name).is_dir():
            if any(home.is_relative_to(folder) for home in homes for folder in _both(Path(name))):
                return name
        elif any(folder in homes for folder in _folders(name)):
            return name
    return None


def _folders(name: str) -> Iterator[Path]:
    """The directories of the files that a path, or a pattern, names."""
    seen: set[str] = set()
    for match in [name] if Path(name).exists() else glob.iglob(name, recursive=True):  # noqa: PTH207
        folder = os.path.dirname(match)  # noqa: PTH120  (a pattern may match a million files)
        if folder not in seen:
            seen.add(folder)
            yield from _both(Path(folder))
        if os.path.islink(match):  # noqa: PTH114
            yield Path(match).resolve().parent


def _both(folder: Path) -> set[Path]:
    """A directory as it is written, and as it is without links."""
    return {Path(os.path.abspath(folder)), folder.resolve()}  # noqa: PTH100
