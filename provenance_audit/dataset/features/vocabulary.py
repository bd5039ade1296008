"""Which common words fall in a bucket: the family's own code says. Words of the data are never shown."""

from __future__ import annotations

import numpy as np

from provenance_audit.database import Connection, literal
from provenance_audit.dataset.features.base import ByteCut, Derived, FeatureSet
from provenance_audit.dataset.features.texts import lay_out

WORDS_SHOWN = 4


def label(connection: Connection, features: FeatureSet, name: str, code: int) -> str:
    """What a code of a family is, in words."""
    family = features.families[name]
    said = family.label(code)
    if isinstance(family, Derived) or not family.words:
        return said
    words = family.words.split()
    cut = next(cut for cut in features.cuts if family in cut.families)
    if isinstance(cut, ByteCut):
        found = [words[at] for at in np.flatnonzero(family.code(cut.pieces(lay_out(words))) == code)]
    else:
        listed = ", ".join(map(literal, words))
        found = [
            word
            for (word,) in connection.execute(
                f"SELECT w FROM (SELECT unnest([{listed}]) AS w) WHERE hash(w) % {family.size} = {code}"
            ).fetchall()
        ]
    return f"{said}, that of {', '.join(map(repr, found[:WORDS_SHOWN]))}" if found else said
