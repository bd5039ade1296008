"""Says in one line what is wrong with a file that could not be read, in which row, and what to do about it.

Only reached when a read has failed: it may then read the file again, line by line, to find the row.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from provenance_audit.dataset import faults
from provenance_audit.dataset.adapters import Projection
from provenance_audit.dataset.adapters.base import NOT_TEXT
from provenance_audit.dataset.containers.base import RECORD_LIMIT
from provenance_audit.dataset.files import JSON_CONTAINERS, Container, DataFile

# Python takes for text what no encoding can write.
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Damage:
    """Why one file could not be read. `row` is 1-based, where it is known."""

    file: DataFile
    reason: str
    row: int | None
    remedy: str

    @property
    def message(self) -> str:
        """The one line that a user reads."""
        where = f", row {self.row}" if self.row is not None else ""
        return f"{self.file.path}{where}: {self.reason}"


def explain(file: DataFile, error: Exception, projection: Projection | None = None) -> Damage:
    """What is wrong with this file, given the error that reading it raised."""
    if file.bytes == 0:
        return Damage(file, "the file is empty", None, "remove it, or write it again")
    if file.container is Container.PARQUET:
        return _parquet(file, error)
    if not file.remote:
        try:
            found = _fault_of(file)
        except (OSError, EOFError, zlib.error):
            found = None  # it is cut, or gone: the engine's message says so
        if found is not None:
            return found
    lines = file.container in (Container.JSONL, Container.JSON_COLUMNS) and not file.remote
    damage = _first_bad_line(file, projection) if lines else None
    return damage or _by_message(file, str(error))


def _fault_of(file: DataFile) -> Damage | None:
    """What a second look at a CSV file, a tar, or a JSON file of nothing finds."""
    if file.container is Container.CSV:
        fault = faults.in_csv(Path(file.read_path), file.path)
        if fault is None:
            return None
        remedy = "correct it, or leave it out" if fault.row is None else f"correct or remove row {fault.row}"
        if "UTF" in fault.reason:
            remedy = f"convert it: iconv -f <encoding> -t UTF-8 {file.path}"
        return Damage(file, fault.reason, fault.row, remedy)
    if file.container is Container.WEBDATASET:
        fault = faults.in_tar(file.path)
        return fault and Damage(file, fault.reason, None, "expected members named *.json, an object in each")
    if file.container in JSON_CONTAINERS and faults.holds_nothing(Path(file.read_path)):
        return Damage(file, "the file holds no rows", None, "remove it, or write it again")
    return None


def _parquet(file: DataFile, error: Exception) -> Damage:
    message = _tidy(str(error))
    if "magic bytes" in message or "too small" in message or "footer" in message.lower():
        return Damage(
            file, "not a whole Parquet file (no footer at its end)", None, "copy or download it again"
        )
    return _by_message(file, message)


def _by_message(file: DataFile, message: str) -> Damage:
    text = _tidy(message)
    if "end of GZIP stream" in text or "ZSTD" in text.upper() or "unexpected end of data" in text:
        return Damage(file, f"the file ends early ({text})", None, "copy or download it again")
    if "over the limit" in text or "maximum_object_size" in text:
        return oversized(file, None)
    if "encoding" in text:
        return Damage(file, text, None, f"convert it: iconv -f <encoding> -t UTF-8 {file.path}")
    if "duplicate key" in text:
        return Damage(file, "a record has the same key twice", None, "keep one of the two")
    if "the header names column" in text:
        return Damage(file, text, None, "rename or remove one of the two")
    if "different columns" in text:
        return Damage(file, text, None, "keep the columns that matter: prompt, completion, who made them")
    if "no schema matches" in text:
        return Damage(
            file,
            text,
            None,
            "expected prompt + completion, question + response, instruction + output, or messages",
        )
    return Damage(file, text, None, "correct the file, or leave it out")


def _first_bad_line(file: DataFile, projection: Projection | None) -> Damage | None:
    """The first line that is not a record of text; None when every line is one."""
    if file.read_path.endswith(".zst"):
        return None
    row = 0
    try:
        with _stream(file) as stream:
            for row, line in enumerate(_lines(stream), 1):
                if len(line) > RECORD_LIMIT:
                    return oversized(file, row)
                reason = _fault(line, projection)
                if reason is not None:
                    remedy = f"correct or remove row {row}"
                    if "UTF" in reason:
                        remedy = f"convert it: iconv -f <encoding> -t UTF-8 {file.path}"
                    return Damage(file, reason, row, remedy)
    except EOFError:
        return Damage(file, "the gzip stream ends early", row + 1, "copy or download it again")
    except OSError as error:
        return Damage(
            file, f"cannot be read: {error.strerror or error}", None, "check the file and its permissions"
        )
    return None


def _stream(file: DataFile) -> IO[bytes]:
    if file.read_path.endswith(".gz"):
        return gzip.open(file.read_path)  # type: ignore[return-value]
    return Path(file.read_path).open("rb")


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(RECORD_LIMIT + 2):
        yield line


def _fault(line: bytes, projection: Projection | None) -> str | None:
    if line.startswith(faults.UTF16):
        return "encoded as UTF-16; UTF-8 is expected"
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8 (byte 0x{line[error.start]:02x} at column {error.start + 1})"
    if not text.strip():
        return None
    try:
        record = json.loads(text)
    except RecursionError:
        return "nested too deeply"
    except ValueError as error:
        return (
            f"not valid JSON ({getattr(error, 'msg', 'unreadable')} at column {getattr(error, 'colno', 1)})"
        )
    if not isinstance(record, dict):
        return "not a JSON object"
    if _HALVES.search(text) is not None:
        try:
            json.dumps(record, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return "an escape is half a character (a surrogate without its other half)"
    for name, kind in (projection.columns if projection else {}).items():
        if kind == "JSON" and isinstance(record.get(name), (list, dict)):
            return f"column {name!r} holds a list or an object where text is expected"
    return None


def oversized(file: DataFile, row: int | None = None) -> Damage:
    """A record that is larger than any may be."""
    limit = f"{RECORD_LIMIT // 2**20} MiB"
    return Damage(file, f"a record is over {limit}", row, f"split or remove records over {limit}")


def _tidy(message: str) -> str:
    """The first line of an engine's message, without its prefix and its copy of our SQL."""
    first = message.strip().split("\n", 1)[0]
    return re.sub(r"^(\w+ )+Error: ", "", first).removeprefix(NOT_TEXT)
