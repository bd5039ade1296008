"""What a feature family is: a bound, a name, and the code of a piece of a text; and the ways to take texts apart.

A *cut* takes the text of a row apart, once, into pieces (numbers, words, lines; or the row itself). The families of a cut
are counted together. What can be had as a marginal of a counted table is *derived* from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Generic, Protocol, TypeVar, cast

from provenance_audit.dataset.features.codes import Codes
from provenance_audit.dataset.features.labels import UNNAMED, Label
from provenance_audit.dataset.features.texts import Integers, Texts
from provenance_audit.stats.counts import Array

Code = TypeVar("Code", covariant=True)


@dataclass(frozen=True, slots=True)
class Family(Generic[Code]):
    """A bounded table of features that is counted.

    code: from a piece to a whole number under `size`; SQL, or a function of arrays, as its cut is. version: goes up when
    the same text would count differently; profiles of other versions are refused. label: what a reader is told that a code
    is. words: where a code is the hash of a word, common words that say what a bucket is likely of.
    """

    name: str
    size: int
    code: Code
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
    """One way to take texts apart in the engine: a scan, with its families as grouping sets.

    pieces: from a relation (base, text) to SQL of a relation of pieces that keeps `base`. every_row: cheap enough to be
    done to every row; the others see the rows under a cap.
    """

    name: str
    pieces: Callable[[str], str]
    families: tuple[Family[str], ...]
    every_row: bool = False


class Pieces(Protocol):
    """The pieces of texts, in their order. Which arrays there are beside `per_row` is between a cut and its families."""

    @property
    def per_row(self) -> Integers:
        """How many pieces each text has."""


@dataclass(frozen=True, slots=True)
class ByteCut:
    """One way to take texts apart by their bytes: for pieces so many that the engine would take long over each.

    All such cuts of a feature set read the same texts, once.
    """

    name: str
    pieces: Callable[[Texts], Pieces]
    families: tuple[Family[Callable[[Any], Codes]], ...]
    every_row: bool = False


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """The families of one modality."""

    name: str
    cuts: tuple[Cut | ByteCut, ...]
    derived: tuple[Derived, ...] = ()

    @property
    def counted(self) -> tuple[Family[Any], ...]:
        """The families that are counted, in the order of their features."""
        return tuple(family for cut in self.cuts for family in cut.families)

    @property
    def versions(self) -> dict[str, int]:
        """The version of each family, counted or derived."""
        return {name: family.version for name, family in self.families.items()}

    @property
    def families(self) -> dict[str, Family[Any] | Derived]:
        """The families by name, counted and derived."""
        every: tuple[Family[Any] | Derived, ...] = (*self.counted, *self.derived)
        return {one.name: one for one in every}

    @property
    def width(self) -> int:
        """Features that are counted, in all families together."""
        return sum(family.size for family in self.counted)

    @property
    def every_row(self) -> frozenset[str]:
        """The families that every row is counted for."""
        counted = {family.name for cut in self.cuts if cut.every_row for family in cut.families}
        return frozenset(counted | {one.name for one in self.derived if one.source in counted})

    @property
    def offsets(self) -> dict[str, int]:
        """Where each counted family starts among all features."""
        starts = accumulate((family.size for family in self.counted), initial=0)
        return {family.name: start for family, start in zip(self.counted, starts, strict=False)}

    def tables(self, counts: Array) -> dict[str, Array]:
        """The tables of all families: counts (B, width) split, and what is derived from them."""
        offsets = self.offsets
        tables = {
            family.name: counts[:, offsets[family.name] : offsets[family.name] + family.size]
            for family in self.counted
        }
        return tables | {one.name: one.derive(tables[one.source]) for one in self.derived}

    def narrow(self, features: int) -> FeatureSet:
        """The same without the families of more features, and without what is derived from those."""
        cuts = [
            replace(cut, families=cast("Any", tuple(one for one in cut.families if one.size <= features)))
            for cut in self.cuts
        ]
        kept = {family.name for cut in cuts for family in cut.families}
        return FeatureSet(
            f"{self.name}, families of at most {features} features",
            tuple(cut for cut in cuts if cut.families),
            tuple(one for one in self.derived if one.source in kept),
        )
