"""The rows of one side as every question needs them: where they are, and what the first read counted."""

from __future__ import annotations

from functools import cached_property

from provenance_audit.database import Connection
from provenance_audit.dataset.census import BLOCKS, GROUPS_AT_MOST, Census, Group
from provenance_audit.dataset.counting import FEWEST_BLOCKS, OTHER, blocks_within, units_within
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.features import BY_MODALITY, FeatureSet
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.source import Source

GROUP_ROWS = 500
ALL = "all"


class Rows:
    """Rows that were read once, and what is known from that."""

    def __init__(
        self,
        connection: Connection,
        view: str,
        sources: tuple[Source, ...],
        damaged: tuple[Damage, ...],
        census: Census,
        *,
        full: bool = False,
    ) -> None:
        self._connection = connection
        self.view = view
        self.sources = sources
        self.damaged = damaged
        self.census = census
        self.full = full

    @property
    def rows(self) -> int:
        """Source records."""
        return self.census.rows

    @property
    def trained_rows(self) -> int:
        """Completions that a student would be trained on."""
        return self.census.trained_rows

    @property
    def has_prompts(self) -> bool:
        """Whether every trained row has a prompt, so that blocks are prompts."""
        return self.trained_rows > 0 and self.census.prompted_rows == self.trained_rows

    @property
    def has_sample_ids(self) -> bool:
        """Whether every trained row says what the file calls its record."""
        return self.trained_rows > 0 and self.census.identified_rows == self.trained_rows

    @property
    def compared_rows(self) -> int:
        """Completions that may be held against a control: those that neither a judge nor a filter rejected."""
        return self.census.compared_rows

    @property
    def features(self) -> FeatureSet:
        """The feature families of this modality."""
        return BY_MODALITY[self.census.modality]

    @cached_property
    def tested_groups(self) -> tuple[Group, ...]:
        """The groups large enough to be tested alone; the rest are together in *other*."""
        most = min(GROUPS_AT_MOST, units_within(self.features)) - 1
        large = tuple(one for one in self.census.groups if one.compared and one.rows >= GROUP_ROWS)[:most]
        others = self.compared_rows - sum(group.rows for group in large)
        size = self.census.compared_bytes - sum(group.bytes for group in large)
        return (*large, Group(OTHER, 0, None, None, others, bytes=size)) if others else large

    @property
    def reductions(self) -> tuple[str, ...]:
        """What was made smaller so that counts stay within their bound, in words."""
        said = []
        large = [one for one in self.census.groups if one.compared and one.rows >= GROUP_ROWS]
        alone = [one for one in self.tested_groups if one.name != OTHER]
        if len(large) > len(alone):
            said.append(
                f"{len(large) - len(alone)} smaller groups of {GROUP_ROWS} rows or more are tested together, as other"
            )
        if blocks_within(len(self.tested_groups), self.features) < BLOCKS:
            said.append(
                f"{FEWEST_BLOCKS} blocks instead of {BLOCKS}, because there are {len(self.tested_groups)} groups"
            )
        return tuple(said)

    @property
    def _files(self) -> tuple[DataFile, ...]:
        """Every file once, also those that hold records of several schemas."""
        return tuple(dict.fromkeys(file for source in self.sources for file in source.files))
