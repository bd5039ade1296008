"""Which words, and which after which; short lower-case words (mostly function words) apart; of what characters words are.

`w` and `v` are NULL after the end of the shorter list, and so are their codes.
"""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import COMMON_WORDS, bucket_of

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
    said = [
        "short words" if code & SHORT else "words",
        case[code % SHORT] if code % SHORT < len(case) else "",
    ]
    said += [what for bit, what in ((16, "with an apostrophe"), (32, "with a hyphen")) if code & bit]
    return " ".join(one for one in said if one)


WORD = Family("word", 1024, f"w // {KINDS} % 1024", label=bucket_of("words"), words=COMMON_WORDS)
WORD_PAIR = Family(
    "word-pair",
    1024,
    f"CASE WHEN v IS NOT NULL THEN hash(w // {KINDS}, v // {KINDS}) % 1024 END",
    label=bucket_of("pairs of words"),
)
FUNCTION_WORD = Family(
    "function-word",
    128,
    f"CASE WHEN w % {2 * SHORT} = {SHORT + 3} THEN w // {KINDS} % 128 END",
    label=bucket_of("short words"),
    words=" ".join(word for word in COMMON_WORDS.split() if len(word) < 5),
)
CHARACTERS = Family("characters", KINDS, f"w % {KINDS}", label=_kind)
