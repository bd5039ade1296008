"""JSON: a record per line (JSONL), a list of records, and what is rewritten as lines: columns, and the members of a tar."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from provenance_audit.database import Connection, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.containers.base import (
    COLUMNS_AT_MOST,
    RECORD_LIMIT,
    SNIFFED_ROWS,
    TooWideError,
    first_line,
    hive,
    names,
    partitions,
    paths,
)
from provenance_audit.dataset.files import Container, DataFile

WIDE_BYTES = 64 * 1024

_LIMIT = f", maximum_object_size = {RECORD_LIMIT}"
_FORMATS = {
    Container.JSONL: "newline_delimited",
    Container.JSON: "auto",
    Container.JSON_COLUMNS: "newline_delimited",
    Container.WEBDATASET: "unstructured",
}


def columns(connection: Connection, file: DataFile) -> dict[str, str]:
    """The columns of one file, by its first rows. What looks like text is read as text; see `open` for when it is not."""
    _refuse_width(connection, file)
    return _described(connection, [file], SNIFFED_ROWS)


def columns_of_all(connection: Connection, files: Sequence[DataFile]) -> dict[str, str]:
    """The columns that any row of these files has."""
    for file in files:
        _refuse_width(connection, file)
    return _described(connection, files, -1)


def _described(connection: Connection, files: Sequence[DataFile], rows: int) -> dict[str, str]:
    union = ", union_by_name = true" if len(files) > 1 else ""
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_json({paths(files)}, format = '{_FORMATS[files[0].container]}', "
        f"sample_size = {rows}, map_inference_threshold = -1, field_appearance_threshold = 0, "
        f"maximum_depth = 6{_LIMIT}{union}{hive(files)})"
    ).fetchall()
    found = {str(name): str(kind) for name, kind, *_ in described}
    return {name: types.with_text_as(kind, "VARCHAR") for name, kind in found.items()}


def alike(connection: Connection, files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Files in sets of which the first records have the same keys: thousands are not described one by one.

    What only later records have is found as it is in one file. A file with a head that cannot be made out is alone.
    """
    together: dict[object, list[DataFile]] = {}
    for file in files:
        together.setdefault(_keys(file) or file.path, []).append(file)
    return list(together.values())


def _keys(file: DataFile) -> object:
    """The keys of the first record, with those of the structs in it; None where there is no telling."""
    line = first_line(file)
    try:
        record = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    return (partitions(file), *((key, _shape(value)) for key, value in sorted(record.items())))


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return ("{}", *sorted(value))
    if isinstance(value, list):
        inside = {key for item in value if isinstance(item, dict) for key in item}
        return ("[]", *sorted(inside))
    return ""


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    kinds = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    read = (
        f"read_json({paths(files)}, format = '{_FORMATS[files[0].container]}', columns = {{{kinds}}}, "
        f"filename = 'paudit_file'{_LIMIT}{hive(files)})"
    )
    return f"(SELECT {names(columns)} FROM {read})"


def _refuse_width(connection: Connection, file: DataFile) -> None:
    """Count the names of columns before they are made out; a file too small for many is not looked at."""
    if file.bytes < WIDE_BYTES:
        return
    names = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT unnest(json_keys(json)) FROM (SELECT json FROM read_json_objects("
        f"{paths([file])}, format = '{_FORMATS[file.container]}'{_LIMIT}) WHERE json_type(json) = 'OBJECT' "
        f"LIMIT {SNIFFED_ROWS}) LIMIT {COLUMNS_AT_MOST + 1})"
    ).fetchall()[0][0]
    if names > COLUMNS_AT_MOST:
        raise TooWideError
