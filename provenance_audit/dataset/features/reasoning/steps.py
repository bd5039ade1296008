"""What a sentence of a trace begins with: the marks of steps, of conclusions, of second thoughts."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, first_match

# The first that matches; what is left is any other sentence.
_MARKERS = (
    r"(?i)^\W*step\b",
    r"(?i)^\W*(first|to begin|to start)",
    r"(?i)^\W*(second|third|next|then|after)",
    r"(?i)^\W*(finally|lastly|in conclusion)",
    r"(?i)^\W*(so|thus|hence|therefore)\b",
    r"(?i)^\W*(since|because|as|given)\b",
    r"(?i)^\W*(wait|hmm|actually|hold on|oh)\b",
    r"(?i)^\W*(but|however|although)\b",
    r"(?i)^\W*alternatively\b",
    r"(?i)^\W*(let me|let's|let us|i'll|i need|i should|we need)",
    r"(?i)^\W*let\b",
    r"(?i)^\W*(if|suppose|assume)\b",
    r"(?i)^\W*(okay|ok|alright|now)\b",
    r"(?i)^\W*(check|verify|double|let me check)",
    r"(?i)^\W*(the )?(final )?answer\b",
    r"^\W*[0-9]+[.)]",
    r"^\W*[0-9]",
    r"^####",
)

STEP = Family("step", 32, f"CASE WHEN s <> '' THEN {first_match('s', _MARKERS)} END")
