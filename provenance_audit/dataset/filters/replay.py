"""Replays declared filters on rows: every rule on every row, in one scan of the engine."""

from __future__ import annotations

from collections.abc import Sequence

from provenance_audit.database import Connection, literal
from provenance_audit.dataset.filters.base import Place, Replayed, Rule

PLACES_SHOWN = 5
# A row that the file itself says a filter rejected is not one that should have passed.
KEPT_ROWS = "completion IS NOT NULL AND kept IS DISTINCT FROM false"


def replay(connection: Connection, rows: str, rules: Sequence[Rule]) -> tuple[Replayed, ...]:
    """How many rows break each rule. rows: a relation of canonical rows (and `value`, for a rule on another column)."""
    if not rules:
        return ()
    relation, columns = f"(SELECT * FROM {rows} WHERE {KEPT_ROWS})", []
    for number, rule in enumerate(rules):
        relation, added = rule.over(relation, f"broken_{number}_")
        columns.append(added)
    counts = ", ".join(
        f"count_if({' OR '.join(added)}), {', '.join(f'count_if({name})' for name in added)}"
        for added in columns
    )
    by_file = connection.execute(
        f"SELECT file, count(*), {counts} FROM {relation} GROUP BY file ORDER BY file"
    ).fetchall()
    found, at = [], 2
    for rule, added in zip(rules, columns, strict=True):
        broken = sum(int(file[at]) for file in by_file)
        first = next((str(file[0]) for file in by_file if file[at]), None)
        found.append(
            Replayed(
                rule,
                sum(int(file[1]) for file in by_file),
                broken,
                tuple(
                    (parameter, sum(int(file[at + 1 + number]) for file in by_file))
                    for number, (parameter, _) in enumerate(rule.breaks)
                ),
                _places(connection, rows, rule, first) if first is not None else (),
            )
        )
        at += 1 + len(added)
    return tuple(found)


def _places(connection: Connection, rows: str, rule: Rule, file: str) -> tuple[Place, ...]:
    """Where the first rows of a file stand that break a rule."""
    chosen = f"{rows} WHERE file = {literal(file)}"
    numbered = (
        f"(SELECT *, position - (SELECT min(position) FROM {chosen}) + 1 AS paudit_record FROM {chosen})"
    )
    relation, broken = rule.over(f"(SELECT * FROM {numbered} WHERE {KEPT_ROWS})", "broken_")
    found = connection.execute(
        f"SELECT DISTINCT paudit_record FROM {relation} WHERE {' OR '.join(broken)} "
        f"ORDER BY paudit_record LIMIT {PLACES_SHOWN}"
    ).fetchall()
    return tuple(Place(file, int(record)) for (record,) in found)
