"""Where the policy of a run lies: in the working directory or above it, up to the root of the repository; the first that is
there, alone.

Outside a repository only the working directory is looked at, so that nobody else's file in a parent decides.
"""

from __future__ import annotations

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


def inside_dataset(policy: Path, paths: Sequence[str]) -> str | None:
    """The dataset, among the directories that were named, in which a policy lies. Data must not judge itself."""
    place = policy.resolve()
    for name in paths:
        folder = Path(name)
        if "://" not in name and folder.is_dir() and place.is_relative_to(folder.resolve()):
            return name
    return None


def beside_dataset(policy: Path, paths: Sequence[str]) -> str | None:
    """A file of the dataset, as named, that lies in the directory of a policy."""
    folder = policy.resolve().parent
    return next(
        (name for name in paths if "://" not in name and Path(name).resolve().parent == folder),
        None,
    )
