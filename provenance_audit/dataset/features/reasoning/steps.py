"""What a sentence of a trace begins with: the marks of steps, of conclusions, of second thoughts."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import one_of
from provenance_audit.dataset.features.sql import first_match

# The first that matches; what is left is any other sentence.
_MARKERS = {
    "step …": r"(?i)^\W*step\b",
    "first …": r"(?i)^\W*(first|to begin|to start)",
    "next …": r"(?i)^\W*(second|third|next|then|after)",
    "finally …": r"(?i)^\W*(finally|lastly|in conclusion)",
    "so …": r"(?i)^\W*(so|thus|hence|therefore)\b",
    "because …": r"(?i)^\W*(since|because|as|given)\b",
    "wait …": r"(?i)^\W*(wait|hmm|actually|hold on|oh)\b",
    "but …": r"(?i)^\W*(but|however|although)\b",
    "alternatively …": r"(?i)^\W*alternatively\b",
    "let me …": r"(?i)^\W*(let me|let's|let us|i'll|i need|i should|we need)",
    "let …": r"(?i)^\W*let\b",
    "if …": r"(?i)^\W*(if|suppose|assume)\b",
    "okay …": r"(?i)^\W*(okay|ok|alright|now)\b",
    "check …": r"(?i)^\W*(check|verify|double|let me check)",
    "answer …": r"(?i)^\W*(the )?(final )?answer\b",
    "1. …": r"^\W*[0-9]+[.)]",
    "a digit": r"^\W*[0-9]",
    "#### …": r"^####",
}


def cut(source: str) -> str:
    """A sentence, as prose has them, is `s`."""
    stopped = "replace(replace(replace(text, '! ', '. '), '? ', '. '), chr(10), '. ')"
    return f"SELECT base, unnest(string_split({stopped}, '. ')) AS s FROM {source}"


STEP = Family(
    "step",
    32,
    f"CASE WHEN s <> '' THEN {first_match('s', _MARKERS.values())} END",
    label=one_of(
        [f"a sentence that begins: {name}" for name in _MARKERS], "a sentence that begins otherwise"
    ),
)
