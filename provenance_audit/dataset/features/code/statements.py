"""What stands on a line: the word it begins with (keywords, mostly), and whether it is or has a comment."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, bucket, first_match

# Of a line; the first that matches. What is left is code without a comment.
_COMMENTS = (
    r"^\s*$",
    r"^\s*(#|//)",
    r"^\s*(/\*|\*)",
    r'^\s*("""|\'\'\')',
    r"^\s*--",
    r"\S\s+(#|//|--) ",
    r"^\s*```",
)
_FIRST = "regexp_extract(l, '^\\s*([A-Za-z_]+)', 1)"

KEYWORD = Family("keyword", 128, f"CASE WHEN {_FIRST} <> '' THEN {bucket(_FIRST, 128)} END")
COMMENT = Family("comment", 8, first_match("l", _COMMENTS))
