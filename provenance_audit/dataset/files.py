"""Finds the data files behind the paths that a user named, and says what container each one is."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePath

from provenance_audit.errors import MissingInputError, UnreadableError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# The engine decompresses the first two as it reads; the third is decompressed before.
COMPRESSIONS = (".gz", ".zst", ".bz2")

# Files that describe data or models; in a directory of data they are never rows.
SIDECARS = frozenset(
    [
        "adapter_config.json",
        "bom.json",
        "builder_config.json",
        "config.json",
        "croissant.json",
        "dataset_dict.json",
        "dataset_info.json",
        "dataset_infos.json",
        "filter_summary.json",
        "generation_config.json",
        "manifest.json",
        "metadata.json",
        "model.json",
        "package.json",
        "state.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
)
SIDECAR_ENDINGS = (
    ".cdx.json",
    ".spdx.json",
    ".intoto.json",
    ".sigstore.json",
    ".lock.json",
    "_model_info.json",
)


class Container(StrEnum):
    """How rows are stored."""

    PARQUET = "parquet"
    ARROW = "arrow"
    JSONL = "jsonl"
    JSON = "json"
    JSON_COLUMNS = "json by column"
    CSV = "csv"
    WEBDATASET = "webdataset"


SUFFIXES = {
    ".parquet": Container.PARQUET,
    ".pq": Container.PARQUET,
    ".arrow": Container.ARROW,
    ".feather": Container.ARROW,
    ".ipc": Container.ARROW,
    ".jsonl": Container.JSONL,
    ".ndjson": Container.JSONL,
    ".json": Container.JSON,
    ".csv": Container.CSV,
    ".tsv": Container.CSV,
    ".tar": Container.WEBDATASET,
}
JSON_CONTAINERS = (Container.JSONL, Container.JSON, Container.JSON_COLUMNS, Container.WEBDATASET)
# Containers that are never compressed as a whole.
WHOLE = (Container.PARQUET, Container.ARROW)
# In a directory the first kind that is there holds the rows: CSV and JSON lists beside Parquet describe it.
PRECEDENCE = (
    (Container.PARQUET, Container.ARROW, Container.JSONL, Container.WEBDATASET),
    (Container.CSV,),
    (Container.JSON,),
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of rows. `path` is what the user knows; `read_path` what the engine opens (a rewritten copy, where needed).

    etag: what pins a remote object, in place of a digest. root: the directory that the user named, and below which
    `key=value` directories are columns; what lies above it is the user's own order, and says nothing of rows.
    """

    path: str
    read_path: str
    container: Container
    bytes: int
    etag: str = ""
    root: str = ""

    @property
    def remote(self) -> bool:
        """Whether it lies in an object store, or behind a URL."""
        return "://" in self.path


def find(paths: Sequence[str]) -> tuple[DataFile, ...]:
    """The data files behind files, directories and glob patterns, in a stable order, each once.

    Raises MissingInputError for a path with nothing behind it, UnreadableError for a file that is no known container.
    """
    found: dict[str, DataFile] = {}
    folders: dict[str, str] = {}
    for name in paths:
        root = _root_of(name)
        for path in _expand(name):
            place = _place(path, folders)
            if place not in found:
                found[place] = replace(_describe(path, place), root=root)
    return tuple(found.values())


def _place(path: Path, folders: dict[str, str]) -> str:
    """Where a file really lies. folders: what is known of directories, of which thousands of shards share one."""
    folder, name = os.path.split(path)
    if name in ("", ".", "..") or path.is_symlink():
        return os.path.realpath(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], name)  # noqa: PTH118


def _root_of(name: str) -> str:
    """The directory behind a name: itself, or what stands before the first wildcard; empty for a file."""
    if Path(name).is_dir():
        return os.path.realpath(name)
    plain = name.split("*", 1)[0].split("?", 1)[0].split("[", 1)[0]
    return os.path.realpath(os.path.dirname(plain) or ".") if plain != name else ""  # noqa: PTH120


def digest(path: str) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def container_of(path: PurePath) -> Container | None:
    """The container that a file's name declares, if any."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compressed = bool(suffixes) and suffixes[-1] in COMPRESSIONS
    if compressed:
        suffixes.pop()
    container = SUFFIXES.get(suffixes[-1]) if suffixes else None
    return None if compressed and container in WHOLE else container


def is_rows(path: PurePath) -> bool:
    """Whether a file in a directory may hold rows, by its name: a container, and no sidecar."""
    return (
        container_of(path) is not None
        and path.name not in SIDECARS
        and not path.name.endswith(SIDECAR_ENDINGS)
        and not (path.name.startswith("cache-") and path.suffix == ".arrow")  # of `datasets`, not of the user
    )


def _expand(name: str) -> list[Path]:
    path = Path(name)
    try:
        if path.is_dir():
            return _walk(path)
        if path.exists():
            return [path]
    except (OSError, ValueError) as error:
        raise MissingInputError(
            f"{name!r} cannot be read: {error}", remedy="check the spelling, and who may read it"
        ) from error
    if glob.has_magic(name):
        matches = [Path(match) for match in sorted(glob.glob(name, recursive=True))]  # noqa: PTH207  (absolute patterns too)
        files = [match for match in matches if match.is_file() or _dangling(match)]
        if files:
            return files
        raise MissingInputError(
            f"no file matches {name}", remedy="check the pattern, and quote it in the shell"
        )
    raise MissingInputError(f"{name} does not exist", remedy="check the path; nothing was read")


def _walk(root: Path) -> list[Path]:
    """The files of rows below a directory: a Hub checkout or cache snapshot, what `datasets` saved, or any other."""
    files = sorted(_files_of_rows(root))
    for kinds in PRECEDENCE:
        rows = [path for path in files if container_of(path) in kinds]
        if rows:
            return rows
    raise MissingInputError(
        f"{root} holds no data file",
        remedy="expected *.parquet, *.arrow, *.jsonl, *.json, *.csv or *.tar below it (*.jsonl.gz and .zst too)",
    )


def _files_of_rows(root: Path) -> Iterator[Path]:
    """The files of rows in a directory and below, but for hidden ones. A link out of the root is not followed."""
    inside = _cache_of(root.resolve()) or root.resolve()
    folders = [str(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                path = Path(entry.path)
                if not is_rows(path):
                    continue
                if not entry.is_symlink():
                    if entry.is_file():
                        yield path
                elif (path.is_file() or _dangling(path)) and _within(path, inside):
                    yield path


def _dangling(path: Path) -> bool:
    """Whether it is a link to rows that are not there, as half a download leaves it: it is reported, not passed over."""
    return path.is_symlink() and not path.exists() and container_of(path) is not None


def _within(path: Path, root: Path) -> bool:
    return os.path.commonpath([os.path.realpath(path), root]) == str(root)


def _cache_of(root: Path) -> Path | None:
    """The repository's directory in a Hub cache, if the root is a snapshot in it: its files are links to blobs beside."""
    for place in (root, *root.parents):
        if place.parent.name == "snapshots" and place.parent.parent.name.startswith(
            ("datasets--", "models--")
        ):
            return place.parent.parent
    return None


def _describe(path: Path, place: str) -> DataFile:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableError(
            f"the name of {str(path).encode('utf-8', 'backslashreplace').decode()} is not UTF-8",
            file=str(path),
            remedy="rename the file",
        ) from error
    if not path.is_file() and not _dangling(path):
        raise UnreadableError(
            f"{path} is no file but a pipe or a device",
            file=str(path),
            remedy="write its rows to a file; they are read more than once",
        )
    container = container_of(path) or _by_content(path)
    if container is None:
        raise UnreadableError(
            f"{path} is no container that paudit knows",
            file=str(path),
            remedy="convert it to Parquet or JSONL",
        )
    return DataFile(str(path), place, container, 0 if _dangling(path) else path.stat().st_size)


def _by_content(path: Path) -> Container | None:
    try:
        with path.open("rb") as stream:
            head = stream.read(64).removeprefix(BYTE_ORDER_MARK).lstrip()
    except OSError as error:
        raise UnreadableError(f"{path} cannot be opened: {error.strerror}", file=str(path)) from error
    if head.startswith(b"PAR1"):
        return Container.PARQUET
    if head.startswith(b"ARROW1"):
        return Container.ARROW
    return {b"{": Container.JSONL, b"[": Container.JSON}.get(head[:1])


class Digests:
    """SHA-256 of every file, computed beside the scan: hashing needs no lock of the interpreter."""

    def __init__(self, files: Sequence[DataFile]) -> None:
        self._files = files

    def __enter__(self) -> Digests:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._futures = {file.path: self._pool.submit(digest, file.path) for file in self._files}
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def of(self, file: DataFile) -> str | None:
        """The digest, or None for a file that cannot be opened."""
        try:
            return self._futures[file.path].result()
        except OSError:
            return None
