"""Which common words fall in a bucket: the engine's hash says. Words of the data are never shown."""

from __future__ import annotations

from provenance_audit.database import Connection, literal
from provenance_audit.dataset.features.base import Derived, Family

WORDS_SHOWN = 4


def label(connection: Connection, family: Family | Derived, code: int) -> str:
    """What a code of a family is, in words."""
    said = family.label(code)
    if isinstance(family, Derived) or not family.words:
        return said
    words = ", ".join(literal(word) for word in family.words.split())
    found = connection.execute(
        f"SELECT w FROM (SELECT unnest([{words}]) AS w) WHERE hash(w) % {family.size} = {code} LIMIT {WORDS_SHOWN}"
    ).fetchall()
    return f"{said}, that of {', '.join(repr(word) for (word,) in found)}" if found else said
