"""How the answer is written, one bit for each form."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import all_of
from provenance_audit.dataset.features.sql import flags

ANSWER = Family(
    "answer-format",
    128,
    flags(
        "contains(text, '####')",
        "contains(text, '\\boxed')",
        "regexp_matches(right(text, 200), '(?i)answer is')",
        "regexp_matches(right(text, 200), '(?i)answer\\W{0,4}:')",
        "contains(text, '<<')",
        "contains(text, '$')",
        "regexp_matches(right(text, 1), '[0-9]')",
    ),
    label=all_of(
        (
            "####",
            "\\boxed",
            "answer is …",
            "answer: …",
            "<<…>>",
            "$",
            "a digit at the end",
        )
    ),
)
