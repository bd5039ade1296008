"""Kept rows against removed rows, made comparable first: of the same makers, asked alike, and not apart by the filter's own rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from provenance_audit.checks.effects import Deciding
from provenance_audit.checks.statistics import StatisticalParameters
from provenance_audit.dataset.features import FeatureSet
from provenance_audit.dataset.filters import Rule
from provenance_audit.dataset.sieve import KEPT, REMOVED, Match, Sieve
from provenance_audit.stats.block_test import BlockTest, block_test
from provenance_audit.stats.counts import BlockCounts, blocks_for

FEWEST_BLOCKS = 30
HOW = {
    Match.NONE: "all of them",
    Match.PROMPT_KIND: "matched by maker and kind of prompt",
    Match.PROMPT: "matched by maker and prompt",
}


@dataclass(frozen=True, slots=True)
class SelectionTest(Deciding):
    """What came of comparing. `refusal` says why it could not be done; then `answers` is None.

    passing: only rows that the declared rules let through were compared. left_out: families that the rules name.
    distinct: the same test on distinct rows, where duplicates are more than one in a hundred. prompts: the test of the
    prompts of these rows; of a refusal, the one that showed that they differ.
    """

    answers: BlockTest | None
    distinct: BlockTest | None
    n: tuple[int, int]
    match: Match
    passing: bool
    left_out: tuple[str, ...]
    prompts: BlockTest | None = None
    refusal: str = ""


def compare_selection(
    sieve: Sieve, features: FeatureSet, rules: Sequence[Rule], parameters: StatisticalParameters, seed: int
) -> SelectionTest:
    """Kept against removed, by the block test.

    Rows that a rule on their text removed differ from the others by that rule: where enough removed rows pass every
    declared rule, only those are compared, with the kept rows, in every family. Otherwise all rows are, in the families
    that no rule names. If makers are mixed, or kept and removed rows answer prompts that differ, they are matched.
    """
    minimum, texts = parameters.minimum_rows, [rule for rule in rules if rule.text is not None]
    n = (sieve.kept, sieve.removed)
    passed = sieve.passing(texts) if texts else n
    passing = bool(texts) and min(passed) >= minimum
    refused = SelectionTest(None, None, passed if passing else n, Match.NONE, passing, ())
    if min(n) < minimum:
        return replace(
            refused, refusal=f"{n[0]:,} rows were kept and {n[1]:,} removed, and {minimum} of each are needed"
        )
    every = set(features.versions)
    named = set() if passing else _named(rules, every)
    if named == every:
        return replace(
            refused,
            refusal="the declared filters are about the text itself, so what they removed differs by construction; "
            f"of the removed rows {passed[1]:,} pass them, and {minimum} are needed to compare those",
        )
    ladder = (
        [Match.PROMPT_KIND, Match.PROMPT] if sieve.mixed else [Match.NONE, Match.PROMPT_KIND, Match.PROMPT]
    )
    apart, asked = "", None
    for match in ladder if sieve.has_prompts else ladder[:1]:
        sides = sieve.sides(match, features, texts if passing else ())
        if min(sides.n) < minimum:
            alike = f"{HOW[match]}, {min(sides.n):,} of each are left, and {minimum} are needed"
            return replace(refused, prompts=asked, refusal=f"{apart}{alike}")
        prompts = _test(sides.prompts, frozenset(), parameters, seed) if sides.prompts is not None else None
        if prompts is not None and prompts.lower_limit >= parameters.min_effect:
            asked, strongest = asked or prompts, prompts.strongest
            apart = f"kept and removed rows answer different prompts ({strongest.family} by {strongest.effect:.4f} bits); "
            continue
        answers = _test(sides.answers, named, parameters, seed)
        distinct = _test(sides.distinct, named, parameters, seed) if sides.distinct is not None else None
        if answers is None or (sides.distinct is not None and distinct is None):
            return replace(
                refused, refusal=f"under {minimum} distinct rows, or {FEWEST_BLOCKS} prompts, on a side"
            )
        return SelectionTest(
            answers, distinct, sides.n, match, passing, tuple(sorted(named & every)), prompts
        )
    return replace(refused, prompts=asked, refusal=f"{apart}even those of the same maker and prompt")


def _named(rules: Sequence[Rule], every: set[str]) -> set[str]:
    """The families that the rules are about."""
    named: set[str] = set()
    for rule in rules:
        named |= every if rule.names is None else rule.names & every
    return named


def _test(
    sides: Mapping[str, BlockCounts],
    without: set[str] | frozenset[str],
    parameters: StatisticalParameters,
    seed: int,
) -> BlockTest | None:
    """The block test of two sides; None where one of them is too small."""
    if KEPT not in sides or REMOVED not in sides:
        return None
    kept, removed = (_cut(sides[side], without) for side in (KEPT, REMOVED))
    smaller = min(kept.n, removed.n)
    blocks = blocks_for(smaller, kept.blocks)
    if smaller < parameters.minimum_rows or any(
        one.fold(blocks).occupied < FEWEST_BLOCKS for one in (kept, removed)
    ):
        return None
    found = block_test(
        {KEPT: kept}, removed, replicates=parameters.replicates, seed=seed, alpha=parameters.alpha
    )
    return found if found.p is not None else None


def _cut(counts: BlockCounts, without: set[str] | frozenset[str]) -> BlockCounts:
    return replace(
        counts, families={name: table for name, table in counts.families.items() if name not in without}
    )
