"""A feature set: families of one modality, and the SQL that takes a text apart once and yields all their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from provenance_audit.stats.counts import Array


@dataclass(frozen=True, slots=True)
class Family:
    """A bounded table of features: `size` buckets."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """The families counted together in one scan.

    explode: from the name of a relation (base BIGINT, text VARCHAR) and the offset of each family, to a SELECT of one
    column `key`, base + offset + feature, one row per feature seen. derive: families that are marginals of counted ones.
    """

    name: str
    version: int
    families: tuple[Family, ...]
    explode: Callable[[str, Mapping[str, int]], str]
    derive: Mapping[str, Callable[[Mapping[str, Array]], Array]]

    @property
    def offsets(self) -> dict[str, int]:
        """Where each family starts in the packed key."""
        starts = np.cumsum([0, *(family.size for family in self.families)])
        return {family.name: int(start) for family, start in zip(self.families, starts, strict=False)}

    @property
    def width(self) -> int:
        """Features in all families together."""
        return sum(family.size for family in self.families)

    def tables(self, counts: Array) -> dict[str, Array]:
        """Split counts (B, width) into families, and add the derived ones."""
        offsets = self.offsets
        tables = {
            family.name: counts[:, offsets[family.name] : offsets[family.name] + family.size]
            for family in self.families
        }
        return tables | {name: derive(tables) for name, derive in self.derive.items()}


def log_bins(sql: str, bins: int) -> str:
    """SQL of a half-octave bin of a length: 0 for 0, the last bin open."""
    return f"least(CAST(floor(2 * log2(({sql}) + 1)) AS INTEGER), {bins - 1})"


def bucket(sql: str, size: int) -> str:
    """SQL of a hash bucket."""
    return f"CAST(hash({sql}) % {size} AS INTEGER)"
