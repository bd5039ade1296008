"""Punctuation marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.texts import Bytes, Integers, Texts, among


@dataclass(frozen=True, slots=True)
class Marks:
    """Punctuation marks in the order of the texts: how many each text has (rows,), and which they are (k,)."""

    per_row: Integers
    mark: Bytes


def marks(texts: Texts) -> Marks:
    """The punctuation marks of ASCII."""
    at = np.flatnonzero(among(texts.data, ("!", "/"), (":", "@"), ("[", "`"), ("{", "~")))
    return Marks(texts.per_row(at), texts.data[at])


PUNCTUATION = Family(
    "punctuation",
    128,
    lambda marks: marks.mark.astype(np.int64),
    label=lambda code: f"the mark {chr(code)}",
)
