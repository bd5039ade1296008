"""The door of the wing: files in, a `Dataset` out. Finds each file's schema, builds the canonical view, counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from provenance_audit.database import Connection, Error, OutOfMemory, identifier, literal
from provenance_audit.dataset import mixed
from provenance_audit.dataset.adapters import Projection, SchemaError
from provenance_audit.dataset.census import Census, take_census
from provenance_audit.dataset.columns import CANONICAL, DERIVED
from provenance_audit.dataset.containers import READERS, arrow, csv, json, parquet
from provenance_audit.dataset.containers.base import RECORD_LIMIT, SNIFFED_ROWS, TooWideError
from provenance_audit.dataset.damage import Damage, explain
from provenance_audit.dataset.files import JSON_CONTAINERS, Container, DataFile
from provenance_audit.dataset.late_keys import are_many_and_small, in_texts, watched
from provenance_audit.dataset.nomination import PLACEHOLDERS, VALUES_AT_MOST
from provenance_audit.dataset.recognise import Values, nominees, recognise, with_models
from provenance_audit.dataset.rows import Dataset, Selection
from provenance_audit.dataset.source import Source
from provenance_audit.dataset.types import with_text_as
from provenance_audit.errors import UnreadableError

# How shards of which one speaks for others are told.
_ALIKE = {
    Container.PARQUET: parquet.alike,
    Container.ARROW: arrow.alike,
    Container.JSONL: json.alike,
    Container.CSV: csv.alike,
}
# What the input of a batch holds, for the rows of its output.
_ASKED = ("thread", "prompt", "system_prompt", "requested_model")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file with its projection; one of records of several schemas with each of them, as parts say."""

    file: DataFile
    projection: Projection
    parts: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mapping:
    """What a user said of columns; optional for files that it was not said of."""

    columns: Mapping[str, str]
    optional: bool

    def for_columns(self, columns: Mapping[str, str]) -> Mapping[str, str]:
        return {} if self.optional and not set(self.columns.values()) <= columns.keys() else self.columns


@dataclass(frozen=True, slots=True)
class _Look:
    """How closely files are looked at; closer once a read has met what their first rows do not tell.

    strict: text of JSON files is read as JSON. late: files (as they are read) of which every row makes the schema; None
    before the first read.
    """

    strict: bool = False
    late: frozenset[str] | None = None

    def closer(self, census: Census, in_texts: frozenset[str]) -> _Look:
        """The look that a census asks for, and what was found in texts; the same, if nothing more is asked for."""
        # Some text begins like a list: read as JSON, it is seen whether it is one.
        strict = self.strict or bool(census.doubtful_rows)
        late = in_texts.union(one.path for one in census.files if one.late)
        return _Look(strict, late if self.late is None and late else self.late)


def open_dataset(
    connection: Connection,
    files: Sequence[DataFile],
    *,
    view: str,
    selections: Sequence[Selection] = (),
    mapping: Mapping[str, str] | None = None,
    mapping_optional: bool = False,
    damaged: Sequence[Damage] = (),
    full: bool = False,
) -> Dataset:
    """Open files as one dataset, reading every row once to count what is there.

    Files that cannot be read are kept aside in `Dataset.damaged`; the others are read. selections: which rows a manifest
    gives to which maker. mapping: canonical column -> source column, given by hand (optional where it was given for
    other files). damaged: files already found to be. full: costly feature families see every row.
    Raises UnreadableError when no file can be read.
    """
    stated = _Mapping(mapping or {}, mapping_optional)
    look = _Look()
    broken = list(damaged)
    opened = _recognise_all(connection, files, stated, broken, look)
    cut = False
    while opened:
        sources = _sources(opened)
        try:
            _create_view(connection, view, sources, selections, look)
            census = take_census(connection, view, sum(one.file.bytes for one in opened), files=len(opened))
        except OutOfMemory:
            raise
        except Error as error:
            found = _find_broken(connection, view, opened, error)
            broken.extend(found.values())
            opened = [one for one in opened if one.file not in found]
            continue
        closer = look.closer(
            census, _late_in_texts(connection, sources) if look.late is None else frozenset()
        )
        if closer != look:
            look = closer
            opened = _recognise_all(connection, [one.file for one in opened], stated, broken, look)
            continue
        if not cut:
            cut = True
            parts = _cut(connection, opened, census, stated, look)
            if parts != opened:
                opened = parts
                continue
        oversized = {one.path for one in census.files if one.longest > RECORD_LIMIT}
        if not oversized:
            return Dataset(connection, view, tuple(sources), tuple(broken), census, full=full)
        broken.extend(
            explain(one.file, SchemaError("over the limit"), one.projection)
            for one in opened
            if one.file.read_path in oversized
        )
        opened = [one for one in opened if one.file.read_path not in oversized]
    first = broken[0]
    raise UnreadableError(first.message, file=first.file.path, row=first.row, remedy=first.remedy)


def _recognise_all(
    connection: Connection,
    files: Sequence[DataFile],
    mapping: _Mapping,
    broken: list[Damage],
    look: _Look,
) -> list[_Opened]:
    """Every file with its projection; those that have none go to `broken`."""
    elections: dict[tuple[str, ...], Projection] = {}
    opened = []
    for alike in _alike(connection, files):
        try:
            projection = _recognise(connection, alike, mapping, elections, look)
        except OutOfMemory:
            raise
        except (Error, SchemaError, TooWideError) as error:
            broken.extend(explain(file, error) for file in alike)
        else:
            opened += [_Opened(file, projection) for file in alike]
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
    stated: _Mapping,
    elections: dict[tuple[str, ...], Projection],
    look: _Look,
) -> Projection:
    file = alike[0]
    if file.bytes == 0:
        raise SchemaError("the file is empty")
    late = look.late or frozenset()
    whole = any(one.read_path in late for one in alike)
    return _elect(connection, alike, _columns(connection, alike, look, whole=whole), stated, elections)


def _columns(
    connection: Connection, alike: Sequence[DataFile], look: _Look, *, whole: bool
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


def _elect(
    connection: Connection,
    alike: Sequence[DataFile],
    columns: Mapping[str, str],
    stated: _Mapping,
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
        names = [one.column for one in nominated]
        values = _values(connection, alike[:1], columns, names, rows=SNIFFED_ROWS)
        if any(_is_silent(values.get(name, {})) for name in names):
            # The first rows are silent: who made the others is looked up in all of them.
            values = _values(connection, alike, columns, names)
        elections[key] = with_models(projection, columns, nominated, values)
    found = elections[key]
    return replace(found, ignored=tuple(name for name in columns if name not in found.columns))


def _is_silent(values: Mapping[str | None, int]) -> bool:
    return all(value is None or value.strip().casefold() in PLACEHOLDERS for value in values)


def _values(
    connection: Connection,
    files: Sequence[DataFile],
    columns: Mapping[str, str],
    names: Sequence[str],
    rows: int | None = None,
) -> Values:
    """What the nominated columns hold: in the first rows, or in all of them, of each value how many."""
    names = list(dict.fromkeys(names))
    relation = READERS[files[0].container].relation(
        connection, files, {name: columns[name] for name in names}
    )
    if rows is None:
        return {name: _counted(connection, relation, name, columns[name]) for name in names}
    texts = ", ".join(
        f"histogram({identifier(name)} ->> '$')"
        if columns[name] == "JSON"
        else f"histogram(CAST({identifier(name)} AS VARCHAR))"
        for name in names
    )
    try:
        found = connection.execute(f"SELECT {texts} FROM (SELECT * FROM {relation} LIMIT {rows})").fetchall()[
            0
        ]
    except OutOfMemory:
        raise
    except Error:
        return {}  # the census meets the same error, and says where it is
    return {name: dict(values or {}) for name, values in zip(names, found, strict=True)}


def _counted(connection: Connection, relation: str, name: str, kind: str) -> dict[str | None, int]:
    """The commonest values of a column over all rows; one more than a column of models may have."""
    text = f"{identifier(name)} ->> '$'" if kind == "JSON" else f"CAST({identifier(name)} AS VARCHAR)"
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


def _cut(
    connection: Connection, opened: Sequence[_Opened], census: Census, stated: _Mapping, look: _Look
) -> list[_Opened]:
    """The same files; those with records that hold no completion cut by the schemas of their records, if they have several."""
    empty = {one.path for one in census.files if one.empty}
    found = {one.file.path: one for one in opened}
    for source in _sources([one for one in opened if one.file.read_path in empty]):
        if not source.projection.answered_in:
            continue
        columns = _columns(connection, source.files, look, whole=True)
        recognised = partial(_elect, connection, source.files, stated=stated, elections={})
        parts = mixed.parts(connection, source, columns, recognised)
        if len(parts) > 1:
            for file in source.files:
                found[file.path] = _Opened(file, source.projection, parts)
    return [found[one.file.path] for one in opened]


def _sources(opened: Sequence[_Opened]) -> list[Source]:
    """Files of one container and one schema are one source, read by one call."""
    together: dict[tuple[object, ...], list[_Opened]] = defaultdict(list)
    for one in opened:
        columns = tuple(one.projection.columns.items())
        models = (one.projection.maker, one.projection.selectors)
        dialect = one.file.container is Container.CSV and ".tsv" in one.file.path.lower()
        cut = tuple((part.projection.schema, part.where) for part in one.parts)
        together[one.file.container, dialect, one.projection.schema, columns, models, cut].append(one)
    found = []
    for group in together.values():
        files = tuple(one.file for one in group)
        found += [
            replace(part, files=files) for part in group[0].parts or (Source(files, group[0].projection),)
        ]
    return found


def _select(connection: Connection, source: Source, look: _Look | None = None) -> str:
    """The SELECT of a source. look: say of each row whether it asks for a closer one."""
    container, projection = source.files[0].container, source.projection
    columns, late = projection.columns, "false"
    if (
        look is not None
        and look.late is None
        and container in JSON_CONTAINERS
        and not are_many_and_small(source.files)
    ):
        more = watched(projection)
        columns, late = more.columns, more.late
    relation = source.relation(connection, columns)
    doubt = look is not None and not look.strict and container in JSON_CONTAINERS
    return projection.select(relation, doubt=doubt, late=late)


def _late_in_texts(connection: Connection, sources: Sequence[Source]) -> frozenset[str]:
    many = [source for source in sources if are_many_and_small(source.files)]
    return frozenset().union(*(in_texts(connection, one.files, one.projection) for one in many))


def _create_view(
    connection: Connection,
    view: str,
    sources: Sequence[Source],
    selections: Sequence[Selection] = (),
    look: _Look | None = None,
) -> None:
    answers = [source for source in sources if not source.projection.asks_only] or list(sources)
    rows = " UNION ALL ".join(f"({_select(connection, source, look)})" for source in answers)
    asked = [source for source in sources if source.projection.asks_only and source not in answers]
    if asked:
        asks = " UNION ALL ".join(f"({_select(connection, source)})" for source in asked)
        filled = ", ".join(f"coalesce(a.{name}, q.{name}) AS {name}" for name in _ASKED)
        rows = (
            f"SELECT a.* REPLACE ({filled}) FROM ({rows}) a LEFT JOIN "
            f"(SELECT sample_id, {', '.join(f'any_value({name}) AS {name}' for name in _ASKED)} FROM ({asks}) "
            f"GROUP BY sample_id) q ON a.sample_id = q.sample_id"
        )
    chosen = " ".join(
        f"WHEN {selection.predicate} THEN {literal(selection.maker)}" for selection in selections
    )
    # What a row says of itself stands: a manifest that says otherwise is contradicted (PA106), and does not overwrite it.
    nobody = ", ".join(literal(one) for one in sorted(PLACEHOLDERS))
    named = f"CASE WHEN lower(trim(maker)) NOT IN ({nobody}) THEN maker END"
    made = {
        "system_prompt": "nullif(trim(system_prompt), '') AS system_prompt",
        "maker": f"coalesce({named}, CASE {chosen} END) AS maker" if chosen else f"{named} AS maker",
    }
    made |= {name: f"{sql} AS {name}" for name, sql in DERIVED.items()}
    columns = ", ".join(made.get(name, name) for name in (*CANONICAL, "doubtful"))
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {columns} FROM ({rows})")


def _find_broken(
    connection: Connection, view: str, opened: Sequence[_Opened], error: Error
) -> dict[DataFile, Damage]:
    """Which files made the census fail, by reading each alone."""
    broken: dict[DataFile, Damage] = {}
    for one in opened:
        try:
            _create_view(connection, view, _sources([one]))
            take_census(connection, view)
        except OutOfMemory:
            raise
        except Error as own:
            broken[one.file] = explain(one.file, own, one.projection)
    if not broken:
        raise error
    return broken
