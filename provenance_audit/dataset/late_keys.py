"""Keys that a JSONL file has only after the rows of which its schema was made: who made a row may stand there.

The engine reads a file for a handful of keys as fast as it parses lines; looking through the bytes for each of them takes
five times as long. Only where one is found is the whole file made out.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import Connection, Error, OutOfMemory, identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.containers import READERS
from provenance_audit.dataset.files import COMPRESSIONS, DataFile
from provenance_audit.dataset.nomination import GENERATORS, TEACHERS

KEYS = (*TEACHERS, *GENERATORS, "reasoning_content")
# The rows of a small file are all seen when its schema is made.
SMALL = 64 * 1024


def late_keys(connection: Connection, file: DataFile, columns: Mapping[str, str]) -> bool:
    """Whether a record, or a turn in one, has a key that names makers and is not among the columns.

    A compressed file is taken at its word: it would have to be decompressed once more.
    """
    if file.remote or file.bytes <= SMALL or file.path.lower().endswith(COMPRESSIONS):
        return False
    known = {name.lower() for name in columns}
    inside = " ".join(columns.values()).lower()
    wanted = [key for key in KEYS if key not in known and key not in inside]
    nested = [name for name, kind in columns.items() if not types.is_text(kind)]
    if not wanted:
        return False
    read = READERS[file.container].relation(connection, [file], dict.fromkeys([*wanted, *nested], "JSON"))
    seen = [f"{identifier(key)} IS NOT NULL" for key in wanted]
    quoted = [literal(f'"{key}"') for key in wanted]
    seen += [f"contains({identifier(name)}, {key})" for name in nested for key in quoted]
    try:
        found = connection.execute(f"SELECT bool_or({' OR '.join(seen)}) FROM {read}").fetchall()[0][0]
    except OutOfMemory:
        raise
    except Error:
        return False  # the census meets the same error, and says where it is
    return bool(found)
