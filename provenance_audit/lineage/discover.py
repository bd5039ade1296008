"""Where lineage lies without being asked for: beside the data, in a training configuration, in the directories of models.

What lies beside the data may say who made it, and what models came from; who the student is, is for the user to say, or
for a configuration that the user names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance_audit.errors import UsageError
from provenance_audit.lineage.assertion import Assertion, Predicate
from provenance_audit.lineage.documents import Unread
from provenance_audit.lineage.readers import read_documents, training

SIDECARS_AT_MOST = 200
_SUFFIXES = (".yaml", ".yml", ".json", ".md")
_OURS = ("paudit.lineage.yaml", "paudit.lineage.lock.json")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What documents state. local: names that are directories or files on disk; unread: documents that could not be read."""

    assertions: tuple[Assertion, ...] = ()
    local: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()


def found_beside(files: Sequence[object], configs: Sequence[str], names: Sequence[str]) -> Evidence:
    """Read the configurations that are named, the directories that models are named by, and the sidecars of data files.

    files: of the dataset, each with a `path` (remote ones are passed over). Raises UsageError (exit 2) for a configuration
    that cannot be read, or says nothing.
    """
    stated = list(_configured(configs))
    local = tuple(name for name in dict.fromkeys(names) if _is_place(name))
    models, unread = read_documents(local)
    beside, broken = read_documents(_sidecars(files))
    stated += models
    stated += [
        one for one in beside if one.predicate is not Predicate.STUDENT and one.source != training.SOURCE
    ]
    return Evidence(tuple(dict.fromkeys(stated)), local, (*unread, *broken))


def _configured(paths: Sequence[str]) -> Iterator[Assertion]:
    for path in paths:
        if not Path(path).is_file():
            raise UsageError(f"--config {path} is no file", remedy="check the path")
        stated, unread = read_documents([path])
        if unread:
            raise UsageError(f"--config {path} cannot be read: {unread[0].reason}", remedy="correct the file")
        if not any(one.predicate in (Predicate.STUDENT, Predicate.MAKER) for one in stated):
            raise UsageError(
                f"--config {path} names neither a student nor a teacher",
                remedy="give a training configuration: Axolotl, LLaMA-Factory, TRL, torchtune, or a job's JSON",
            )
        yield from stated


def _is_place(name: str) -> bool:
    try:
        path = Path(name)
        return path.is_dir() or (path.suffix in (".gguf", ".safetensors") and path.is_file())
    except (OSError, ValueError):
        return False


def _sidecars(files: Sequence[object]) -> list[str]:
    """Documents in the directories of the data, and of a dataset repository whose rows are in `data/`."""
    rows = {os.path.realpath(str(getattr(file, "path", ""))) for file in files}
    folders: dict[Path, None] = {}
    for file in files:
        path = str(getattr(file, "path", ""))
        if "://" not in path:
            folder = Path(path).parent
            folders[folder] = None
            if folder.name == "data":
                folders[folder.parent] = None
    found = [
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in _SUFFIXES
        and path.name not in _OURS
        and path.is_file()
        and os.path.realpath(path) not in rows
    ]
    return [str(path) for path in found[:SIDECARS_AT_MOST]]
