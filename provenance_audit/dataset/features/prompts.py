"""Families of prompts: what was asked, not what was answered. Two sides that differ here cannot be compared as they are."""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import literal
from provenance_audit.dataset.features.base import Family, FeatureSet, bucket, log_bins

WORDS = 1024
LENGTHS = 48
NUMBERS = 32

# Words with which a prompt asks for a format; each group is one bit.
_FORMATS = (
    ("comma",),
    ("semicolon",),
    ("space",),
    ("line", "row"),
    ("bracket", "parenthes", "("),
    ("json", "list", "array", "tuple"),
    ("markdown", "table", "bullet"),
)
FORMATS = 2 ** len(_FORMATS)

FAMILIES = (
    Family("prompt-length", LENGTHS),
    Family("prompt-numbers", NUMBERS),
    Family("prompt-format", FORMATS),
    Family("prompt-word", WORDS),
)


def explode(relation: str, at: Mapping[str, int]) -> str:
    """One row of features for the whole prompt, and one per word; numbers count, but are not words."""
    asked = " + ".join(
        f"CASE WHEN {' OR '.join(f'contains(lowered, {literal(word)})' for word in words)} THEN {2**bit} ELSE 0 END"
        for bit, words in enumerate(_FORMATS)
    )
    number = "(w >= '0' AND w < ':')"
    return f"""
    SELECT base + unnest(list_concat(
             [{at["prompt-length"]} + {log_bins("length(text)", LENGTHS)},
              {at["prompt-numbers"]} + CAST(least(len(list_filter(words, lambda w: {number})), {NUMBERS - 1}) AS INTEGER),
              {at["prompt-format"]} + {asked}],
             [{at["prompt-word"]} + {bucket("w", WORDS)} FOR w IN words IF w <> '' AND NOT {number}])) AS key
    FROM (SELECT *, string_split(replace(lowered, chr(10), ' '), ' ') AS words
          FROM (SELECT base, text, lower(text) AS lowered FROM {relation}))
    """


PROMPTS = FeatureSet("prompts", 1, FAMILIES, explode, {})
