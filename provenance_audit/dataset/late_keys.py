"""Keys that the first rows do not have, of which a schema is made: who made a row may be said only after them.

They are asked for in the read that counts every row, where a key that no record has costs next to nothing. For every file
it costs a little, so that thousands of small ones are looked through as texts instead. Only where a key is found are the
rows made out as a whole, and read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provenance_audit.database import Connection, Error, OutOfMemory, glob_escape, identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters import Projection
from provenance_audit.dataset.files import COMPRESSIONS, Container, DataFile
from provenance_audit.dataset.metadata import METADATA
from provenance_audit.dataset.nomination import GENERATORS, TEACHERS

KEYS = (*TEACHERS, *GENERATORS, "reasoning_content")
# What a turn or a candidate may say of itself.
INSIDE = ("model", "model_name", "generator", "reasoning_content")
# More files than this, of fewer bytes each, are looked through as texts.
MANY = 64
SMALL = 1024 * 1024
BATCH_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Watched:
    """What to read of a source: the columns of its projection, wider by the keys looked for; `late` is SQL of whether a
    record has one of these."""

    columns: Mapping[str, str]
    late: str


def watched(projection: Projection) -> Watched:
    """The columns of a projection and, beside and inside them, the keys that name makers and were not seen."""
    columns, late = {}, []
    for name, kind in projection.columns.items():
        columns[name], more = _wider(kind, (*INSIDE, *projection.late_keys))
        if more and types.is_list(kind):
            late.append(f"len(list_filter({identifier(name)}, lambda m: {_any('m', more)})) > 0")
        elif more:
            late.append(_any(identifier(name), more))
    known = {name.lower() for name in (*projection.columns, *projection.ignored)}
    for key in KEYS:
        if key not in known:
            columns[key] = "JSON"
            late.append(f"{identifier(key)} IS NOT NULL")
    for name in projection.ignored:
        if name.lower() in METADATA:
            columns[name] = "JSON"
            quoted = (literal(f'"{key}"') for key in (*TEACHERS, *GENERATORS))
            late += [f"contains({identifier(name)}, {key})" for key in quoted]
    return Watched(columns, f"coalesce({' OR '.join(late)}, false)" if late else "false")


def are_many_and_small(files: Sequence[DataFile]) -> bool:
    """Whether files are rather looked through as texts."""
    return (
        len(files) > MANY
        and files[0].container is Container.JSONL
        and all(file.bytes < SMALL and not file.remote for file in files)
        and not any(file.read_path.lower().endswith(COMPRESSIONS) for file in files)
    )


def in_texts(connection: Connection, files: Sequence[DataFile], projection: Projection) -> frozenset[str]:
    """Of small files, those (by what is read) with a key at any depth that names makers and is not among the columns."""
    known = {name.lower() for name in (*projection.columns, *projection.ignored)}
    inside = " ".join(projection.columns.values()).lower()
    wanted = [key for key in KEYS if key not in known and f'"{key}"' not in inside]
    if not wanted:
        return frozenset()
    # Quotes inside a text of JSON stand behind a backslash, so that this finds keys and no words.
    pattern = literal('"(?:' + "|".join(wanted) + r')"\s*:')
    found: set[str] = set()
    for some in _batches(files):
        paths = ", ".join(literal(glob_escape(file.read_path)) for file in some)
        try:
            named = connection.execute(
                f"SELECT filename FROM read_text([{paths}]) WHERE regexp_matches(content, {pattern})"
            ).fetchall()
        except OutOfMemory:
            raise
        except Error:
            continue  # one of them is no text: the census meets the same error, and says where it is
        found.update(path for (path,) in named)
    return frozenset(found)


def _batches(files: Sequence[DataFile]) -> Iterator[list[DataFile]]:
    """The files in lists of a bounded size: the engine holds the texts of one query all at once."""
    batch: list[DataFile] = []
    size = 0
    for file in files:
        if size + file.bytes > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.bytes
    yield batch


def _wider(kind: str, keys: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """A struct, or a list of them, with the keys that it does not have; which these are."""
    members = types.fields(types.element(kind))
    if not members:
        return kind, ()
    known = {name.lower() for name in members}
    more = tuple(key for key in keys if key not in known)
    wider = types.struct({**members, **dict.fromkeys(more, "JSON")})
    return wider + "[]" if types.is_list(kind) else wider, more


def _any(sql: str, keys: tuple[str, ...]) -> str:
    return " OR ".join(f"{sql}.{identifier(key)} IS NOT NULL" for key in keys)
