"""`column`: the value of a column, of the canonical row or of the files, compared with a constant."""

from __future__ import annotations

from collections.abc import Sequence

from provenance_audit.database import literal
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.filters.base import Rule

Scalar = bool | int | float | str
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
_SQL = {"==": "=", "!=": "<>", "in": "IN", "not in": "NOT IN"}
# A column so called measures the length of a text.
_LENGTHS = (
    "length",
    "len",
    "tokens",
    "token_count",
    "chars",
    "characters",
    "words",
    "word_count",
    "num_tokens",
)
_LENGTH_FAMILIES = frozenset({"length", "count"})


def column(id: str, *, column: str, compare: str, value: Scalar | Sequence[Scalar]) -> Rule:
    """The rule. A row without a value, or with one that cannot be compared, breaks it: it cannot have passed."""
    values = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    own = column in CANONICAL
    text = f"CAST({column} AS VARCHAR)" if own else "value"
    kind = _kind(values)
    read = text if kind == "VARCHAR" else f"TRY_CAST({text} AS {kind})"
    constants = ", ".join(_constant(one, kind) for one in values)
    right = f"({constants})" if "in" in compare else constants
    named = any(part in _LENGTHS for part in (column.lower(), *column.lower().split("_")))
    return Rule(
        id,
        "column",
        (
            (f"{column} {compare}", f"NOT (read {_SQL.get(compare, compare)} {right})"),
            ("no value", "read IS NULL"),
        ),
        (("read", read),),
        None,
        _LENGTH_FAMILIES if named else frozenset(),
        None if own else column,
    )


def _kind(values: Sequence[Scalar]) -> str:
    if all(isinstance(one, bool) for one in values):
        return "BOOLEAN"
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return "DOUBLE"
    return "VARCHAR"


def _constant(value: Scalar, kind: str) -> str:
    if kind == "BOOLEAN":
        return "true" if value else "false"
    return repr(float(value)) if kind == "DOUBLE" else literal(str(value))
