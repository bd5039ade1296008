"""Arrow IPC files (Feather) and streams (what `datasets` saves): handed to the engine a batch at a time.

Files are mapped into memory, which copies nothing (`datasets` does the same); of a compressed one, one batch is unpacked
at a time, and only the columns that are asked for. pyarrow's own scanner reads many ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from provenance_audit.database import Connection, Error, identifier
from provenance_audit.dataset.containers.base import names
from provenance_audit.dataset.containers.ipc import FILE_MAGIC, schema_message
from provenance_audit.dataset.files import DataFile

_FILE = "paudit_file"


def columns(connection: Connection, file: DataFile) -> dict[str, str]:
    """The columns of one file, by its schema."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {_registered(connection, [file])}").fetchall()
    return {str(name): str(kind) for name, kind, *_ in described if name != _FILE}


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    return f"(SELECT {names(columns)} FROM {_registered(connection, files, tuple(columns))})"


def alike(connection: Connection, files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Files in sets of one schema. Raises the engine's error if the first of one writer cannot be opened."""
    written: dict[bytes, list[DataFile]] = {}
    for file in files:
        header = schema_message(Path(file.read_path))
        written.setdefault(header or file.path.encode(), []).append(file)
    together: dict[str, list[DataFile]] = {}
    for own in written.values():
        schema = _schema(own[0].read_path).to_string(show_field_metadata=False)
        together.setdefault(schema, []).extend(own)
    return list(together.values())


def metadata(file: DataFile) -> dict[str, str]:
    """The key-value metadata of a file's schema."""
    found = _schema(file.read_path).metadata or {}
    return {key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in found.items()}


class _Batches:
    """Some columns of files of one schema, as the engine asks for them: it may ask again, and stop when it likes."""

    def __init__(self, paths: Sequence[str], columns: Sequence[str] | None) -> None:
        import pyarrow as pa

        self._paths = paths
        schema = _schema(paths[0])
        kept = schema.names if columns is None else columns
        self._columns = pa.schema([schema.field(name) for name in kept])
        self._places = sorted(schema.get_field_index(name) for name in kept)
        self._schema = self._columns.append(pa.field(_FILE, pa.dictionary(pa.int32(), pa.string())))

    def __arrow_c_schema__(self) -> object:
        """As the Arrow PyCapsule interface has it."""
        return self._schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """As the Arrow PyCapsule interface has it."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self._schema, self._read()).__arrow_c_stream__(
            requested_schema
        )

    def _read(self) -> Iterator[Any]:
        import pyarrow as pa

        for path in self._paths:
            for batch in _batches(path, self._columns.names, self._places):
                batch.validate(full=True)  # the engine takes text for UTF-8, and fails later where it is not
                columns = [
                    column if column.type == field.type else column.cast(field.type)
                    for column, field in zip(batch.columns, self._columns, strict=True)
                ]
                places = pa.repeat(pa.scalar(0, pa.int32()), batch.num_rows)
                file = pa.DictionaryArray.from_arrays(places, pa.array([path], pa.string()))
                yield pa.RecordBatch.from_arrays([*columns, file], schema=self._schema)


def _registered(
    connection: Connection, files: Sequence[DataFile], columns: tuple[str, ...] | None = None
) -> str:
    """The name under which the engine knows these columns of these files; they are registered once."""
    import pyarrow as pa

    paths = tuple(file.read_path for file in files)
    name = f"arrow:{hash((paths, columns)):x}"
    known = connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [name]).fetchall()
    if not known:
        try:
            connection.register(name, _Batches(paths, columns))
        except (pa.ArrowException, OSError) as error:
            raise _not_whole(error) from error
    return identifier(name)


def _schema(path: str) -> Any:
    import pyarrow as pa

    try:
        with pa.memory_map(path) as source:
            return _reader(source).schema
    except (pa.ArrowException, OSError) as error:
        raise _not_whole(error) from error


def _batches(path: str, columns: Sequence[str], places: Sequence[int]) -> Iterator[Any]:
    """The batches of one file, with these columns in this order. places: of these columns in its schema."""
    import pyarrow as pa

    with pa.memory_map(path) as source:
        options = pa.ipc.IpcReadOptions(included_fields=places, use_threads=False)
        reader = _reader(source, options)
        if isinstance(reader, pa.RecordBatchFileReader):
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number).select(columns)
        else:
            for batch in reader:
                yield batch.select(columns)


def _reader(source: Any, options: Any = None) -> Any:
    import pyarrow as pa

    is_file = source.read(len(FILE_MAGIC)) == FILE_MAGIC
    source.seek(0)
    return (pa.ipc.open_file if is_file else pa.ipc.open_stream)(source, options=options)


def _not_whole(error: Exception) -> Error:
    return Error(f"not a whole Arrow file ({str(error).splitlines()[0]})")
