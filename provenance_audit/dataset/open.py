"""The door of the wing: files in, a `Dataset` out. Finds each file's schema, builds the canonical view, counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from provenance_audit.database import Connection, Error, OutOfMemory, literal
from provenance_audit.dataset import mixed
from provenance_audit.dataset.adapters import SchemaError
from provenance_audit.dataset.census import Census, take_census
from provenance_audit.dataset.columns import CANONICAL, DERIVED
from provenance_audit.dataset.containers.base import RECORD_LIMIT
from provenance_audit.dataset.damage import Damage, explain
from provenance_audit.dataset.files import JSON_CONTAINERS, Container, DataFile
from provenance_audit.dataset.late_keys import are_many_and_small, in_texts, watched
from provenance_audit.dataset.nomination import PLACEHOLDERS
from provenance_audit.dataset.rows import Dataset, Selection
from provenance_audit.dataset.schemas import Look, Opened, Stated, columns_of, elect, recognise_all
from provenance_audit.dataset.source import Source
from provenance_audit.errors import UnreadableError

# What the input of a batch holds, for the rows of its output.
_ASKED = ("thread", "prompt", "system_prompt", "requested_model", "gen_params")


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
    stated = Stated(mapping or {}, mapping_optional)
    look = Look()
    broken = list(damaged)
    opened = recognise_all(connection, files, stated, broken, look)
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
            look, cut = closer, False
            opened = recognise_all(connection, [one.file for one in opened], stated, broken, look)
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


def _cut(
    connection: Connection, opened: Sequence[Opened], census: Census, stated: Stated, look: Look
) -> list[Opened]:
    """The same files; those with records that hold no completion cut by the schemas of their records, if they have several."""
    empty = {one.path for one in census.files if one.empty}
    found = {one.file.path: one for one in opened}
    for source in _sources([one for one in opened if one.file.read_path in empty]):
        if not source.projection.answered_in:
            continue
        columns = columns_of(connection, source.files, look, whole=True)
        recognised = partial(elect, connection, source.files, stated=stated, elections={})
        parts = mixed.parts(connection, source, columns, recognised)
        for file in source.files:
            if len(parts) > 1:
                found[file.path] = Opened(file, source.projection, parts)
            elif parts[0] is not source:
                found[file.path] = Opened(file, parts[0].projection)
    return [found[one.file.path] for one in opened]


def _sources(opened: Sequence[Opened]) -> list[Source]:
    """Files of one container and one schema are one source, read by one call."""
    together: dict[tuple[object, ...], list[Opened]] = defaultdict(list)
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


def _select(connection: Connection, source: Source, look: Look | None = None) -> str:
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
    look: Look | None = None,
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
    # Not IN: of more than a few values DuckDB makes a join, which stays in the plan of every query that asks no maker.
    nobody = f"list_contains([{', '.join(literal(one) for one in sorted(PLACEHOLDERS))}], lower(trim(maker)))"
    name = "maker"
    if any("maker_revision" in source.projection.fields for source in sources):
        pinned = "maker_revision <> '' AND NOT contains(maker, '@')"
        name = f"CASE WHEN {pinned} THEN maker || '@' || maker_revision ELSE maker END"
    named = f"CASE WHEN NOT {nobody} THEN {name} END"
    made = {
        "system_prompt": "nullif(trim(system_prompt), '') AS system_prompt",
        "maker": f"coalesce({named}, CASE {chosen} END) AS maker" if chosen else f"{named} AS maker",
    }
    made |= {name: f"{sql} AS {name}" for name, sql in DERIVED.items()}
    columns = ", ".join(made.get(name, name) for name in (*CANONICAL, "doubtful"))
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {columns} FROM ({rows})")


def _find_broken(
    connection: Connection, view: str, opened: Sequence[Opened], error: Error
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
