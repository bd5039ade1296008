"""What the readers of containers share: how files are named to the engine."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from provenance_audit.database import glob_escape, identifier, literal
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.streams import plain

RECORD_LIMIT = 16 * 1024 * 1024
SNIFFED_ROWS = 4_096
HEAD = 64 * 1024
# The engine takes time that grows with the square of the columns to make out more of them.
COLUMNS_AT_MOST = 10_000


class TooWideError(Exception):
    """A file with more columns than any dataset has."""

    def __init__(self) -> None:
        super().__init__(f"its records have more than {COLUMNS_AT_MOST:,} different columns")


_HIVE = re.compile(r"/[^/=]+=[^/]*/")


def paths(files: Sequence[DataFile]) -> str:
    """SQL of the list of files to read."""
    return "[" + ", ".join(literal(glob_escape(file.read_path)) for file in files) + "]"


def hive(files: Sequence[DataFile]) -> str:
    """The option that makes columns of `key=value` directories, where there are any below what the user named."""
    if any(file.root and _HIVE.search(file.read_path.removeprefix(file.root)) for file in files):
        return ", hive_partitioning = true, hive_types_autocast = false"
    return ", hive_partitioning = false"


def partitions(file: DataFile) -> tuple[str, ...]:
    """The names of the columns that `key=value` directories make."""
    below = file.read_path.removeprefix(file.root) if file.root else ""
    return tuple(part.split("=", 1)[0] for part in below.split("/")[:-1] if "=" in part)


def first_line(file: DataFile) -> bytes | None:
    """The first line of a text file; None where it is remote, cannot be read, or has a head of more than 64 KiB."""
    if file.remote:
        return None
    try:
        with plain(Path(file.read_path)) as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError, zlib.error):
        return None
    line, ended, _ = head.lstrip().partition(b"\n")
    return line if ended or len(head) < HEAD else None


# The engine keeps the order of a read as long as the number of a row is asked for; nobody pays who does not ask.
POSITION = "row_number() OVER () AS paudit_position"


def names(columns: Iterable[str], position: str = POSITION) -> str:
    """SQL of the columns, of the file that a row came from, and of where it stands."""
    return ", ".join([*(identifier(name) for name in columns), "paudit_file AS file", position])
