"""JSON: a record per line (JSONL), a list of records, and what is rewritten as lines: columns, and the members of a tar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance_audit.database import Connection, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.containers.base import (
    COLUMNS_AT_MOST,
    RECORD_LIMIT,
    SNIFFED_ROWS,
    TooWideError,
    hive,
    names,
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


def columns(connection: Connection, file: DataFile, *, whole: bool = False) -> dict[str, str]:
    """The columns of one file, by its first rows, or by all of them. What looks like text is read as text; see `open` for when it is not."""
    _refuse_width(connection, file)
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_json({paths([file])}, format = '{_FORMATS[file.container]}', "
        f"sample_size = {-1 if whole else SNIFFED_ROWS}, map_inference_threshold = -1, field_appearance_threshold = 0, "
        f"maximum_depth = 6{_LIMIT}{hive([file])})"
    ).fetchall()
    found = {str(name): str(kind) for name, kind, *_ in described}
    return {name: types.with_text_as(kind, "VARCHAR") for name, kind in found.items()}


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
