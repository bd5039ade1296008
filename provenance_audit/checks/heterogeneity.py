"""One maker's rows against each other: every slice, shard and split against the rest, and before against after.

All contrasts of all makers are one hypothesis, with the same flips; so the check has the false-alarm rate of one test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath

from provenance_audit.dataset.rows import Dataset
from provenance_audit.dataset.slices import SHARDS_AT_MOST, Atom, Slicing
from provenance_audit.stats.block_test import BlockTest, FamilyResult, pair_test
from provenance_audit.stats.counts import BlockCounts

# Dozens of parts times a dozen families are tested: most of the time, a first look is enough.
FIRST_LOOK = 499
NOWHERE_NEAR = 4
FEWEST_BLOCKS = 30


@dataclass(frozen=True, slots=True)
class Contrast:
    """A part of one maker's rows, held against the rest of them. `where` says which, in words."""

    maker: str
    kind: str
    where: str
    atoms: tuple[Atom, ...]

    @property
    def rows(self) -> int:
        """Rows of the part."""
        return sum(atom.rows for atom in self.atoms)


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """What came of comparing. `refusal` says why answers were not compared; then `answers` is None.

    prompts: the same comparison of the prompts; None where the answers left nothing to ask about them.
    """

    contrasts: dict[str, Contrast]
    answers: BlockTest | None
    prompts: BlockTest | None = None
    refusal: str = ""
    remedy: str = ""

    def strongest(self, alpha: float, min_effect: float) -> FamilyResult | None:
        """The family and contrast that show most, if any shows enough: by p, by effect, and by more than its prompts do.

        If only the prompts of two parts differed, the answers could not differ by more (data-processing inequality).
        """
        if self.answers is None or self.answers.p is None or self.answers.p > alpha:
            return None
        asked: dict[str, float] = {}
        for one in self.prompts.families if self.prompts is not None else ():
            asked[one.group] = max(one.effect, asked.get(one.group, 0.0))
        enough = [
            one
            for one in self.answers.families
            if one.p_adjusted <= alpha and one.interval[0] >= max(min_effect, asked.get(one.group, 0.0))
        ]
        return max(enough, key=_standing, default=None)


@dataclass(frozen=True, slots=True)
class _Maker:
    """The atoms of one maker in one slicing, and the contrasts between them: each with the numbers of its atoms."""

    slicing: Slicing
    members: list[int]
    contrasts: list[tuple[Contrast, list[int]]]

    def pairs(self, counts: Sequence[BlockCounts]) -> Iterator[tuple[Contrast, BlockCounts, BlockCounts]]:
        """Each contrast with the counts of the part and of the rest: what the part leaves of the whole. counts: of all atoms."""
        if self.contrasts:
            choices = [self.members, *(numbers for _, numbers in self.contrasts)]
            whole, *parts = BlockCounts.sums(counts, choices)
            for (contrast, _), part in zip(self.contrasts, parts, strict=True):
                yield contrast, part, whole - part


def heterogeneity(
    data: Dataset, *, min_effect: float, minimum_rows: int, replicates: int, alpha: float, seed: int
) -> Heterogeneity:
    """Compare the parts of each maker; refuse where they answered different prompts.

    The prompts are looked at only where the answers would be a finding: where they are not, no prompts made them one.
    """
    makers = [
        _Maker(slicing, members, list(_contrasts(slicing, members)))
        for slicing in data.slicings
        for members in _groups(slicing)
    ]
    contrasts: dict[str, Contrast] = {}
    answers: dict[str, tuple[BlockCounts, BlockCounts]] = {}
    for maker in makers:
        for contrast, part, rest in maker.pairs(maker.slicing.answers):
            if min(part.n, rest.n) < minimum_rows or min(part.occupied, rest.occupied) < FEWEST_BLOCKS:
                continue
            contrasts[contrast.where] = contrast
            answers[contrast.where] = (part, rest)
    if not answers:
        return Heterogeneity(
            {}, None,
            refusal=f"no maker has two parts of {minimum_rows} rows on {FEWEST_BLOCKS} prompts or more to compare",
        )  # fmt: skip
    made = Heterogeneity(contrasts, _tested(answers, replicates, seed, alpha))
    if not data.has_prompts or made.strongest(alpha, min_effect) is None:
        return made
    asked = _tested(_prompts(makers, contrasts), replicates, seed, alpha)
    if asked.p is not None and asked.p <= alpha and asked.lower_limit >= min_effect:
        strongest = asked.strongest
        return Heterogeneity(
            contrasts,
            None,
            asked,
            f"parts of the data were asked different prompts ({strongest.group}: {strongest.family} by "
            f"{strongest.effect:.4f} bits), so their answers would differ whoever made them",
            "shuffle the prompts before rows are generated, or declare each part as a generation of its own",
        )
    return replace(made, prompts=asked)


def _prompts(
    makers: Sequence[_Maker], contrasts: Mapping[str, Contrast]
) -> dict[str, tuple[BlockCounts, BlockCounts]]:
    """The prompts of the parts whose answers were compared."""
    counted = {kind: one.count_prompts() for kind, one in {m.slicing.kind: m.slicing for m in makers}.items()}
    return {
        contrast.where: (part, rest)
        for maker in makers
        for contrast, part, rest in maker.pairs(counted[maker.slicing.kind])
        if contrast.where in contrasts
    }


def _tested(
    pairs: Mapping[str, tuple[BlockCounts, BlockCounts]], replicates: int, seed: int, alpha: float
) -> BlockTest:
    """The test with a quarter of the replicates, and with all of them unless that was nowhere near rejecting.

    What is not rejected at the first look stays so; the level is that of the second.
    """
    first = pair_test(pairs, replicates=min(replicates, FIRST_LOOK), seed=seed, alpha=alpha)
    if first.p is None or first.p > NOWHERE_NEAR * alpha or replicates <= FIRST_LOOK:
        return first
    return pair_test(pairs, replicates=replicates, seed=seed, alpha=alpha)


def _groups(slicing: Slicing) -> list[list[int]]:
    """The numbers of the atoms of each maker."""
    groups: dict[str, list[int]] = {}
    for number, atom in enumerate(slicing.atoms):
        groups.setdefault(atom.group.name, []).append(number)
    return list(groups.values())


def _contrasts(slicing: Slicing, members: Sequence[int]) -> Iterator[tuple[Contrast, list[int]]]:
    """Each part of one maker's rows, with the numbers of its atoms; none twice, and none that is the rest of another."""
    alone = len(members) == len(slicing.atoms)
    everything = frozenset(members)
    seen: set[frozenset[int]] = set()
    for kind, where, numbers in _parts(slicing, members):
        part = frozenset(numbers)
        rest = everything - part
        if not rest or part in seen or rest in seen:
            continue
        seen.add(part)
        atoms = tuple(slicing.atoms[number] for number in sorted(part))
        maker = atoms[0].group.maker or "the maker"
        yield Contrast(maker, kind, where if alone else f"{maker}: {where}", atoms), sorted(part)


def _parts(slicing: Slicing, members: Sequence[int]) -> Iterator[tuple[str, str, set[int]]]:
    atoms = {number: slicing.atoms[number] for number in members}
    files = list(dict.fromkeys(atom.file for atom in atoms.values()))
    splits = list(dict.fromkeys(atom.split for atom in atoms.values()))
    if slicing.kind == "order" and len(splits) > 1:
        for split in splits:
            part = {number for number, atom in atoms.items() if atom.split == split}
            yield "split", f"split {split or '(none)'}", part
    if slicing.kind == "order" and 1 < len(files) <= SHARDS_AT_MOST:
        for file in files:
            yield (
                "shard",
                f"file {PurePath(file).name}",
                {n for n, atom in atoms.items() if atom.file == file},
            )
    slices = sorted({atom.slice for atom in atoms.values()})
    for number in slices[:-1]:
        part = {n for n, atom in atoms.items() if atom.slice <= number}
        yield slicing.kind, _range(slicing.kind, [atoms[n] for n in sorted(part)]), part
    for number in slices:
        part = {n for n, atom in atoms.items() if atom.slice == number}
        yield slicing.kind, _range(slicing.kind, [atoms[n] for n in sorted(part)]), part


def _range(kind: str, atoms: Sequence[Atom]) -> str:
    """From where to where, in words."""
    first, last = atoms[0], atoms[-1]
    if kind == "time":
        return f"generated {_moment(first.first)} to {_moment(last.last)}"
    here, there = PurePath(first.file).name, PurePath(last.file).name
    if first.file == last.file:
        return f"records {first.first:,.0f} to {last.last:,.0f} of {here}"
    return f"record {first.first:,.0f} of {here} to record {last.last:,.0f} of {there}"


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:g}"


def _standing(one: FamilyResult) -> float:
    return (one.statistic - one.null.mean) / one.null.sd if one.null.sd > 0 else 0.0
