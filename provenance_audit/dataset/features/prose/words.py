"""Which words, and which after which; short lower-case words (mostly function words) apart; of what characters words are.

`w` and `v` are NULL after the end of the shorter list, and so are their codes.
"""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import COMMON_WORDS, bucket_of

# A word is packed as hash · 16 + kind. The kinds: its case, and whether it is short. Powers of two are shifted and masked:
# to divide a hundred million words takes the engine longer than to count them.
KIND_BITS = 4
KINDS = 2**KIND_BITS
HASH_MASK = 2**24 - 1
SHORT = 8


def packed(kind: str) -> str:
    """SQL of the word `t`, packed. kind: SQL of a number below 16."""
    return f"CAST(hash(t) & {HASH_MASK} AS INTEGER) * {KINDS} + {kind}"


CASE = "CASE WHEN t < 'A' THEN 1 WHEN t >= '{' THEN 2 WHEN t >= 'a' THEN 3 WHEN t[2] >= 'a' THEN 4 ELSE 5 END"
CODE = packed(f"{CASE} + CASE WHEN strlen(t) < 5 THEN {SHORT} ELSE 0 END")
_HASH = f"w >> {KIND_BITS}"
_NEXT_HASH = f"v >> {KIND_BITS}"


def _kind(code: int) -> str:
    """What a code of `characters` is."""
    case = (
        "",
        "that begin with a digit or a mark",
        "beyond ASCII",
        "in lower case",
        "with a capital",
        "in capitals",
    )
    words = "short words" if code & SHORT else "words"
    return f"{words} {case[code % SHORT]}" if 0 < code % SHORT < len(case) else words


WORD = Family("word", 1024, f"({_HASH}) & 1023", label=bucket_of("words"), words=COMMON_WORDS)
WORD_PAIR = Family(
    "word-pair",
    1024,
    f"CASE WHEN v IS NOT NULL THEN CAST(hash({_HASH}, {_NEXT_HASH}) & 1023 AS INTEGER) END",
    label=bucket_of("pairs of words"),
)
FUNCTION_WORD = Family(
    "function-word",
    128,
    f"CASE WHEN w & {KINDS - 1} = {SHORT + 3} THEN ({_HASH}) & 127 END",
    label=bucket_of("short words"),
    words=" ".join(word for word in COMMON_WORDS.split() if len(word) < 5),
)
CHARACTERS = Family("characters", KINDS, f"w & {KINDS - 1}", version=2, label=_kind)
