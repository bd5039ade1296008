"""Rewrites the few files that the engine cannot read where they lie: a byte order mark, bzip2, the members of a tar.

Each goes into a scratch directory as a stream; nothing is unpacked under a name that an archive chose.
"""

from __future__ import annotations

import bz2
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from provenance_audit.dataset import columnar, tars, zstd
from provenance_audit.dataset.containers import ipc
from provenance_audit.dataset.containers.base import RECORD_LIMIT
from provenance_audit.dataset.damage import Damage, oversized
from provenance_audit.dataset.files import BYTE_ORDER_MARK, WHOLE, Container, DataFile
from provenance_audit.dataset.streams import plain

# A file that unpacks to more than this many times its size, and to more than this many bytes, is a bomb.
RATIO_LIMIT = 200
UNPACKED_AT_LEAST = 256 * 1024 * 1024
# What Git leaves in the place of a large file.
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
LFS_BYTES = 1024
# What gzip can make of one byte, at most.
GZIP_RATIO = 1032
# A compressed batch of Arrow is unpacked in memory as a whole.
BATCH_LIMIT = 1024 * 1024 * 1024
_CHUNK = 1024 * 1024


class _RefusedError(Exception):
    """The file is not what an honest one would be, or lies where it is not read."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def unpack(files: Sequence[DataFile], scratch: Path) -> tuple[tuple[DataFile, ...], tuple[Damage, ...]]:
    """The files as the engine can open them, and those that could not be rewritten, each with the reason."""
    scratch.mkdir(parents=True, exist_ok=True)
    ready: list[DataFile] = []
    damaged: list[Damage] = []
    for number, file in enumerate(files):
        try:
            ready.append(_by_line(_unpacked(file, scratch / str(number)), scratch / f"{number}.jsonl"))
        except columnar.OversizedError:
            damaged.append(oversized(file))
        except _RefusedError as error:
            damaged.append(Damage(file, str(error), None, error.remedy))
        except EOFError:
            damaged.append(
                Damage(file, "the compressed stream ends early", None, "copy or download it again")
            )
        except (tars.ArchiveError, ValueError) as error:
            damaged.append(Damage(file, str(error), None, "copy or download it again"))
        except zlib.error as error:
            damaged.append(
                Damage(file, f"not a whole gzip file ({error})", None, "copy or download it again")
            )
        except FileNotFoundError:
            damaged.append(Damage(file, "a link to a file that is not there", None, "download it again"))
        except OSError as error:
            damaged.append(Damage(file, f"cannot be read: {error.strerror or error}", None, "check the file"))
    return tuple(ready), tuple(damaged)


def _unpacked(file: DataFile, target: Path) -> DataFile:
    if file.remote:
        if file.container in (Container.WEBDATASET, Container.ARROW) or file.path.endswith(".bz2"):
            raise _RefusedError(
                "it is remote, and such a file is only read where it lies on disk", "download it"
            )
        return file
    source = Path(file.read_path)
    if file.bytes < LFS_BYTES and source.read_bytes().startswith(LFS_POINTER):
        raise _RefusedError("a pointer of Git LFS, not the file itself", "fetch the file: git lfs pull")
    packing = source.suffix.lower()
    if packing == ".zst" and zstd.most_unpacked(source) > _unpacked_at_most(file.bytes):
        _measure(source, file.bytes)
    if (
        packing == ".gz"
        and file.bytes * GZIP_RATIO > UNPACKED_AT_LEAST
        and file.container is not Container.WEBDATASET
    ):
        _measure(source, file.bytes)
    if file.container is Container.ARROW and file.bytes:
        _refuse_arrow(source, file.bytes)
    if file.container is Container.WEBDATASET:
        target = target.with_suffix(".json")
        with target.open("wb") as stream:
            _members(file, stream)
    elif source.suffix.lower() == ".bz2":
        target = target.with_suffix(Path(source.stem).suffix or ".jsonl")
        with bz2.open(source) as packed, target.open("wb") as stream:
            _copy(packed, stream, file.bytes)
    elif file.container not in WHOLE and source.suffix.lower() not in (".gz", ".zst") and _marked(source):
        target = target.with_suffix(source.suffix)
        with source.open("rb") as marked, target.open("wb") as stream:
            marked.seek(len(BYTE_ORDER_MARK))
            shutil.copyfileobj(marked, stream)
    else:
        return file
    return replace(file, read_path=str(target))


def _by_line(file: DataFile, target: Path) -> DataFile:
    """A JSON file that is one object of columns, as lines; any other as it is."""
    if file.remote or file.container is not Container.JSON:
        return file
    with plain(Path(file.read_path)) as source:
        if not columnar.by_line(source, target, RECORD_LIMIT):
            return file
    return replace(file, container=Container.JSON_COLUMNS, read_path=str(target))


def _refuse_arrow(source: Path, packed: int) -> None:
    try:
        found = ipc.unpacked(source)
    except EOFError:
        raise ValueError("not a whole Arrow file (it ends before its end mark)") from None
    _refuse_bomb(found.total, packed)
    if found.largest > BATCH_LIMIT:
        limit = f"{BATCH_LIMIT // 2**30} GiB"
        raise _RefusedError(f"a batch of it unpacks to more than {limit}", "write it in smaller batches")


def _measure(source: Path, packed: int) -> None:
    """Unpack a file, keeping nothing, as far as it may be a bomb: some tell their size wrongly, or not at all."""
    unpacked = 0
    with plain(source) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            _refuse_bomb(unpacked, packed)


def _unpacked_at_most(packed: int) -> int:
    return max(UNPACKED_AT_LEAST, RATIO_LIMIT * packed)


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > _unpacked_at_most(packed):
        raise _RefusedError(
            f"it unpacks to more than {RATIO_LIMIT} times its size",
            "leave it out, unless you know where it comes from",
        )


def _members(file: DataFile, target: IO[bytes]) -> None:
    """The `.json` members of a WebDataset tar, one after the other; compression of the archive is undone."""
    written = 0
    for member in tars.members(file.read_path):
        written += _copy(member, target, file.bytes, written)
        target.write(b"\n")


def _copy(source: IO[bytes] | tars.Member, target: IO[bytes], packed: int, written: int = 0) -> int:
    """Copies a stream and returns its bytes; stops where it grows beyond reason."""
    copied = 0
    while chunk := source.read(_CHUNK):
        copied += len(chunk)
        _refuse_bomb(written + copied, packed)
        target.write(chunk)
    return copied


def _marked(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK
