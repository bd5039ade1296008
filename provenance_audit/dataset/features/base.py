"""What a feature family is: a bound, a name, and the SQL of its code over one piece of a text.

A *cut* takes the text of a row apart, once, into pieces (numbers, words, lines; or the row itself); all families of a cut
are counted in the same scan, as grouping sets. What can be had as a marginal of a counted table is *derived* from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from provenance_audit.database import literal
from provenance_audit.dataset.features.labels import UNNAMED, Label
from provenance_audit.stats.counts import Array


@dataclass(frozen=True, slots=True)
class Family:
    """A bounded table of features that is counted.

    sql: from the columns of a piece to a whole number under `size`, or NULL for a piece without this feature. version:
    goes up when the same text would count differently; profiles of other versions are refused. label: what a reader is told
    that a code is. words: where a code is the hash of a word modulo `size`, common words that say what a bucket is likely of.
    """

    name: str
    size: int
    sql: str
    version: int = 1
    label: Label = UNNAMED
    words: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A family that is a marginal of a counted one: `derive` takes the table (B, d) of `source`."""

    name: str
    source: str
    derive: Callable[[Array], Array]
    version: int = 1
    label: Label = UNNAMED


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to take texts apart.

    pieces: from a relation (base, text) to SQL of a relation of pieces that keeps `base`. every_row: cheap enough to be
    done to every row; the others see the rows under a cap.
    """

    name: str
    pieces: Callable[[str], str]
    families: tuple[Family, ...]
    every_row: bool = False


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """The families of one modality."""

    name: str
    cuts: tuple[Cut, ...]
    derived: tuple[Derived, ...] = ()

    @property
    def versions(self) -> dict[str, int]:
        """The version of each family, counted or derived."""
        counted = {family.name: family.version for cut in self.cuts for family in cut.families}
        return counted | {one.name: one.version for one in self.derived}

    @property
    def families(self) -> dict[str, Family | Derived]:
        """The families by name, counted and derived."""
        counted = {family.name: family for cut in self.cuts for family in cut.families}
        return {**counted, **{one.name: one for one in self.derived}}

    @property
    def width(self) -> int:
        """Features that are counted, in all families together."""
        return sum(family.size for cut in self.cuts for family in cut.families)

    @property
    def every_row(self) -> frozenset[str]:
        """The families that every row is counted for."""
        counted = {family.name for cut in self.cuts if cut.every_row for family in cut.families}
        return frozenset(counted | {one.name for one in self.derived if one.source in counted})

    @property
    def offsets(self) -> dict[str, int]:
        """Where each counted family starts among all features."""
        families = [family for cut in self.cuts for family in cut.families]
        starts = accumulate((family.size for family in families), initial=0)
        return {family.name: start for family, start in zip(families, starts, strict=False)}

    def explode(self, relation: str, at: Mapping[str, int]) -> str:
        """SQL of a column `key`, base + offset + feature, with one row for every feature of every text (some are NULL).

        relation: (base, text). at: the offset of each family.
        """
        return " UNION ALL ".join(
            f"SELECT base + unnest([{', '.join(f'{at[one.name]} + ({one.sql})' for one in cut.families)}]) AS key "
            f"FROM ({cut.pieces(relation)})"
            for cut in self.cuts
        )

    def tables(self, counts: Array) -> dict[str, Array]:
        """The tables of all families: counts (B, width) split, and what is derived from them."""
        offsets = self.offsets
        tables = {
            family.name: counts[:, offsets[family.name] : offsets[family.name] + family.size]
            for cut in self.cuts
            for family in cut.families
        }
        return tables | {one.name: one.derive(tables[one.source]) for one in self.derived}

    def narrow(self, features: int) -> FeatureSet:
        """The same without the families of more features, and without what is derived from those."""
        cuts = [
            Cut(
                cut.name,
                cut.pieces,
                tuple(one for one in cut.families if one.size <= features),
                cut.every_row,
            )
            for cut in self.cuts
        ]
        kept = {family.name for cut in cuts for family in cut.families}
        return FeatureSet(
            f"{self.name}, families of at most {features} features",
            tuple(cut for cut in cuts if cut.families),
            tuple(one for one in self.derived if one.source in kept),
        )


def whole_row(source: str) -> str:
    """The piece is the row."""
    return f"SELECT base, text FROM {source}"


def log_bins(sql: str, bins: int) -> str:
    """SQL of a half-octave bin of a length: 0 for 0, the last bin open."""
    return f"least(CAST(floor(2 * log2(({sql}) + 1)) AS INTEGER), {bins - 1})"


def bucket(sql: str, size: int) -> str:
    """SQL of a hash bucket."""
    return f"CAST(hash({sql}) % {size} AS INTEGER)"


def flags(*conditions: str) -> str:
    """SQL of a number with one bit for each condition."""
    return " + ".join(
        f"CASE WHEN {condition} THEN {2**bit} ELSE 0 END" for bit, condition in enumerate(conditions)
    )


def first_match(column: str, patterns: Iterable[str]) -> str:
    """SQL of the number of the first pattern (RE2) that matches, from 1; 0 where none does."""
    cases = " ".join(
        f"WHEN regexp_matches({column}, {literal(pattern)}) THEN {number}"
        for number, pattern in enumerate(patterns, 1)
    )
    return f"CASE {cases} ELSE 0 END"


def first_of(*cases: tuple[str, int]) -> str:
    """SQL of the code of the first condition that holds; 0 where none does."""
    return f"CASE {' '.join(f'WHEN {condition} THEN {code}' for condition, code in cases)} ELSE 0 END"
