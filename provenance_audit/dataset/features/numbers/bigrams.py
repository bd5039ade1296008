"""Pairs of successive numbers, hashed."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import bucket_of
from provenance_audit.dataset.features.sql import bucket

BIGRAM = Family(
    "bigram",
    4096,
    f"CASE WHEN y IS NOT NULL THEN {bucket('10000 * (x % 1000) + y % 1000', 4096)} END",
    label=bucket_of("pairs of numbers"),
)
