"""By how much lines are indented, and with what."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family

_SPACES = "length(l) - length(ltrim(l, ' '))"

INDENTATION = Family(
    "indentation",
    32,
    f"CASE WHEN trim(l) = '' THEN NULL WHEN starts_with(l, chr(9)) "
    f"THEN 24 + least(length(l) - length(ltrim(l, chr(9))), 7) ELSE least({_SPACES}, 23) END",
    label=lambda code: (
        f"a line indented by {code} spaces" if code < 24 else f"a line indented by {code - 24} tabs"
    ),
)
