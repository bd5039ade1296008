"""How names are written: snake_case, camelCase, PascalCase, CONSTANT_CASE, one letter, leading underscores."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, first_match
from provenance_audit.dataset.features.labels import one_of
from provenance_audit.dataset.features.prose.words import KINDS, packed

# Of a name; the first that matches.
_STYLES = {
    "__dunder__": "^__.*__$",
    "_underscore": "^_",
    "one letter": "^.$",
    "lower": "^[a-z]+$",
    "lower with digits": "^[a-z][a-z0-9]*$",
    "snake_case": "^[a-z0-9]+(_[a-z0-9]+)+$",
    "CAPITALS": "^[A-Z0-9]+$",
    "CONSTANT_CASE": "^[A-Z0-9]+(_[A-Z0-9]+)+$",
    "Capitalised": "^[A-Z][a-z0-9]+$",
    "PascalCase": "^[A-Z][A-Za-z0-9]*$",
    "camelCase": "^[a-z][A-Za-z0-9]*$",
}


def cut(source: str) -> str:
    """A name or keyword, packed as a word of prose is, with its style as kind: `w`, and `v` the next one."""
    code = packed(f"1 + {first_match('t', _STYLES.values())}")
    return f"""
    SELECT base, unnest(codes) AS w, unnest(codes[2:]) AS v
    FROM (SELECT base, [{code} FOR t IN regexp_extract_all(text, '[A-Za-z_$][A-Za-z0-9_$]*')] AS codes FROM {source})
    """


IDENTIFIER = Family(
    "identifier-style",
    KINDS,
    f"w & {KINDS - 1}",
    version=2,
    label=one_of(["names of no style", *(f"names like {name}" for name in _STYLES)]),
)
