"""The data against the control, once, for the checks that ask about it: same prompts? then, same answers?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from provenance_audit.checks.effects import Deciding
from provenance_audit.dataset.profile import Profile
from provenance_audit.dataset.rows import ALL, Dataset
from provenance_audit.findings import TestRecord
from provenance_audit.stats.block_test import BlockTest, block_test
from provenance_audit.stats.counts import BlockCounts, blocks_for

FEWEST_BLOCKS = 30
DUPLICATES_MATTER = 0.01


@dataclass(frozen=True, slots=True)
class Comparison(Deciding):
    """What came of comparing. `refusal` says why the answers could not be compared; then `answers` is None.

    cut: both sides were cut to the prompts they share. distinct: the same test on distinct rows, where duplicates are
    more than one in a hundred; the weaker of the two results decides. sides: data and control as they were compared, where
    both are rows. repeats_untold: duplicates matter, and the control is a profile, whose rows cannot be told apart.
    compared: the counts behind `answers`, for drawing. labels: whose rows a group is, where there are several.
    """

    prompts: BlockTest | None
    prompts_differ: bool
    cut: bool
    answers: BlockTest | None
    distinct: BlockTest | None
    n: tuple[int, int]
    modality: str
    refusal: str = ""
    remedy: str = ""
    repeats_untold: bool = False
    sides: tuple[Dataset, Dataset] | None = None
    compared: tuple[dict[str, BlockCounts], BlockCounts] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def untested_rows(self) -> int:
        """Rows of groups that are too small to be tested, and are held against nothing."""
        assert self.answers is not None
        tested = {family.group for family in self.answers.families}
        sides = self.compared[0] if self.compared is not None else {}
        return sum(counts.n << counts.thinning for name, counts in sides.items() if name not in tested)

    def named(self, tests: Iterable[TestRecord]) -> Iterator[TestRecord]:
        """The tests, each with whose rows it was made of instead of the number of a group."""
        for test in tests:
            group, other = test.groups
            yield replace(test, groups=(self.labels.get(group, group), other))

    @property
    def smaller_side(self) -> int:
        """Rows of the smallest side that was tested."""
        assert self.answers is not None
        return min(min(family.n) for family in self.answers.families)


def compare(
    data: Dataset,
    control: Dataset | Profile,
    *,
    min_effect: float,
    minimum_rows: int,
    replicates: int,
    alpha: float,
    seed: int,
) -> Comparison:
    """Compare prompts first; cut both sides to shared prompts if they differ; then compare answers.

    control: its rows, or a profile of them, which cannot be cut to shared prompts or to distinct rows.
    """
    n = (data.compared_rows, control.compared_rows)
    modality = data.census.modality
    refuse = _Refusals(n, modality)
    if control.features is not data.features:
        return refuse.because(
            f"the data are {modality} and the control is {control.features.name}: no feature is common to both",
            "give a control of the same task",
        )
    if min(n) < minimum_rows:
        return refuse.because(
            f"{min(n):,} rows on the smaller side, under {minimum_rows}: inconclusive",
            "give more rows of control",
        )
    if data.has_prompts != control.has_prompts:
        without = "control" if data.has_prompts else "data"
        return refuse.because(
            f"the {without} has rows without a prompt, so whether both sides were asked the same cannot be told",
            "give both sides with their prompts",
        )
    prompts, differ, cut = None, False, False
    if data.has_prompts:
        prompts = _test(data.prompt_counts(), _prompts_of(control), minimum_rows, replicates, seed, alpha)
        if prompts is None:
            return refuse.because(
                f"under {FEWEST_BLOCKS} different prompts on a side: too few to resample", "give more prompts"
            )
        differ = prompts.lower_limit >= min_effect
        if differ and isinstance(control, Profile):
            return refuse.because(
                "the two sides asked different prompts, and a profile holds no rows to cut to those they share: "
                "not evaluated: profile",
                "give the rows of the control, or a profile made from the prompts of the data",
                prompts,
            )
        if differ and isinstance(control, Dataset):
            cut = True
            data, control = data.shared_with(control)
            if min(data.compared_rows, control.compared_rows) < minimum_rows:
                shared = min(data.compared_rows, control.compared_rows)
                return refuse.because(
                    f"the two sides asked different prompts and share {shared:,} rows of them, under {minimum_rows}",
                    "give a control made from the prompts of the data",
                    prompts,
                )
    features = data.features
    sides = data.response_counts(features, whole=cut)
    other = _answers_of(control)
    if _identical(sides, other[ALL]):
        return refuse.because(
            "the control holds the same rows as the data",
            "give rows of the neutral teacher as control",
            prompts,
            differ,
        )
    answers = _test(sides, other, minimum_rows, replicates, seed, alpha)
    if answers is None or answers.p is None:
        return refuse.because(
            f"under {FEWEST_BLOCKS} blocks of rows on a side: too few to resample",
            "give more prompts",
            prompts,
            differ,
        )
    distinct = None
    repeats = data.repeated_share > DUPLICATES_MATTER
    if isinstance(control, Dataset) and (repeats or control.repeated_share > DUPLICATES_MATTER):
        distinct = _test(
            data.response_counts(features, whole=cut, distinct=True),
            control.response_counts(features, whole=True, distinct=True),
            minimum_rows,
            replicates,
            seed,
            alpha,
        )
        if distinct is None or distinct.p is None:
            return refuse.because(
                f"under {minimum_rows} distinct rows on a side: the rest repeat them",
                "remove duplicates",
                prompts,
                differ,
            )
    tested = (data.compared_rows, control.compared_rows)
    untold = repeats and isinstance(control, Profile)
    rows = (data, control) if isinstance(control, Dataset) else None
    return Comparison(
        prompts,
        differ,
        cut,
        answers,
        distinct,
        tested,
        modality,
        repeats_untold=untold,
        sides=rows,
        compared=(sides, other[ALL]),
        labels=_labels(data, sides) if len(sides) > 1 else {},
    )


def _labels(data: Dataset, sides: Mapping[str, BlockCounts]) -> dict[str, str]:
    """Whose rows each group is: the maker, and the prompt where one maker has several."""
    groups = [group for group in data.tested_groups if group.name in sides]
    makers = [group.maker for group in groups]
    labels = {}
    for group in groups:
        maker = group.maker or "rows that name no maker"
        prompt = f"prompt {group.system_sha256[:12]}" if group.system_sha256 else "no system turn"
        several = makers.count(group.maker) > 1
        labels[group.name] = "other" if group.name == "other" else f"{maker}, {prompt}" if several else maker
    return labels


def _prompts_of(control: Dataset | Profile) -> dict[str, BlockCounts]:
    return {ALL: control.prompts} if isinstance(control, Profile) else control.prompt_counts(whole=True)


def _answers_of(control: Dataset | Profile) -> dict[str, BlockCounts]:
    if isinstance(control, Profile):
        return {ALL: control.responses}
    return control.response_counts(control.features, whole=True)


def records(
    id: str, test: BlockTest, limit: float, *, group: str | None = None, other: str = "control"
) -> list[TestRecord]:
    """The families of a test as the report keeps them: of one group, where that is enough."""
    return [
        TestRecord(
            id=id,
            groups=(family.group, other),
            design=family.design,
            family=family.family,
            n=family.n,
            statistic=family.statistic,
            p=family.p,
            p_adjusted=family.p_adjusted,
            effect=family.effect,
            interval=(family.interval[0], family.interval[1]),
            minimum_detectable=family.minimum_detectable,
            replicates=test.replicates,
            seed=test.seed,
            limit=limit,
            sampled=(2.0 ** -family.thinning[0], 2.0 ** -family.thinning[1]),
        )
        for family in test.families
        if group is None or family.group == group
    ]


@dataclass(frozen=True, slots=True)
class _Refusals:
    n: tuple[int, int]
    modality: str

    def because(
        self, reason: str, remedy: str, prompts: BlockTest | None = None, differ: bool | None = None
    ) -> Comparison:
        """No claim about the answers, and why."""
        prompts_differ = prompts is not None if differ is None else differ
        return Comparison(prompts, prompts_differ, False, None, None, self.n, self.modality, reason, remedy)


def _test(
    sides: dict[str, BlockCounts],
    control: dict[str, BlockCounts],
    minimum_rows: int,
    replicates: int,
    seed: int,
    alpha: float,
) -> BlockTest | None:
    """The block test of the groups that are large enough, or None where no group has blocks enough."""
    other = control[ALL]
    large = {name: counts for name, counts in sides.items() if counts.n >= minimum_rows}
    blocks = blocks_for(min([other.n, *(counts.n for counts in large.values())]), other.blocks)
    tested = {name: counts for name, counts in large.items() if counts.fold(blocks).occupied >= FEWEST_BLOCKS}
    if not tested or other.n < minimum_rows or other.fold(blocks).occupied < FEWEST_BLOCKS:
        return None
    return block_test(tested, other, replicates=replicates, seed=seed, alpha=alpha)


def _identical(sides: dict[str, BlockCounts], control: BlockCounts) -> bool:
    """Whether every block of both sides holds the same rows, as far as their counts tell."""
    n = sum((counts.rows for counts in sides.values()), np.zeros(1))
    if control.samples or any(counts.samples or counts.blocks != control.blocks for counts in sides.values()):
        return False
    return np.array_equal(n, control.rows) and all(
        np.array_equal(sum(counts.families[name] for counts in sides.values()), table)
        for name, table in control.families.items()
    )
