"""`regex`: a text of the row must match a regular expression (RE2, so in linear time), or must not."""

from __future__ import annotations

from provenance_audit.database import literal
from provenance_audit.dataset.filters.base import Rule


def regex(
    id: str, *, pattern: str, text: str = "completion", must_match: bool = True, ignore_case: bool = False
) -> Rule:
    """The rule. The pattern is searched for anywhere: anchor it to mean the whole text. `.` matches a line break too.

    A row without that text does not match.
    """
    found = f"coalesce(regexp_matches({text}, {literal(pattern)}, {literal('si' if ignore_case else 's')}), false)"
    broken = f"NOT {found}" if must_match else found
    return Rule(id, "regex", (("must_match" if must_match else "must_not_match", broken),), (), text, None)
