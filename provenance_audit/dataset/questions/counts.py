"""Questions about counts: the features of answers and prompts, by group and block, by unit, by slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial

from provenance_audit.dataset.census import Group
from provenance_audit.dataset.counting import (
    FEWEST_BLOCKS,
    OTHER,
    Cap,
    blocks_within,
    count_blocks,
    rows_of,
    units_within,
)
from provenance_audit.dataset.features import PROMPTS, FeatureSet
from provenance_audit.dataset.features.vocabulary import label
from provenance_audit.dataset.kept import keep, worth_keeping
from provenance_audit.dataset.questions.base import ALL, Rows
from provenance_audit.dataset.slices import Slicer, Slicing
from provenance_audit.dataset.units import count_units
from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.figures import Feature
from provenance_audit.stats.units import UnitCounts

# What costly feature families see of a group, about; a larger one is thinned by prompt. `--full` lifts it.
COSTLY = Cap(rows=1_000_000, bytes=100_000_000)
# Of slices, the dataset as a whole.
SLICED = Cap(rows=131_072, bytes=32_000_000)
PROMPTED = Cap(rows=131_072, bytes=1_000_000_000_000)
# Of answers but for their form, and so, where every row is counted, what is kept for those and for slices: no less than
# either looks at.
LOOKED_AT = Cap(rows=262_144, bytes=32_000_000)
# Slices are compared by families of at most this many features; prompts by all of theirs.
SLICED_FEATURES = 128


class OfCounts(Rows):
    """What is counted, once each."""

    @cached_property
    def _counted(self) -> dict[tuple[str, bool, bool], dict[str, BlockCounts]]:
        return {}

    @cached_property
    def _tables(self) -> dict[str, str]:
        return {}

    def response_counts(
        self, features: FeatureSet, *, whole: bool = False, distinct: bool = False
    ) -> dict[str, BlockCounts]:
        """Block counts of the completions, by tested group. whole: all rows as one group, named *all*.

        distinct: identical completions count once.
        """
        key = (features.name, whole, distinct)
        if key not in self._counted:
            self._counted[key] = self._count(
                features, self._text, whole, None if self.full else COSTLY, distinct=distinct
            )
        return self._counted[key]

    def labelled(self, features: Sequence[Feature]) -> tuple[Feature, ...]:
        """Features of the completions with what they are, in words: of buckets of words, the common words that fall in them."""
        return tuple(
            replace(one, label=label(self._connection, self.features, one.family, one.number))
            for one in features
        )

    def unit_counts(self, features: FeatureSet) -> UnitCounts:
        """Counts of the completions by prompt (by completion without prompts), to be dealt out in trials."""
        return count_units(
            self._connection,
            self.view,
            features,
            self._text,
            clustered=self.has_prompts,
            longest=self.census.longest,
        )

    def prompt_counts(self, *, whole: bool = False, sampled: bool = True) -> dict[str, BlockCounts]:
        """Block counts of the prompts, by tested group. whole: all rows as one group, named *all*.

        sampled: of a large group the rows of one prompt in 2^s, nested by hash, so that some 131,072 rows are left: it
        takes few to see that two sides were asked different things.
        """
        return self._count(PROMPTS, "prompt", whole, PROMPTED if sampled else None)

    def _count(
        self, features: FeatureSet, column: str, whole: bool, cap: Cap | None, *, distinct: bool = False
    ) -> dict[str, BlockCounts]:
        groups = self._groups(whole)
        rows = rows_of(self.view, groups, cap, distinct=distinct)
        if cap is not None and not distinct:
            rows = replace(rows, kept=self._kept(whole, groups))
        counted = count_blocks(
            self._connection,
            rows,
            features,
            column,
            blocks=blocks_within(len(groups), features),
            clustered=self.has_prompts,
            longest=self.census.longest,
            every_thinned=distinct,
        )
        return {group.name: counts for group, counts in zip(groups, counted, strict=True)}

    def _groups(self, whole: bool) -> tuple[Group, ...]:
        size = self.census.compared_bytes
        return (Group(ALL, 0, None, None, self.compared_rows, bytes=size),) if whole else self.tested_groups

    def _kept(self, whole: bool, groups: Sequence[Group]) -> str | None:
        """SQL of the rows under the caps, kept once for answers and prompts; None where that spares little."""
        caps = {"answers": LOOKED_AT if self.full else COSTLY, "prompts": PROMPTED}
        if not worth_keeping(self.census, groups, **caps):
            return None
        name = self._kept_name(whole=whole)
        if name not in self._tables:
            self._tables[name] = keep(self._connection, self.view, name, groups, **caps)
        return self._tables[name]

    @property
    def _sampled(self) -> str | None:
        """SQL of the rows of all groups under the caps, if they were kept: samples are nested, so it holds every smaller one."""
        return self._tables.get(self._kept_name(whole=False))

    def _kept_name(self, *, whole: bool) -> str:
        return f"{self.view}_kept_{ALL if whole else 'groups'}"

    @property
    def _text(self) -> str:
        """SQL of what is counted: reasoning is trained on like the answer that follows it."""
        return (
            "concat_ws(chr(10), nullif(reasoning, ''), completion)"
            if self.census.reasoned_rows
            else "completion"
        )

    @cached_property
    def slicings(self) -> tuple[Slicing, ...]:
        """Each group cut by order (with its shards and splits) and by time, with the counts of every piece.

        Of groups beyond the bound on cells, the smallest are left out.
        """
        features = self.features.narrow(SLICED_FEATURES)
        within = units_within(features)
        groups = [one for one in self.tested_groups if one.name != OTHER]
        every = Group(ALL, 0, None, None, self.compared_rows, bytes=self.census.compared_bytes)
        s = SLICED.thinning(every)
        slicer = Slicer(self._connection, self.view, groups, self._shards, self.rows, s)
        slicer.keep(self._text, self._sampled)
        found = []
        for kind in ("order", "time") if self._dated else ("order",):
            atoms = slicer.atoms(kind)
            while len(atoms) > within:
                atoms = [atom for atom in atoms if atom.group != atoms[-1].group]
            if not atoms:
                continue
            count = partial(
                count_blocks,
                self._connection,
                slicer.rows(atoms, kind),
                blocks=FEWEST_BLOCKS,
                clustered=self.has_prompts,
                longest=self.census.longest,
            )
            answers = count(features=features, column="text")
            prompts = partial(count, features=PROMPTS, column="prompt")
            found.append(Slicing(kind, tuple(atoms), answers, prompts))
        return tuple(found)

    @property
    def _dated(self) -> bool:
        return any("generated_at" in source.projection.mapping for source in self.sources)

    @property
    def _shards(self) -> tuple[str, ...]:
        """The files, in the order of their names as the user knows them."""
        return tuple(file.read_path for file in sorted(self._files, key=lambda file: file.path))
