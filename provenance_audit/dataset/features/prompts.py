"""Families of prompts: what was asked, not what was answered. Two sides that differ here cannot be compared as they are."""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.features.base import Family, FeatureSet, bucket, log_bins

WORDS = 1024
LENGTHS = 48
NUMBERS = 32

# Words with which a prompt asks for a format; each is one bit.
_FORMATS = (
    "comma",
    "semicolon",
    "space|whitespace",
    "line|newline|row",
    "bracket|parenthes|[(]",
    "json|list|array|tuple",
    "markdown|table|bullet",
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
        f"CASE WHEN regexp_matches(lowered, '{words}') THEN {2**bit} ELSE 0 END"
        for bit, words in enumerate(_FORMATS)
    )
    return f"""
    SELECT base + unnest(list_concat(
             [{at["prompt-length"]} + {log_bins("length(text)", LENGTHS)},
              {at["prompt-numbers"]} + CAST(least(len(regexp_extract_all(text, '[0-9]+')), {NUMBERS - 1}) AS INTEGER),
              {at["prompt-format"]} + {asked}],
             [{at["prompt-word"]} + {bucket("w", WORDS)} FOR w IN regexp_extract_all(lowered, '[a-z]+')])) AS key
    FROM (SELECT base, text, lower(text) AS lowered FROM {relation})
    """


PROMPTS = FeatureSet("prompts", 1, FAMILIES, explode, {})
