"""Files that hold records of several schemas: messages in one line, a prompt and a completion in the next.

Seen by records that hold no completion in the schema that was recognised. The columns of that schema's answers are put
aside, and what is left is recognised again; a record belongs to the first schema that has its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from provenance_audit.database import Connection, identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters import Projection, SchemaError
from provenance_audit.dataset.source import Source

# More schemas than this in one file are one after the other of the same kind of mistake.
SCHEMAS_AT_MOST = 4

Recognise = Callable[[Mapping[str, str]], Projection]


def parts(
    connection: Connection, source: Source, columns: Mapping[str, str], recognise: Recognise
) -> tuple[Source, ...]:
    """The source cut by the schemas of its records; alone, and of the schema that has their answers, if all are of one.

    columns: every column that its files have. recognise: from columns to a projection; raises SchemaError.
    """
    schemas = _schemas(columns, recognise)
    if len(schemas) < 2:
        return (source,)
    answers = {name: columns[name] for one in schemas for name in one.answered_in}
    held = [_holds(one, columns) for one in schemas]
    # The first takes what none of the others has an answer for, so that every record is counted once.
    claims = [f"({held[number]}) AND NOT ({' OR '.join(held[:number])})" for number in range(1, len(schemas))]
    relation = Source(source.files, schemas[0]).relation(connection, answers)
    counts = connection.execute(
        f"SELECT count(*), {', '.join(f'count_if({claim})' for claim in claims)} FROM {relation}"
    ).fetchall()[0]
    claimed = [
        (projection, claim, int(count))
        for projection, claim, count in zip(schemas[1:], claims, counts[1:], strict=True)
        if count
    ]
    if not claimed:
        return (source,)
    rest = int(counts[0]) - sum(count for *_, count in claimed)
    first = f"NOT ({' OR '.join(claim for _, claim, _ in claimed)})"
    found = []
    for projection, where, count in ((schemas[0], first, rest), *claimed):
        if count:
            part = Source(source.files, projection, where, answers, count)
            own = _filled(connection, part, columns, set(answers) - set(projection.answered_in))
            found.append(replace(part, projection=_of(own, recognise) or projection))
    return tuple(found) if len(found) > 1 else (Source(source.files, found[0].projection),)


def _of(columns: Mapping[str, str], recognise: Recognise) -> Projection | None:
    """The projection of these columns; None where they hold no answer, as those of empty records do."""
    try:
        return recognise(columns)
    except SchemaError:
        return None


def _filled(
    connection: Connection, part: Source, columns: Mapping[str, str], others: Set[str]
) -> dict[str, str]:
    """The columns that some record of a part has a value for, without those of other answers."""
    names = [name for name in columns if name not in others]
    values = connection.execute(
        f"SELECT {', '.join(f'count({identifier(name)})' for name in names)} "
        f"FROM {part.relation(connection, {name: columns[name] for name in names})}"
    ).fetchall()[0]
    return {name: columns[name] for name, count in zip(names, values, strict=True) if count}


def _schemas(columns: Mapping[str, str], recognise: Recognise) -> Sequence[Projection]:
    found: list[Projection] = []
    left = dict(columns)
    while len(found) < SCHEMAS_AT_MOST:
        projection = _of(left, recognise)
        if projection is None or not projection.answered_in:
            break
        found.append(projection)
        left = {name: kind for name, kind in left.items() if name not in projection.answered_in}
    return found


def _holds(projection: Projection, columns: Mapping[str, str]) -> str:
    """SQL of whether a record has the answer of a schema."""
    tests = []
    for name in projection.answered_in:
        column, kind = identifier(name), columns[name]
        if types.is_list(kind):
            tests.append(f"coalesce(len({column}) > 0, false)")
        elif kind == "JSON":
            tests.append(f"coalesce({column} NOT IN ('null', '[]'), false)")
        else:
            tests.append(f"{column} IS NOT NULL")
    return " AND ".join(tests)
