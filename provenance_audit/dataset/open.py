"""The door of the wing: files in, a `Dataset` out. Finds each file's schema, builds the canonical view, counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provenance_audit.database import Connection, Error, glob_escape, identifier, literal
from provenance_audit.dataset.adapters import ADAPTERS, Projection, SchemaError
from provenance_audit.dataset.adapters.messages import struct_fields
from provenance_audit.dataset.census import take_census
from provenance_audit.dataset.columns import MAKERS_AT_MOST, is_text, looks_like_models
from provenance_audit.dataset.damage import RECORD_LIMIT, Damage, explain
from provenance_audit.dataset.files import Container, DataFile
from provenance_audit.dataset.rows import Dataset, Selection, Source
from provenance_audit.errors import UnreadableError

SNIFFED_ROWS = 20_480


@dataclass(frozen=True, slots=True)
class _Opened:
    file: DataFile
    projection: Projection


def open_dataset(
    connection: Connection, files: Sequence[DataFile], *, view: str, selections: Sequence[Selection] = ()
) -> Dataset:
    """Open files as one dataset, reading every row once to count what is there.

    Files that cannot be read are kept aside in `Dataset.damaged`; the others are read. selections: which rows a manifest
    gives to which maker. Raises UnreadableError when no file can be read.
    """
    opened: list[_Opened] = []
    damaged: list[Damage] = []
    for file in files:
        try:
            opened.append(_Opened(file, _recognise(connection, file)))
        except (Error, SchemaError) as error:
            damaged.append(explain(file, error))
    opened = _believe(connection, opened)
    while opened:
        sources = _sources(opened)
        _create_view(connection, view, sources, selections)
        try:
            census = take_census(connection, view)
        except Error as error:
            broken = _find_broken(connection, view, opened, error)
            damaged.extend(broken.values())
            opened = [one for one in opened if one.file not in broken]
            continue
        if any(one.longest > RECORD_LIMIT for one in census.files):
            oversized = {one.path for one in census.files if one.longest > RECORD_LIMIT}
            damaged.extend(
                explain(one.file, SchemaError("over the limit"), one.projection)
                for one in opened
                if one.file.read_path in oversized
            )
            opened = [one for one in opened if one.file.read_path not in oversized]
            continue
        return Dataset(connection, view, tuple(sources), tuple(damaged), census)
    first = damaged[0]
    raise UnreadableError(first.message, file=first.file.path, row=first.row, remedy=first.remedy)


def _recognise(connection: Connection, file: DataFile) -> Projection:
    """The projection of one file, by the first adapter that knows its columns."""
    if file.bytes == 0:
        raise SchemaError("the file is empty")
    described = connection.execute(f"DESCRIBE SELECT * FROM {_sniffer(file)}").fetchall()
    columns = {str(name): str(kind) for name, kind, *_ in described}
    if file.container is not Container.PARQUET:
        columns = {name: _loosen(kind) for name, kind in columns.items()}
    for adapter in ADAPTERS:
        projection = adapter(columns)
        if projection is not None:
            return projection
    raise SchemaError(f"no schema matches its columns: {', '.join(list(columns)[:20])}")


def _sniffer(file: DataFile) -> str:
    path = literal(glob_escape(file.read_path))
    if file.container is Container.PARQUET:
        return f"read_parquet({path})"
    return (
        f"read_json({path}, format = '{_json_format(file)}', sample_size = {SNIFFED_ROWS}, "
        "map_inference_threshold = -1, field_appearance_threshold = 0, maximum_depth = 4)"
    )


def _json_format(file: DataFile) -> str:
    return "newline_delimited" if file.container is Container.JSONL else "auto"


def _loosen(kind: str) -> str:
    """Read text of JSON files as JSON, so that a row whose value is a list is seen as one."""
    if is_text(kind):
        return "JSON"
    fields = struct_fields(kind.removesuffix("[]")) if kind.endswith("[]") else {}
    if "role" not in fields:
        return kind
    loose = ", ".join(f"{identifier(name)} {'JSON' if name == 'content' else 'VARCHAR'}" for name in fields)
    return f"STRUCT({loose})[]"


def _sources(opened: Sequence[_Opened]) -> list[Source]:
    """Files of one container and one schema are one source, read by one call."""
    together: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[_Opened]] = defaultdict(list)
    for one in opened:
        how = one.file.container if one.file.container is Container.PARQUET else _json_format(one.file)
        together[how, one.projection.schema, tuple(one.projection.columns.items())].append(one)
    return [Source(tuple(one.file for one in group), group[0].projection) for group in together.values()]


def _reader(source: Source) -> str:
    """The SQL relation of a source: its columns, and `file`."""
    paths = ", ".join(literal(glob_escape(file.read_path)) for file in source.files)
    columns = source.projection.columns
    if source.files[0].container is Container.PARQUET:
        names = ", ".join(identifier(name) for name in columns)
        return f"(SELECT {names}, paudit_file AS file FROM read_parquet([{paths}], filename = 'paudit_file'))"
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    names = ", ".join(identifier(name) for name in columns)
    return (
        f"(SELECT {names}, paudit_file AS file FROM read_json([{paths}], format = '{_json_format(source.files[0])}', "
        f"columns = {{{types}}}, filename = 'paudit_file', maximum_object_size = {RECORD_LIMIT}))"
    )


def _create_view(
    connection: Connection, view: str, sources: Sequence[Source], selections: Sequence[Selection] = ()
) -> None:
    union = " UNION ALL ".join(f"({source.projection.select(_reader(source))})" for source in sources)
    chosen = " ".join(
        f"WHEN {selection.predicate} THEN {literal(selection.maker)}" for selection in selections
    )
    maker = f"CASE {chosen} ELSE maker END" if chosen else "maker"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {view} AS "
        f"SELECT file, first, thread, prompt, system_prompt, completion, {maker} AS maker FROM ({union})"
    )


def _believe(connection: Connection, opened: Sequence[_Opened]) -> list[_Opened]:
    """Drop a maker column whose values are not names of models (a column called `model` may hold anything)."""
    verdicts: dict[tuple[str, tuple[tuple[str, str], ...]], bool] = {}
    believed = []
    for one in opened:
        projection = one.projection
        if projection.maker_column is None or not projection.maker_by_value:
            believed.append(one)
            continue
        key = (projection.schema, tuple(projection.columns.items()))
        if key not in verdicts:
            verdicts[key] = looks_like_models(_values(connection, one))
        believed.append(one if verdicts[key] else _Opened(one.file, _without_maker(projection)))
    return believed


def _values(connection: Connection, one: _Opened) -> Mapping[str | None, int]:
    reader = _reader(Source((one.file,), one.projection))
    try:
        rows = connection.execute(
            f"SELECT maker, count(*) FROM ({one.projection.select(reader)}) GROUP BY maker LIMIT {MAKERS_AT_MOST + 1}"
        ).fetchall()
    except Error:
        return {}  # the census meets the same error, and says where it is
    return {value: int(count) for value, count in rows}


def _without_maker(projection: Projection) -> Projection:
    column = projection.maker_column
    columns = {name: kind for name, kind in projection.columns.items() if name != column}
    for adapter in ADAPTERS:
        again = adapter(columns)
        if again is not None:
            return Projection(again.schema, again.columns, again.mapping, again.select, unused=(str(column),))
    raise AssertionError("a projection without its maker column is still a projection")


def _find_broken(
    connection: Connection, view: str, opened: Sequence[_Opened], error: Error
) -> dict[DataFile, Damage]:
    """Which files made the census fail, by reading each alone."""
    broken: dict[DataFile, Damage] = {}
    for one in opened:
        _create_view(connection, view, [Source((one.file,), one.projection)])
        try:
            take_census(connection, view)
        except Error as own:
            broken[one.file] = explain(one.file, own, one.projection)
    if not broken:
        raise error
    return broken
