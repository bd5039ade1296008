"""How a row of numbers is written: separator, brackets, and all of it together with whether a number begins with a 0.

Leading zeros are no family of their own: where they are rare, a family of two features has one that 500 rows show once or
twice, and rejects twice as often as its level. They count in `format`, and as a leading digit in `position-lead`.
"""

from __future__ import annotations

from provenance_audit.database import literal
from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import bucket_of
from provenance_audit.dataset.features.sql import bucket, first_of

_SEPARATORS = (", ", ",", " ", "\n", "; ", ";", " - ", ",\n", "-", "\t")
_KNOWN = 16

_separator = first_of(
    ("separator = ''", 0),
    *((f"separator = {literal(text)}", code) for code, text in enumerate(_SEPARATORS, 1)),
    ("true", -1),
)
_opening = first_of(*((f"contains(prefix, '{mark}')", code) for code, mark in enumerate("[({<", 1)))
_closing = first_of(*((f"contains(suffix, '{mark}')", code) for code, mark in enumerate("])}>", 1)))


def _separated(code: int) -> str:
    if code == 0:
        return "nothing that separates"
    return (
        f"separated by {_SEPARATORS[code - 1]!r}"
        if code <= len(_SEPARATORS)
        else f"separated otherwise, bucket {code}"
    )


def _bracketed(code: int) -> str:
    opening, closing = " [({<"[code // 5].strip() or "nothing", " ])}>"[code % 5].strip() or "nothing"
    return f"opened by {opening} and closed by {closing}"


FAMILIES = (
    Family(
        "separator",
        64,
        f"CASE WHEN ({_separator}) >= 0 THEN {_separator} ELSE {_KNOWN} + {bucket('separator', 64 - _KNOWN)} END",
        label=_separated,
    ),
    Family("bracket", 25, f"5 * ({_opening}) + {_closing}", label=_bracketed),
    Family("format", 64, bucket("prefix, separator, suffix, zero", 64), label=bucket_of("a way of writing")),
)
