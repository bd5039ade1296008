"""What stands on a line: the word it begins with (keywords, mostly), and whether it is or has a comment."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import CODE_WORDS, bucket_of, one_of
from provenance_audit.dataset.features.sql import bucket, first_match

# Of a line; the first that matches. What is left is code without a comment.
_COMMENTS = {
    "a blank line": r"^\s*$",
    "a comment line": r"^\s*(#|//)",
    "a block comment": r"^\s*(/\*|\*)",
    "a docstring quote": r'^\s*("""|\'\'\')',
    "an SQL comment": r"^\s*--",
    "code with a comment": r"\S\s+(#|//|--) ",
    "a fence": r"^\s*```",
}
_FIRST = "regexp_extract(l, '^\\s*([A-Za-z_]+)', 1)"

KEYWORD = Family(
    "keyword",
    128,
    f"CASE WHEN {_FIRST} <> '' THEN {bucket(_FIRST, 128)} END",
    label=bucket_of("first words of lines"),
    words=CODE_WORDS,
)
COMMENT = Family(
    "comment",
    8,
    first_match("l", _COMMENTS.values()),
    label=one_of(tuple(_COMMENTS), "code without a comment"),
)
