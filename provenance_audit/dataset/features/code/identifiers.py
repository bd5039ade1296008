"""Names and keywords, and how they are written: snake_case, camelCase, PascalCase, CONSTANT_CASE, one letter, underscores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import one_of
from provenance_audit.dataset.features.sql import first_match
from provenance_audit.dataset.features.texts import Hashes, Integers, Texts, among, runs

# Of a name; the first that matches.
_STYLES = {
    "__dunder__": "^__.*__$",
    "_underscore": "^_",
    "one letter": "^.$",
    "lower": "^[a-z]+$",
    "lower with digits": "^[a-z][a-z0-9]*$",
    "snake_case": "^[a-z0-9]+(_[a-z0-9]+)+$",
    "CAPITALS": "^[A-Z0-9]+$",
    "CONSTANT_CASE": "^[A-Z0-9]+(_[A-Z0-9]+)+$",
    "Capitalised": "^[A-Z][a-z0-9]+$",
    "PascalCase": "^[A-Z][A-Za-z0-9]*$",
    "camelCase": "^[a-z][A-Za-z0-9]*$",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names and keywords in the order of the texts: how many each text has (rows,), and their hashes (k,)."""

    per_row: Integers
    hash: Hashes


def names(texts: Texts) -> Names:
    """Letters, digits, underscores and dollar signs; digits that they begin with are no part of a name."""
    letter = among(texts.data, ("A", "Z"), ("a", "z"), ("_", "_"), ("$", "$"))
    start, end = runs(letter | among(texts.data, ("0", "9")))
    letters = np.append(np.flatnonzero(letter), len(letter))
    start = letters[np.searchsorted(letters, start)]
    named = start < end
    start, end = start[named], end[named]
    return Names(texts.per_row(start), texts.hashes(start, end))


def each(source: str) -> str:
    """A name, or keyword, is `t`."""
    return f"SELECT base, unnest(regexp_extract_all(text, '[A-Za-z_$][A-Za-z0-9_$]*')) AS t FROM {source}"


IDENTIFIER = Family(
    "identifier-style",
    16,
    f"1 + {first_match('t', _STYLES.values())}",
    version=2,
    label=one_of(["names of no style", *(f"names like {name}" for name in _STYLES)]),
)
