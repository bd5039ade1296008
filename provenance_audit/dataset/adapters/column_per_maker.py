"""One column for each maker, called after it: `deepseek_attempt`, `r1_generation`, `6b_finetuning.solution`. A row for each.

A column's name is weak evidence of who filled it (tier 5: it warns, and decides nothing): say who it was in a manifest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from provenance_audit.database import identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import NOTHING, Projection, Reads, answer, any_text, filters, text
from provenance_audit.dataset.adapters.pairs import asked, prompt_of
from provenance_audit.dataset.columns import COMPLETIONS, FILTER_FLAGS, first_of

# What follows the maker in the name of a column of its answers, and of its reasoning.
ANSWER = re.compile(
    r"^(?P<maker>\w+?)_(?:attempt|generation|response|completion|solution|answer|output)$", re.I
)
THOUGHTS = ("thinking_trajectory", "reasoning", "thinking", "cot")
# What comes before those words and is no maker.
_NOT_MAKERS = frozenset(
    [
        "final",
        "correct",
        "expected",
        "reference",
        "gold",
        "golden",
        "ground_truth",
        "generated",
        "model",
        "chosen",
        "rejected",
        "best",
        "human",
        "raw",
        "parsed",
        "full",
        "extracted",
        "clean",
        "filtered",
        "code",
        "text",
        "base",
        "sample",
        "original",
        "test",
        "student",
        "teacher",
    ]
)

READS = (
    Reads(
        "`<maker>_attempt`, `<maker>_generation`, …; structs of an answer",
        "s1K, OpenCodeReasoning, GSM8K example solutions",
        "the name of the column: a hint, which decides nothing",
        5,
    ),
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if columns are called after their makers, and no column holds completions by a plain name."""
    makers = _structs(columns) or _named(columns)
    if not makers:
        return None
    used, fields, mapping = asked(columns, prompt_of(columns))
    answers, makers_sql, kept = [], [], []
    for number, (maker, column, inside) in enumerate(makers, 1):
        used[column] = columns[column]
        if inside is None:
            said, thought = text(columns, column), _thought_of(columns, maker, used)
        else:
            members = types.fields(columns[column])
            said = any_text(f"{identifier(column)}.{identifier(inside)}", members[inside]) or NOTHING
            thought = NOTHING
            flags = [name for name in members if name.lower() in FILTER_FLAGS]
            tests = {
                name: f"TRY_CAST({any_text(f'{identifier(column)}.{identifier(name)}', members[name])} AS BOOLEAN)"
                for name in flags
            }
            if flags:
                kept.append(
                    (
                        f"WHEN {number} THEN {' AND '.join(tests.values())}",
                        f"WHEN {number} THEN {filters(tests)}",
                    )
                )
                mapping["kept"] = f"*.{flags[0]}"
        answers.append(answer(said, thought))
        makers_sql.append(f"WHEN {number} THEN {literal(maker)}")
    for field in ("completion", "reasoning"):
        cases = " ".join(f"WHEN {number} THEN {one[field]}" for number, one in enumerate(answers, 1))
        fields[field] = f"CASE item {cases} END"
    fields |= {"maker": f"CASE item {' '.join(makers_sql)} END", "branch": "'candidate'", "gen_index": "item"}
    if kept:
        fields["kept"] = f"CASE item {' '.join(one for one, _ in kept)} END"
        fields["filters"] = f"CASE item {' '.join(one for _, one in kept)} END"
    shown = ", ".join(column if inside is None else f"{column}.{inside}" for _, column, inside in makers)
    mapping |= {"completion": shown, "maker": f"{makers[0][1]}, …"}
    schema = f"{mapping.get('prompt', 'no prompt')} + one column per maker"
    return Projection(schema, used, fields, mapping, count=str(len(makers)), makers_from="column name")


def _structs(columns: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    """Columns that are structs of an answer, at least two of one shape: (maker, column, field)."""
    shapes: dict[str, list[tuple[str, str, str | None]]] = {}
    for column, kind in columns.items():
        inside = first_of(COMPLETIONS, types.fields(kind))
        if inside is not None:
            shapes.setdefault(kind, []).append((column, column, inside))
    return max((found for found in shapes.values() if len(found) > 1), key=len, default=[])


def _named(columns: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    if first_of(COMPLETIONS[:5], columns) is not None:
        return []
    found: list[tuple[str, str, str | None]] = []
    for column, kind in columns.items():
        match = ANSWER.match(column)
        if match is not None and types.is_text(kind) and match["maker"].lower() not in _NOT_MAKERS:
            found.append((match["maker"], column, None))
    return found


def _thought_of(columns: Mapping[str, str], maker: str, used: dict[str, str]) -> str:
    column = first_of(tuple(f"{maker}_{name}".lower() for name in THOUGHTS), columns)
    if column is None or not types.is_text(columns[column]):
        return NOTHING
    used[column] = columns[column]
    return text(columns, column)
