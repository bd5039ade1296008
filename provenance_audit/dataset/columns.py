"""The canonical row, the names under which its columns are found, and how a teacher column is recognised by its values.

The canonical row, a DuckDB view and never a copy:

    file           VARCHAR   which file it came from
    first          BOOLEAN   the first trained row of its source record (so records can be counted)
    thread         VARCHAR   the first user turn: what the block is hashed from; NULL without a prompt
    prompt         VARCHAR   the user turn that this completion answers
    system_prompt  VARCHAR   the system or developer turn
    completion     VARCHAR   one trained completion; NULL where a record has none
    maker          VARCHAR   what the row says of who made it, verbatim
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

CANONICAL = ("file", "first", "thread", "prompt", "system_prompt", "completion", "maker")

PROMPTS = ("prompt", "question", "instruction", "query", "problem")
COMPLETIONS = ("completion", "response", "output", "generation", "generated_solution")
SYSTEM_PROMPTS = ("system_prompt", "system")
CONTEXT = "input"

# A column of the first kind says what it is; one of the second is believed only by its values.
TEACHER_COLUMNS = ("teacher_model", "teacher", "teacher_id")
MODEL_COLUMNS = ("generator", "generation_model", "generator_model", "model", "model_name", "model_id")
MAKERS_AT_MOST = 200
SHARE_OF_MODELS = 0.9

SCALAR_TYPES = frozenset(
    [
        "BIGINT",
        "INTEGER",
        "SMALLINT",
        "TINYINT",
        "UBIGINT",
        "UINTEGER",
        "USMALLINT",
        "UTINYINT",
        "HUGEINT",
        "DOUBLE",
        "FLOAT",
        "BOOLEAN",
        "DATE",
        "TIMESTAMP",
        "TIME",
        "UUID",
        '"NULL"',
    ]
)
# A name of a model: one word with letters, and a digit, a slash or a dash somewhere.
_MODEL_NAME = re.compile(r"(?=.*[A-Za-z])(?=.*[\d/\-:])[\w.\-:/@+]{3,200}")


def first_of(names: Sequence[str], columns: Mapping[str, str]) -> str | None:
    """The first of these names that is a column, whatever its case, as the file spells it."""
    lowered = {column.lower(): column for column in columns}
    return next((lowered[name] for name in names if name in lowered), None)


def is_text(kind: str) -> bool:
    """Whether a column of this DuckDB type can be read as text without changing what it says."""
    return (
        kind in ("VARCHAR", "JSON")
        or kind in SCALAR_TYPES
        or kind.startswith(("DECIMAL", "TIMESTAMP", "ENUM"))
    )


def looks_like_models(values: Mapping[str | None, int]) -> bool:
    """Whether a column's values (value -> rows) are names of models: few, and nine in ten rows parse as one."""
    named = {value: rows for value, rows in values.items() if value is not None}
    if not named or len(named) > MAKERS_AT_MOST:
        return False
    models = sum(rows for value, rows in named.items() if _MODEL_NAME.fullmatch(value.strip()))
    return models >= SHARE_OF_MODELS * sum(named.values())
