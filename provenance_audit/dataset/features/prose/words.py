"""Which words, and which after which; short lower-case words (mostly function words) apart; of what characters words are.

`w` and `v` are NULL after the end of the shorter list, and so are their codes.
"""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family

# A word is packed as hash · 64 + kind. The kinds: its case, whether it is short, whether it has a mark inside.
KINDS = 64
HASHES = 2**24
SHORT = 8
CASE = "CASE WHEN t < 'A' THEN 1 WHEN t >= '{' THEN 2 WHEN t >= 'a' THEN 3 WHEN t[2] >= 'a' THEN 4 ELSE 5 END"
KIND = (
    f"{CASE} + CASE WHEN strlen(t) < 5 THEN {SHORT} ELSE 0 END "
    "+ CASE WHEN contains(t, '''') THEN 16 ELSE 0 END + CASE WHEN contains(t, '-') THEN 32 ELSE 0 END"
)
CODE = f"CAST(hash(t) % {HASHES} AS INTEGER) * {KINDS} + {KIND}"

WORD = Family("word", 1024, f"w // {KINDS} % 1024")
WORD_PAIR = Family(
    "word-pair", 1024, f"CASE WHEN v IS NOT NULL THEN hash(w // {KINDS}, v // {KINDS}) % 1024 END"
)
FUNCTION_WORD = Family(
    "function-word", 128, f"CASE WHEN w % {2 * SHORT} = {SHORT + 3} THEN w // {KINDS} % 128 END"
)
CHARACTERS = Family("characters", KINDS, f"w % {KINDS}")
