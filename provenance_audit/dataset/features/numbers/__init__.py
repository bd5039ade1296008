"""Number sequences: which numbers, where, after which, and how they are written."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Cut, FeatureSet
from provenance_audit.dataset.features.numbers import bigrams, positions, successions, values, writing
from provenance_audit.dataset.features.numbers.cut import numbers, written

NUMBERS = FeatureSet(
    "numbers",
    (
        Cut("row", written, writing.FAMILIES, every_row=True),
        Cut(
            "number",
            numbers,
            (values.VALUE, positions.POSITION_LEAD, *successions.FAMILIES, bigrams.BIGRAM),
        ),
    ),
    (*values.DERIVED, *positions.DERIVED),
)
