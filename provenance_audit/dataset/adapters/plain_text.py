"""Plain `text`, as for pre-training: without a prompt only the whole text can be tested, and blocks are of texts.

Cosmopedia and its like keep what was asked beside it, as `prompt`.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.adapters.base import Projection, Reads, answer, text
from provenance_audit.dataset.adapters.pairs import asked
from provenance_audit.dataset.columns import first_of
from provenance_audit.dataset.types import is_text

ASKED = ("prompt", "instruction")

READS = (
    Reads(
        "`text`, with or without `prompt`", "pre-training corpora, Cosmopedia", "a column of the record", 4
    ),
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a column of text."""
    column = first_of(("text", "content", "document"), columns)
    if column is None or not is_text(columns[column]):
        return None
    prompt = first_of(ASKED, columns)
    used, fields, mapping = asked(columns, prompt)
    used[column] = columns[column]
    mapping["completion"] = column
    schema = f"{prompt} + {column}" if prompt is not None else column
    return Projection(
        schema, used, {**fields, **answer(text(columns, column))}, mapping, answered_in=(column,)
    )
