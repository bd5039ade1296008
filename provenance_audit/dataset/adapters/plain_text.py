"""Plain `text`, as for pre-training: no prompt, so only the whole text can be tested, and blocks are of texts."""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.adapters.base import Projection, Reads, answer, text
from provenance_audit.dataset.columns import first_of
from provenance_audit.dataset.types import is_text

READS = (Reads("`text`", "pre-training corpora", "a column of the record", 4),)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a column of text."""
    column = first_of(("text", "content", "document"), columns)
    if column is None or not is_text(columns[column]):
        return None
    return Projection(
        column, {column: columns[column]}, answer(text(columns, column)), {"completion": column}
    )
