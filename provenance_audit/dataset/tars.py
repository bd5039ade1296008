"""The `.json` members of a WebDataset tar, read as a stream to the archive's end."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Any


class ArchiveError(Exception):
    """The archive is not whole, or not what an honest one would be."""


class Member:
    """One member's name and content, which is read before the next is asked for."""

    def __init__(self, name: str, content: IO[bytes]) -> None:
        self.name = name
        self._content = content

    def read(self, size: int = -1) -> bytes:
        """So many bytes of it. Raises ArchiveError where the archive is broken."""
        with _naming([self.name]):
            return self._content.read(size)


def members(path: str) -> Iterator[Member]:
    """The `.json` members of an archive.

    Raises ArchiveError naming the member in or after which the archive is broken, or which points out of it.
    """
    seen: list[str] = []
    with _naming(seen), _opened(path) as archive:
        for member in archive:
            parts = PurePosixPath(member.name)
            if parts.is_absolute() or ".." in parts.parts:
                raise ArchiveError(f"the archive's member {member.name!r} points out of it")
            seen[:] = [member.name]
            content = archive.extractfile(member) if member.isfile() and parts.suffix == ".json" else None
            if content is not None:
                yield Member(member.name, content)


@contextmanager
def _naming(seen: list[str]) -> Iterator[None]:
    """Errors of the archive, by the last member seen."""
    try:
        yield
    except (tarfile.TarError, EOFError, OSError) as error:
        place = f"broken in or after its member {seen[0]!r}" if seen else "broken at its start"
        raise ArchiveError(f"not a whole tar archive ({place}: {error})") from error


class _Checked(tarfile.TarInfo):
    """A header that must be one: `tarfile` takes a broken header for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> _Checked:
        return _header(super().fromtarfile, tarfile)  # type: ignore[no-any-return]


def _header(read: Any, archive: tarfile.TarFile) -> Any:
    try:
        return read(archive)
    except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
        raise  # the end, as it is written
    except tarfile.HeaderError as error:
        raise tarfile.ReadError(str(error)) from error


@contextmanager
def _opened(path: str) -> Iterator[tarfile.TarFile]:
    if not path.lower().endswith(".zst"):
        with tarfile.open(path, "r|*", tarinfo=_Checked) as archive:
            yield archive
        return
    import pyarrow as pa

    with (
        pa.CompressedInputStream(path, "zstd") as stream,
        tarfile.open(fileobj=stream, mode="r|", tarinfo=_Checked) as archive,
    ):
        yield archive
