"""How long the segments of a trace are: what stands between blank lines; between lines where there are none."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import range_of
from provenance_audit.dataset.features.sql import log_bins


def cut(source: str) -> str:
    """A segment is `s`."""
    blank = "chr(10) || chr(10)"
    by = f"CASE WHEN contains(text, {blank}) THEN {blank} ELSE chr(10) END"
    return f"SELECT base, unnest(string_split(text, {by})) AS s FROM {source}"


SEGMENT = Family(
    "segment-length",
    48,
    f"CASE WHEN s <> '' THEN {log_bins('length(s)', 48)} END",
    label=range_of("a segment", 48),
)
