"""How a row of numbers is written: separator, brackets, leading zeros, and all of it together."""

from __future__ import annotations

from provenance_audit.database import literal
from provenance_audit.dataset.features.base import Family, bucket, first_of

_SEPARATORS = (", ", ",", " ", "\n", "; ", ";", " - ", ",\n", "-", "\t")
_KNOWN = 16

_separator = first_of(
    ("separator = ''", 0),
    *((f"separator = {literal(text)}", code) for code, text in enumerate(_SEPARATORS, 1)),
    ("true", -1),
)
_opening = first_of(*((f"contains(prefix, '{mark}')", code) for code, mark in enumerate("[({<", 1)))
_closing = first_of(*((f"contains(suffix, '{mark}')", code) for code, mark in enumerate("])}>", 1)))

FAMILIES = (
    Family(
        "separator",
        64,
        f"CASE WHEN ({_separator}) >= 0 THEN {_separator} ELSE {_KNOWN} + {bucket('separator', 64 - _KNOWN)} END",
    ),
    Family("bracket", 25, f"5 * ({_opening}) + {_closing}"),
    Family("leading-zero", 2, "CAST(zero AS INTEGER)"),
    Family("format", 64, bucket("prefix, separator, suffix, zero", 64)),
)
