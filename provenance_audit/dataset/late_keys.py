"""Keys that a JSONL file has only after the rows of which its schema was made: who made a row may stand there.

Looking through the bytes for a handful of words costs a fraction of parsing them; only where one is found is the whole file
made out.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path

from provenance_audit.dataset.files import COMPRESSIONS, DataFile
from provenance_audit.dataset.nomination import GENERATORS, TEACHERS

KEYS = (*TEACHERS, *GENERATORS, "reasoning_content")
# The rows of a small file are all seen when its schema is made.
SMALL = 64 * 1024


def late_keys(file: DataFile, columns: Mapping[str, str]) -> bool:
    """Whether the file may hold a key that names makers and is not among its columns.

    A compressed file is taken at its word: it would have to be decompressed once more.
    """
    if file.remote or file.bytes <= SMALL or file.path.lower().endswith(COMPRESSIONS):
        return False
    known = {name.lower() for name in columns}
    nested = " ".join(columns.values()).lower()
    wanted = [f'"{key}"'.encode() for key in KEYS if key not in known and key not in nested]
    with (
        Path(file.read_path).open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return any(content.find(key) >= 0 for key in wanted)
