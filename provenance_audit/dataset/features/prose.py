"""Families of prose (code is counted with them too): words, pairs of words, punctuation, layout, length, case."""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.features.base import Family, FeatureSet, bucket, log_bins

WORDS = 1024
LINES = 16
LENGTHS = 48
CASES = 8

FAMILIES = (
    Family("word", WORDS),
    Family("word-pair", WORDS),
    Family("punctuation", 128),
    Family("line-start", LINES),
    Family("length", LENGTHS),
    Family("case", CASES),
)

# What a line begins with; the first that matches.
_STARTS = (
    r"^\s*$",
    r"^\s*```",
    r"^\s*#{1,6} ",
    r"^\s*[-+] ",
    r"^\s*[*] ",
    r"^\s*[•◦▪]",
    r"^\s*[0-9]+[.)] ",
    r"^\s*>",
    r"^\s*\|",
    r"^\s*\*\*",
    r"^(    |\t)",
    r"^\s*[A-Z]",
    r"^\s*[a-z]",
    r"^\s*[0-9]",
)


def explode(relation: str, at: Mapping[str, int]) -> str:
    """Split into words once; w is a word, v the next one. Punctuation and lines are taken from the text."""
    line = " ".join(
        f"WHEN regexp_matches(l, '{pattern}') THEN {number}" for number, pattern in enumerate(_STARTS, 1)
    )
    spaced = "translate(text, chr(10) || chr(9) || chr(13) || '.,;:!?()[]{{}}\"', repeat(' ', 17))".replace(
        "{{", "{"
    ).replace("}}", "}")
    case = (
        "CASE WHEN w = lower(w) THEN CASE WHEN w = upper(w) THEN 1 ELSE 2 END "
        "WHEN w = upper(w) THEN 3 WHEN lower(w[2:]) = w[2:] THEN 4 ELSE 5 END"
    )
    return f"""
    SELECT base + unnest([{at["word"]} + {bucket("lower(w)", WORDS)},
                   CASE WHEN v IS NOT NULL THEN {at["word-pair"]} + {bucket("lower(w), lower(v)", WORDS)} END,
                   {at["case"]} + {case}]) AS key
    FROM (SELECT base, unnest(words) AS w, unnest(words[2:]) AS v
          FROM (SELECT base, list_filter(string_split({spaced}, ' '), lambda t: t <> '') AS words FROM {relation}))
    WHERE w IS NOT NULL
    UNION ALL
    SELECT base + unnest(list_concat(
             [{at["length"]} + {log_bins("length(text)", LENGTHS)}],
             [{at["punctuation"]} + ascii(p) FOR p IN regexp_extract_all(text, '[[:punct:]]')],
             [{at["line-start"]} + CASE {line} ELSE 0 END FOR l IN string_split(text, chr(10))])) AS key
    FROM {relation}
    """


PROSE = FeatureSet("prose", 1, FAMILIES, explode, {})
