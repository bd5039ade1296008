"""Where a CSV file or a WebDataset tar is wrong: read again, record by record, once the engine has failed on it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import NamedTuple

from provenance_audit.dataset import tars
from provenance_audit.dataset.containers.base import RECORD_LIMIT
from provenance_audit.dataset.files import COMPRESSIONS
from provenance_audit.dataset.streams import plain

UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Fault(NamedTuple):
    """What is wrong, and in which record (1-based; a header is none), where that is known."""

    reason: str
    row: int | None


def in_csv(path: Path, name: str) -> Fault | None:
    """The first record that is none. name: as the user knows the file, which says what separates."""
    for compression in COMPRESSIONS:
        name = name.lower().removesuffix(compression)
    row, start = 0, 1
    before = csv.field_size_limit(RECORD_LIMIT)
    try:
        with plain(path) as stream:
            if stream.read(2) in UTF16:
                return Fault("encoded as UTF-16; UTF-8 is expected", None)
        with plain(path) as stream, io.TextIOWrapper(stream, "utf-8", newline="") as text:
            records = csv.reader(text, strict=True, delimiter="\t" if name.endswith(".tsv") else ",")
            header = next(records, [])
            start = records.line_num + 1
            for row, record in enumerate(records, 1):
                if record and len(record) != len(header):
                    return Fault(
                        f"{len(record)} cells (line {start}), where the header has {len(header)}", row
                    )
                start = records.line_num + 1
    except UnicodeDecodeError as error:
        return Fault(f"not UTF-8 (byte 0x{error.object[error.start]:02x}{_line_of(path)})", None)
    except csv.Error as error:
        return Fault(f"a quote is not closed, or a cell is no cell (from line {start}: {error})", row + 1)
    finally:
        csv.field_size_limit(before)
    return None


def in_tar(path: str) -> Fault | None:
    """The first member that is no JSON object, or that there is none."""
    member = None
    for member in tars.members(path):
        try:
            record = json.loads(member.read(RECORD_LIMIT + 1))
        except (ValueError, RecursionError) as error:
            return Fault(f"its member {member.name!r} is not valid JSON ({str(error).splitlines()[0]})", None)
        if not isinstance(record, dict):
            return Fault(f"its member {member.name!r} is not a JSON object", None)
    return Fault("the archive holds no .json member", None) if member is None else None


def holds_nothing(path: Path) -> bool:
    """Whether there is nothing in a JSON file but space and an empty list."""
    with plain(path) as stream:
        return stream.read(64 * 1024).strip() in (b"", b"[]", b"{}")


def _line_of(path: Path) -> str:
    """Which line is not UTF-8, for a message."""
    with plain(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return f" in line {number}, column {error.start + 1}"
    return ""
