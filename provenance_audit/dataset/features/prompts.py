"""Families of prompts: what was asked, not what was answered. Two sides that differ here cannot be compared as they are."""

from __future__ import annotations

from provenance_audit.database import literal
from provenance_audit.dataset.features.base import Cut, Family, FeatureSet
from provenance_audit.dataset.features.labels import COMMON_WORDS, all_of, bucket_of, range_of
from provenance_audit.dataset.features.sql import bucket, flags, log_bins

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
_NUMBER = "(t >= '0' AND t < ':')"
_MAGNITUDES = 8


def words(source: str) -> str:
    """One piece for each word: `w`, its bucket, or of a number -1 - (length · 10 + leading digit)."""
    packed = (
        f"CASE WHEN {_NUMBER} THEN -1 - 10 * least(strlen(t), {_MAGNITUDES - 1}) - (ascii(t) - 48) "
        f"ELSE {bucket('t', 1024)} END"
    )
    return f"""
    SELECT base, unnest([{packed} FOR t IN string_split(replace(lower(text), chr(10), ' '), ' ') IF t <> '']) AS w FROM {source}
    """


def whole(source: str) -> str:
    """One piece for the whole prompt."""
    return f"SELECT base, text, lower(text) AS lowered FROM {source}"


_asked = flags(*(" OR ".join(f"contains(lowered, {literal(word)})" for word in group) for group in _FORMATS))


def _number(code: int) -> str:
    """What a code of `prompt-numbers` is."""
    return f"a number of {code // 10} characters that begins with {code % 10}"


PROMPTS = FeatureSet(
    "prompts",
    (
        Cut(
            "prompt",
            whole,
            (
                Family("prompt-length", 48, log_bins("length(text)", 48), label=range_of("a prompt", 48)),
                Family(
                    "prompt-format",
                    2 ** len(_FORMATS),
                    _asked,
                    label=all_of([" or ".join(group) for group in _FORMATS]),
                ),
            ),
        ),
        Cut(
            "prompt word",
            words,
            (
                Family(
                    "prompt-numbers",
                    _MAGNITUDES * 10,
                    "CASE WHEN w < 0 THEN -1 - w END",
                    version=2,
                    label=_number,
                ),
                Family(
                    "prompt-word",
                    1024,
                    "CASE WHEN w >= 0 THEN w END",
                    label=bucket_of("words"),
                    words=COMMON_WORDS,
                ),
            ),
        ),
    ),
)
