"""What an adapter yields: how the columns of one schema become the canonical row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provenance_audit.database import identifier, literal
from provenance_audit.dataset.columns import MODEL_COLUMNS, SYSTEM_PROMPTS, TEACHER_COLUMNS, first_of, is_text

# Begins the message of a row that holds a list where its column is text.
NOT_TEXT = "paudit: "


class SchemaError(Exception):
    """A schema that is nearly one we know: a column is there and is not what it should be."""


@dataclass(frozen=True, slots=True)
class Projection:
    """How one schema becomes the canonical row.

    columns: the source columns used, with the DuckDB type to read them as. mapping: canonical name -> source column, to
    show. select: from the name of a relation holding `columns` and `file` to a SELECT of the canonical columns.
    maker_column: the column that may name the maker, and whether its values must be looked at before it is believed.
    """

    schema: str
    columns: Mapping[str, str]
    mapping: Mapping[str, str]
    select: Callable[[str], str]
    maker_column: str | None = None
    maker_by_value: bool = False
    unused: tuple[str, ...] = field(default=())


Adapter = Callable[[Mapping[str, str]], Projection | None]


def text_column(columns: Mapping[str, str], name: str) -> str:
    """The SQL of a column that must be text; refuses a list or a struct, which would be read as its JSON.

    Columns of JSON files come as JSON, so that a list in one row of text is seen, and stops the read.
    """
    kind, column = columns[name], identifier(name)
    if not is_text(kind):
        raise SchemaError(f"column {name!r} holds {kind} where text is expected")
    if kind == "JSON":
        refusal = literal(f"{NOT_TEXT}column {name!r} holds a list or an object where text is expected")
        return f"CASE WHEN json_type({column}) IN ('ARRAY', 'OBJECT') THEN error({refusal}) ELSE {column} ->> '$' END"
    return f"CAST({column} AS VARCHAR)"


def maker_of(columns: Mapping[str, str]) -> tuple[str | None, bool]:
    """The column that may name the maker, and whether only its values can tell."""
    for names, by_value in ((TEACHER_COLUMNS, False), (MODEL_COLUMNS, True)):
        column = first_of(names, columns)
        if column is not None and is_text(columns[column]):
            return column, by_value
    return None, False


def system_of(columns: Mapping[str, str]) -> str | None:
    """The column that holds the system prompt, if there is one."""
    column = first_of(SYSTEM_PROMPTS, columns)
    return column if column is not None and is_text(columns[column]) else None


def optional(columns: Mapping[str, str], name: str | None) -> str:
    """The SQL of a text column that may be absent."""
    return text_column(columns, name) if name is not None else "CAST(NULL AS VARCHAR)"
