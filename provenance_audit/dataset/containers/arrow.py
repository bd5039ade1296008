"""Arrow IPC files (Feather) and streams (what `datasets` saves): scanned by the engine through Arrow's own interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provenance_audit.database import Connection, Error, identifier, literal
from provenance_audit.dataset.containers.base import POSITION
from provenance_audit.dataset.files import DataFile

FILE_MAGIC = b"ARROW1"


def columns(connection: Connection, file: DataFile) -> dict[str, str]:
    """The columns of one file, by its schema."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {_registered(connection, file)}").fetchall()
    return {str(name): str(kind) for name, kind, *_ in described}


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    wanted = ", ".join(identifier(name) for name in columns)
    parts = (
        f"SELECT {wanted}, {literal(file.read_path)} AS file, {POSITION} FROM {_registered(connection, file)}"
        for file in files
    )
    return f"({' UNION ALL '.join(parts)})"


def metadata(file: DataFile) -> dict[str, str]:
    """The key-value metadata of a file's schema."""
    found = _open(file.read_path).schema.metadata or {}
    return {key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in found.items()}


def _registered(connection: Connection, file: DataFile) -> str:
    """The name under which the engine knows a file; it is registered once."""
    name = f"arrow:{file.read_path}"
    known = connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [name]).fetchall()
    if not known:
        import pyarrow as pa

        try:
            connection.register(name, _open(file.read_path))
        except (pa.ArrowException, OSError) as error:
            raise Error(f"not a whole Arrow file ({str(error).splitlines()[0]})") from error
    return identifier(name)


def _open(path: str) -> Any:
    """A file is scanned batch by batch; a stream is mapped into memory, which copies nothing (`datasets` does the same)."""
    import pyarrow as pa
    import pyarrow.dataset

    with open(path, "rb") as stream:  # noqa: PTH123
        is_file = stream.read(len(FILE_MAGIC)) == FILE_MAGIC
    if is_file:
        return pyarrow.dataset.dataset(path, format="ipc")
    with pa.memory_map(path) as source:
        return pa.ipc.open_stream(source).read_all()
