"""How names are written: snake_case, camelCase, PascalCase, CONSTANT_CASE, one letter, leading underscores."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, first_match
from provenance_audit.dataset.features.prose.words import HASHES, KINDS

# Of a name; the first that matches.
_STYLES = (
    "^__.*__$",
    "^_",
    "^.$",
    "^[a-z]+$",
    "^[a-z][a-z0-9]*$",
    "^[a-z0-9]+(_[a-z0-9]+)+$",
    "^[A-Z0-9]+$",
    "^[A-Z0-9]+(_[A-Z0-9]+)+$",
    "^[A-Z][a-z0-9]+$",
    "^[A-Z][A-Za-z0-9]*$",
    "^[a-z][A-Za-z0-9]*$",
)


def cut(source: str) -> str:
    """A name or keyword, packed as a word of prose is: hash · 64 + style; `w`, and `v` the next one."""
    code = f"CAST(hash(t) % {HASHES} AS INTEGER) * {KINDS} + 1 + {first_match('t', _STYLES)}"
    return f"""
    SELECT base, unnest(codes) AS w, unnest(codes[2:]) AS v
    FROM (SELECT base, [{code} FOR t IN regexp_extract_all(text, '[A-Za-z_$][A-Za-z0-9_$]*')] AS codes FROM {source})
    """


IDENTIFIER = Family("identifier-style", KINDS, f"w % {KINDS}")
