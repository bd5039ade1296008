"""Which schema each file has: shards that are alike are described once, and columns of models are elected by their values."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from provenance_audit.database import Connection, Error, OutOfMemory
from provenance_audit.dataset.adapters import Projection, SchemaError
from provenance_audit.dataset.census import Census
from provenance_audit.dataset.containers import READERS, arrow, csv, json, parquet
from provenance_audit.dataset.containers.base import SNIFFED_ROWS, TooWideError
from provenance_audit.dataset.damage import Damage, explain
from provenance_audit.dataset.files import JSON_CONTAINERS, Container, DataFile
from provenance_audit.dataset.metadata import IN_TEXT
from provenance_audit.dataset.nomination import PLACEHOLDERS, VALUES_AT_MOST, ModelColumn
from provenance_audit.dataset.recognise import Values, nominees, recognise, with_models
from provenance_audit.dataset.source import Source
from provenance_audit.dataset.types import with_text_as

# How shards of which one speaks for others are told.
_ALIKE = {
    Container.PARQUET: parquet.alike,
    Container.ARROW: arrow.alike,
    Container.JSONL: json.alike,
    Container.CSV: csv.alike,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with its projection; one of records of several schemas with each of them, as parts say."""

    file: DataFile
    projection: Projection
    parts: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """What a user said of columns; optional for files that it was not said of."""

    columns: Mapping[str, str]
    optional: bool

    def for_columns(self, columns: Mapping[str, str]) -> Mapping[str, str]:
        """What holds for a file of these columns."""
        return {} if self.optional and not set(self.columns.values()) <= columns.keys() else self.columns


@dataclass(frozen=True, slots=True)
class Look:
    """How closely files are looked at; closer once a read has met what their first rows do not tell.

    strict: text of JSON files is read as JSON. late: files (as they are read) of which every row makes the schema; None
    before the first read.
    """

    strict: bool = False
    late: frozenset[str] | None = None

    def closer(self, census: Census, in_texts: frozenset[str]) -> Look:
        """The look that a census asks for, and what was found in texts; the same, if nothing more is asked for."""
        # Some text begins like a list: read as JSON, it is seen whether it is one.
        strict = self.strict or bool(census.doubtful_rows)
        late = in_texts.union(one.path for one in census.files if one.late)
        return Look(strict, late if self.late is None and late else self.late)


def recognise_all(
    connection: Connection,
    files: Sequence[DataFile],
    mapping: Stated,
    broken: list[Damage],
    look: Look,
) -> list[Opened]:
    """Every file with its projection; those that have none go to `broken`."""
    elections: dict[tuple[str, ...], Projection] = {}
    opened = []
    sets = deque(_alike(connection, files))
    while sets:
        alike = sets.popleft()
        try:
            projection = _recognise(connection, alike, mapping, elections, look)
        except OutOfMemory:
            raise
        except (Error, SchemaError, TooWideError) as error:
            if len(alike) == 1:
                broken.append(explain(alike[0], error))
            else:
                # The one that spoke for the others may be the only one that is broken.
                sets.extendleft([alike[1:], alike[:1]])
        else:
            opened += [Opened(file, projection) for file in alike]
    place = {file.path: number for number, file in enumerate(files)}
    return sorted(opened, key=lambda one: place[one.file.path])


def _alike(connection: Connection, files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Sets of files that need describing once."""
    sets: list[list[DataFile]] = []
    for container in dict.fromkeys(file.container for file in files):
        shards = [file for file in files if file.container is container]
        if container in _ALIKE and len(shards) > 1 and all(file.bytes for file in shards):
            try:
                sets += _ALIKE[container](connection, shards)
                continue
            except OutOfMemory:
                raise
            except Error:
                pass  # one of them is broken: each is opened alone, and says so itself
        sets += [[file] for file in shards]
    return sets


def _recognise(
    connection: Connection,
    alike: Sequence[DataFile],
    stated: Stated,
    elections: dict[tuple[str, ...], Projection],
    look: Look,
) -> Projection:
    file = alike[0]
    if file.bytes == 0:
        raise SchemaError("the file is empty")
    late = look.late or frozenset()
    whole = any(one.read_path in late for one in alike)
    columns = columns_of(connection, alike, look, whole=whole)
    projection = elect(connection, alike, columns, stated, elections)
    twice = csv.named_twice(file) if file.container is Container.CSV else frozenset()
    read = sorted(twice & {name.lower() for name in projection.columns})
    if read:
        raise SchemaError(f"the header names column {read[0]!r} twice")
    return projection


def columns_of(
    connection: Connection, alike: Sequence[DataFile], look: Look, *, whole: bool
) -> dict[str, str]:
    """The columns of files that are alike; whole: that any row of them has."""
    container = alike[0].container
    if whole and container in JSON_CONTAINERS:
        columns = json.columns_of_all(connection, alike)
    else:
        columns = READERS[container].columns(connection, alike[0])
    if look.strict and container in JSON_CONTAINERS:
        columns = {name: with_text_as(kind, "JSON") for name, kind in columns.items()}
    return columns


def elect(
    connection: Connection,
    alike: Sequence[DataFile],
    columns: Mapping[str, str],
    stated: Stated,
    elections: dict[tuple[str, ...], Projection],
) -> Projection:
    """The projection of files of these columns, with the columns that name models, by their values."""
    mapping = stated.for_columns(columns)
    projection = recognise(columns, mapping)
    nominated = nominees(columns, mapping)
    if not nominated:
        return replace(projection, ignored=tuple(name for name in columns if name not in projection.columns))
    key = (
        projection.schema,
        *map(str, nominated),
        *(f"{name} {kind}" for name, kind in projection.columns.items()),
    )
    if key not in elections:
        values = _values(connection, alike[:1], columns, nominated, rows=SNIFFED_ROWS)
        named = [one for one in nominated if one.role != IN_TEXT]
        if any(_is_silent(values.get(one, {})) for one in named):
            # The first rows are silent: who made the others is looked up in all of them.
            values = {**values, **_values(connection, alike, columns, named)}
        elections[key] = with_models(projection, columns, nominated, values)
    found = elections[key]
    return replace(found, ignored=tuple(name for name in columns if name not in found.columns))


def _is_silent(values: Mapping[str | None, int]) -> bool:
    return all(value is None or value.strip().casefold() in PLACEHOLDERS for value in values)


def _values(
    connection: Connection,
    files: Sequence[DataFile],
    columns: Mapping[str, str],
    nominated: Sequence[ModelColumn],
    rows: int | None = None,
) -> Values:
    """What the nominated columns hold: in the first rows, or in all of them, of each value how many."""
    nominated = list(dict.fromkeys(nominated))
    relation = READERS[files[0].container].relation(
        connection, files, {one.column: columns[one.column] for one in nominated}
    )
    # Of a list of them the first: it is enough to tell whether they are names.
    texts = [one.first(columns[one.column]) for one in nominated]
    if rows is None:
        return {one: _counted(connection, relation, text) for one, text in zip(nominated, texts, strict=True)}
    histograms = ", ".join(f"histogram({text})" for text in texts)
    try:
        found = connection.execute(
            f"SELECT {histograms} FROM (SELECT * FROM {relation} LIMIT {rows})"
        ).fetchall()[0]
    except OutOfMemory:
        raise
    except Error:
        return {}  # the census meets the same error, and says where it is
    return {one: dict(values or {}) for one, values in zip(nominated, found, strict=True)}


def _counted(connection: Connection, relation: str, text: str) -> dict[str | None, int]:
    """The commonest values over all rows; one more than a column of models may have. text: SQL of the value."""
    try:
        found = connection.execute(
            f"SELECT {text} AS value, count(*) FROM {relation} WHERE value IS NOT NULL "
            f"GROUP BY value ORDER BY 2 DESC LIMIT {VALUES_AT_MOST + 1}"
        ).fetchall()
    except OutOfMemory:
        raise
    except Error:
        return {}
    return {value: int(rows) for value, rows in found}
