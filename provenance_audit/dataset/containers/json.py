"""JSON: a record per line (JSONL), a list of records, one object of columns, and the members of a WebDataset tar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance_audit.database import Connection, Error, identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.containers.base import (
    COLUMNS_AT_MOST,
    POSITION,
    RECORD_LIMIT,
    SNIFFED_ROWS,
    TooWideError,
    hive,
    names,
    paths,
)
from provenance_audit.dataset.files import Container, DataFile

# A file of columns is one JSON value, which is held in memory.
COLUMNS_LIMIT = 256 * 1024 * 1024
WIDE_BYTES = 64 * 1024

_FORMATS = {
    Container.JSONL: "newline_delimited",
    Container.JSON: "auto",
    Container.JSON_COLUMNS: "unstructured",
    Container.WEBDATASET: "unstructured",
}


def columns(connection: Connection, file: DataFile, *, whole: bool = False) -> dict[str, str]:
    """The columns of one file, by its first rows, or by all of them. What looks like text is read as text; see `open` for when it is not."""
    _refuse_width(connection, file)
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_json({paths([file])}, format = '{_FORMATS[file.container]}', "
        f"sample_size = {-1 if whole else SNIFFED_ROWS}, map_inference_threshold = -1, field_appearance_threshold = 0, "
        f"maximum_depth = 6{_limit([file])}{hive([file])})"
    ).fetchall()
    found = {str(name): str(kind) for name, kind, *_ in described}
    if file.container is Container.JSON_COLUMNS:
        found = {name: _of_one_row(kind) for name, kind in found.items()}
    return {name: types.with_text_as(kind, "VARCHAR") for name, kind in found.items()}


def by_column(connection: Connection, file: DataFile) -> bool:
    """Whether a file is one object of columns: lists of one length (`Dataset.to_dict`), or pandas' objects keyed by row."""
    if file.bytes > COLUMNS_LIMIT or file.remote:
        return False
    with open(file.read_path, "rb") as stream:  # noqa: PTH123
        if not stream.read(64).lstrip().startswith(b"{"):
            return False
    try:
        objects = connection.execute(
            f"SELECT json_keys(json), [json_type(v) FOR v IN json_extract(json, '$.*')], "
            f"[CASE json_type(v) WHEN 'ARRAY' THEN json_array_length(v) ELSE len(json_keys(v)) END "
            f"FOR v IN json_extract(json, '$.*')] "
            f"FROM (SELECT json FROM read_json_objects({paths([file])}, format = 'unstructured', "
            f"maximum_object_size = {file.bytes + 1024}) LIMIT 2)"
        ).fetchall()
    except Error:
        return False
    if len(objects) != 1:
        return False
    keys, kinds, lengths = objects[0]
    one_kind = set(kinds) in ({"ARRAY"}, {"OBJECT"})
    return (
        one_kind
        and len(set(lengths)) == 1
        and lengths[0] > 0
        and keys[0] not in ("messages", "conversations")
    )


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    container = files[0].container
    whole_columns = container is Container.JSON_COLUMNS
    kinds = ", ".join(
        f"{literal(name)}: {literal('JSON' if whole_columns else kind)}" for name, kind in columns.items()
    )
    read = (
        f"read_json({paths(files)}, format = '{_FORMATS[container]}', columns = {{{kinds}}}, "
        f"filename = 'paudit_file'{_limit(files)}{hive(files)})"
    )
    if not whole_columns:
        return f"(SELECT {names(columns)} FROM {read})"
    # Lists, or pandas' objects keyed by row: in both, the values in order.
    every = ", ".join(
        f"CASE json_type({name}) WHEN 'ARRAY' THEN json_extract({name}, '$[*]') ELSE json_extract({name}, '$.*') END AS {name}"
        for name in map(identifier, columns)
    )
    cells = ", ".join(f"unnest({name}) AS {name}" for name in map(identifier, columns))
    typed = ", ".join(
        f"{_as(identifier(name), kind)} AS {identifier(name)}" for name, kind in columns.items()
    )
    return (
        f"(SELECT {typed}, file, {POSITION} FROM "
        f"(SELECT {cells}, paudit_file AS file FROM (SELECT {every}, paudit_file FROM {read})))"
    )


def _refuse_width(connection: Connection, file: DataFile) -> None:
    """Count the names of columns before they are made out; a file too small for many is not looked at."""
    if file.container is Container.JSON_COLUMNS or file.bytes < WIDE_BYTES:
        return
    names = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT unnest(json_keys(json)) FROM (SELECT json FROM read_json_objects("
        f"{paths([file])}, format = '{_FORMATS[file.container]}'{_limit([file])}) WHERE json_type(json) = 'OBJECT' "
        f"LIMIT {SNIFFED_ROWS}) LIMIT {COLUMNS_AT_MOST + 1})"
    ).fetchall()[0][0]
    if names > COLUMNS_AT_MOST:
        raise TooWideError


def _as(sql: str, kind: str) -> str:
    """A JSON value read as the type of its column."""
    return sql if kind == "JSON" else f"json_transform({sql}, {literal(_structure(kind))})"


def _structure(kind: str) -> str:
    """A type as `json_transform` writes it."""
    if types.is_list(kind):
        return f"[{_structure(types.element(kind))}]"
    members = types.fields(kind)
    if members:
        inside = ", ".join(f"{_quoted(name)}: {_structure(inner)}" for name, inner in members.items())
        return f"{{{inside}}}"
    return _quoted(kind)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _of_one_row(kind: str) -> str:
    """What one row of a column holds: an element of its list, or a member of pandas' object keyed by row."""
    if types.is_list(kind):
        return types.element(kind)
    members = types.fields(kind)
    return next(iter(members.values()), kind)


def _limit(files: Sequence[DataFile]) -> str:
    """One record may not be larger than this; of a file of columns, the file is one record."""
    limit = RECORD_LIMIT
    if files[0].container is Container.JSON_COLUMNS:
        limit = max(limit, *(file.bytes + 1024 for file in files))
    return f", maximum_object_size = {limit}"
