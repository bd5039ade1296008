"""What a filter gave each row, in a file of its own: a number of the row, scores, and `flag_*`. It holds no trained row."""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.adapters.base import Projection, Reads, scalar
from provenance_audit.dataset.columns import COMPLETIONS, PROMPTS, first_of

NUMBERS = ("idx", "index", "row_idx", "sample_idx")
FLAG = "flag_"

READS = (Reads("`idx`, scores, `flag_*`", "filters that score rows in a file apart", "no trained rows", 4),)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if rows are numbered and flagged, and hold no text of their own."""
    number = first_of(NUMBERS, columns)
    flagged = any(name.lower().startswith(FLAG) for name in columns)
    if number is None or not flagged or first_of((*PROMPTS, *COMPLETIONS, "text"), columns) is not None:
        return None
    fields, mapping = {"sample_id": scalar(columns, number)}, {"sample_id": number}
    return Projection("filter scores", {number: columns[number]}, fields, mapping, asks_only=True)
