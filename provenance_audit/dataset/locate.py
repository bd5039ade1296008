"""What a user named, as files to read: here or remote, unpacked where the engine cannot read them as they lie."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from provenance_audit.database import MEMORY_LIMIT, Connection, open_engine
from provenance_audit.dataset import files, remote
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.unpack import unpack


@dataclass(frozen=True, slots=True)
class Located:
    """The files of one side that can be opened, and those that already could not."""

    files: tuple[DataFile, ...] = ()
    damaged: tuple[Damage, ...] = ()

    @property
    def every(self) -> tuple[DataFile, ...]:
        """All of them, as the user knows them."""
        return (*self.files, *(one.file for one in self.damaged))


def locate(paths: Sequence[str], scratch: Path) -> Located:
    """Find files, directories, patterns and URIs. scratch: a directory for what must be rewritten; the caller removes it."""
    here = files.find([name for name in paths if not remote.is_remote(name)])
    there = [file for name in paths if remote.is_remote(name) for file in remote.find(name)]
    return Located(*unpack((*here, *there), scratch))


def engine_for(
    located: Sequence[DataFile], *, memory: str = MEMORY_LIMIT, threads: int | None = None
) -> AbstractContextManager[Connection]:
    """An engine that can read these files, here and remote, and nothing else."""
    return open_engine(
        [file.read_path for file in located],
        filesystems=remote.filesystems(located),
        memory=memory,
        threads=threads,
    )
