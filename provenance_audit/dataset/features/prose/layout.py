"""Whitespace and Markdown, one bit for each habit that a row shows."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, flags

WHITESPACE = Family(
    "whitespace",
    64,
    flags(
        "contains(text, chr(10) || chr(10))",
        "contains(text, '  ')",
        "contains(text, chr(9))",
        "contains(text, ' ' || chr(10))",
        # `text[1]` and `right` count the characters of a text; these look at one.
        "starts_with(text, ' ') OR starts_with(text, chr(10))",
        "suffix(text, ' ') OR suffix(text, chr(10))",
    ),
)
MARKDOWN = Family(
    "markdown",
    128,
    flags(
        "contains(text, '**')",
        "contains(text, '`')",
        "starts_with(text, '#') OR contains(text, chr(10) || '#')",
        "starts_with(text, '- ') OR contains(text, chr(10) || '- ') OR contains(text, chr(10) || '* ')",
        "starts_with(text, '1. ') OR contains(text, chr(10) || '1. ')",
        "contains(text, '](')",
        "contains(text, chr(10) || '|')",
    ),
)
