"""Families of prompts: what was asked, not what was answered. Two sides that differ here cannot be compared as they are."""

from __future__ import annotations

from provenance_audit.database import literal
from provenance_audit.dataset.features.base import Cut, Family, FeatureSet, bucket, flags, log_bins

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

PROMPTS = FeatureSet(
    "prompts",
    (
        Cut(
            "prompt",
            whole,
            (
                Family("prompt-length", 48, log_bins("length(text)", 48)),
                Family("prompt-format", 2 ** len(_FORMATS), _asked),
            ),
        ),
        Cut(
            "prompt word",
            words,
            (
                Family("prompt-numbers", _MAGNITUDES * 10, "CASE WHEN w < 0 THEN -1 - w END", version=2),
                Family("prompt-word", 1024, "CASE WHEN w >= 0 THEN w END"),
            ),
        ),
    ),
)
