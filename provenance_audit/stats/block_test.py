"""The block test: one resampling design that respects dependence inside a row and inside a prompt.

The block, a hash of the prompt, is the unit; under the null the two sides of a block may be exchanged, so whole blocks
flip their sign, with the same flips for every family and every group. The largest standardised statistic is compared
with the largest of each replicate (Westfall & Young 1993), which controls the family-wise error whatever the dependence;
p-values count the observed one in (Phipson & Smyth 2010).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from provenance_audit.stats.counts import Array, BlockCounts, blocks_for, design_of
from provenance_audit.stats.effect import Effect, jensen_shannon, minimum_detectable, residual_units

REPLICATES = 1999
TIE = 1e-9
RARE_TOTAL = 10
RARE_EXPECTED = 5


@dataclass(frozen=True, slots=True)
class Null:
    """What the flips gave: mean, standard deviation and 95 % quantile of the statistic where nothing differs."""

    mean: float
    sd: float
    quantile_95: float


@dataclass(frozen=True, slots=True)
class FamilyResult:
    """One feature family of one group against the control; reads like a result of `scipy.stats`.

    `thinning`: s of each side, where the rows of one prompt in 2^s were counted. `statistic` is T of the block design;
    `p` its own flip p-value (of `replicates`, from `seed`); `p_adjusted` family-wise. `effect`, `interval` (90 %) and
    `minimum_detectable` are in bits. `design` is of this group: exact, block-paired or unclustered.
    """

    group: str
    family: str
    features: int
    n: tuple[int, int]
    statistic: float
    p: float
    p_adjusted: float
    effect: float
    variance: float
    interval: tuple[float, float]
    minimum_detectable: float
    thinning: tuple[int, int]
    null: Null
    design: str
    replicates: int
    seed: int

    @property
    def pvalue(self) -> float:
        """The family-wise p, under the name that `scipy.stats` gives it."""
        return self.p_adjusted


@dataclass(frozen=True, slots=True)
class BlockTest:
    """The omnibus over families and groups. `p` is None where no family could be tested.

    `statistic` is the largest standardised T, `null` what the flips gave for the largest.
    """

    p: float | None
    families: tuple[FamilyResult, ...]
    design: str
    blocks: int
    replicates: int
    seed: int
    statistic: float = 0.0
    null: Null = Null(0.0, 0.0, 0.0)

    @property
    def pvalue(self) -> float | None:
        """The omnibus p, under the name that `scipy.stats` gives it."""
        return self.p

    @property
    def strongest(self) -> FamilyResult:
        """The family whose lower limit is the highest: the one that the gate looks at."""
        return max(self.families, key=lambda family: family.interval[0])

    @property
    def lower_limit(self) -> float:
        """The lower one-sided 95 % limit of the effect, in bits, of the strongest family."""
        return self.strongest.interval[0] if self.families else float("-inf")

    @property
    def minimum_detectable(self) -> dict[str, float]:
        """By family, the smallest effect, in bits, that would have been rejected in 80 % of repetitions, smallest first.

        Of several groups the largest; families that never vary, and so could show nothing, are left out.
        """
        found: dict[str, float] = {}
        for one in self.families:
            if one.minimum_detectable < float("inf"):
                found[one.family] = max(one.minimum_detectable, found.get(one.family, 0.0))
        return dict(sorted(found.items(), key=lambda item: item[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Statistic:
    """T of one family of one group, with its flipped replicates, before the families are compared."""

    group: str
    family: str
    features: int
    n: tuple[int, int]
    observed: float
    null: Array
    effect: Effect
    effect_spread: float
    thinning: tuple[int, int]
    design: str


def block_test(
    groups: Mapping[str, BlockCounts],
    control: BlockCounts,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    alpha: float = 0.05,
) -> BlockTest:
    """Test every family of every group against the control, as one hypothesis.

    groups: name -> counts; all are folded to the number of blocks that the smallest side allows. Only families that both
    sides have are tested. alpha: the level at which the minimum detectable effect is computed.
    """
    pairs = {name: (counts, control) for name, counts in groups.items()}
    return pair_test(pairs, replicates=replicates, seed=seed, alpha=alpha)


def pair_test(
    pairs: Mapping[str, tuple[BlockCounts, BlockCounts]],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    alpha: float = 0.05,
) -> BlockTest:
    """The same for groups that each have a side of their own to be held against: a slice against the rest, say.

    pairs: name -> (counts, counts of the other side). One hypothesis, one set of flips, one family-wise p.
    """
    sides = [side for pair in pairs.values() for side in pair]
    blocks = (
        blocks_for(min(side.fewest for side in sides), min(side.blocks for side in sides)) if sides else 0
    )
    flips = np.random.default_rng(seed).choice(np.array([-1.0, 1.0]), size=(replicates, blocks))
    statistics: list[_Statistic] = []
    designs: set[str] = set()
    folded: dict[int, BlockCounts] = {}
    for name, (here, there) in pairs.items():
        one = here.fold(blocks)
        if id(there) not in folded:  # the control of many groups is folded once
            folded[id(there)] = there.fold(blocks)
        other = folded[id(there)]
        design = design_of(one, other)
        designs.add(design)
        statistics += [
            statistic
            for family in one.families
            if family in other.families
            and (statistic := _statistic(name, family, one, other, design, flips)) is not None
        ]
    overall = designs.pop() if len(designs) == 1 else "block-paired"
    return _compare(statistics, overall, blocks, replicates, seed, alpha)


def merge_rare(a: Array, c: Array, rows_a: float, rows_c: float) -> tuple[Array, Array]:
    """Sum the features too thin to test alone into one bucket; none is dropped.

    Thin: under 10 occurrences in all, or under 5 expected in the smaller side. Dropping them would make a larger
    control see less.
    """
    total = a.sum(0) + c.sum(0)
    expected = total / (rows_a + rows_c) * min(rows_a, rows_c)
    keep = (total >= RARE_TOTAL) & (expected >= RARE_EXPECTED)
    if keep.all():
        return a, c
    thin = ~keep & (total > 0)
    if not thin.any():
        return a[:, keep], c[:, keep]
    return (
        np.column_stack([a[:, keep], a[:, thin].sum(1)]),
        np.column_stack([c[:, keep], c[:, thin].sum(1)]),
    )


def _statistic(
    group: str, family: str, data: BlockCounts, control: BlockCounts, design: str, flips: Array
) -> _Statistic | None:
    """T on rates per row (so length differences count) and the effect on shares (so they do not)."""
    here, there = data.sample(family), control.sample(family)
    if here.n == 0 or there.n == 0:
        return None
    a, c = merge_rare(data.families[family], control.families[family], here.n, there.n)
    if a.shape[1] == 0 or a.sum() == 0 or c.sum() == 0:
        return None
    units, variance = residual_units(a, c, here.rows, there.rows)
    varied = variance > 0
    scaled = units[:, varied] / np.sqrt(variance[varied])
    gram = scaled @ scaled.T
    effect = jensen_shannon(a, c)
    return _Statistic(
        group,
        family,
        a.shape[1],
        (here.n, there.n),
        float(gram.sum()),
        _flipped(scaled, gram, flips),
        effect,
        float(np.sqrt(2 * (effect.products**2).sum())),  # of εᵀHε with a zero diagonal, exactly
        (here.thinning, there.thinning),
        design,
    )


def _flipped(scaled: Array, products: Array, flips: Array) -> Array:
    """The quadratic form εᵀGε of every replicate, G = WWᵀ: its cost depends neither on rows nor, beyond B, on features."""
    if scaled.shape[1] < len(products):
        return np.asarray(((flips @ scaled) ** 2).sum(1), dtype=np.float64)
    return np.asarray(((flips @ products) * flips).sum(1), dtype=np.float64)


def _compare(
    statistics: list[_Statistic], design: str, blocks: int, replicates: int, seed: int, alpha: float
) -> BlockTest:
    if not statistics:
        return BlockTest(None, (), design, blocks, replicates, seed)
    observed = np.array([statistic.observed for statistic in statistics])
    nulls = np.array([statistic.null for statistic in statistics])
    summaries = _summaries(nulls)
    mean = np.array([one.mean for one in summaries])
    spread = np.array([one.sd for one in summaries])
    # A family whose null has no spread says nothing: 0, like each of its replicates.
    unit = np.where(spread > 0, spread, np.inf)
    scores = (observed - mean) / unit
    highest = functools.reduce(
        np.maximum, ((null - m) / u for null, m, u in zip(nulls, mean, unit, strict=True))
    )
    critical = float(np.quantile(highest, 1 - alpha))
    # Replicates that reach what was observed; what was observed is one of them (Phipson & Smyth).
    alone = (1 + (nulls >= (observed * (1 - TIE))[:, None]).sum(axis=1)) / (replicates + 1)
    at_least = (1 + (highest >= (scores - TIE * np.abs(scores))[:, None]).sum(axis=1)) / (replicates + 1)

    families = tuple(
        FamilyResult(
            group=statistic.group,
            family=statistic.family,
            features=statistic.features,
            n=statistic.n,
            statistic=statistic.observed,
            p=float(p),
            p_adjusted=float(p_adjusted),
            effect=statistic.effect.value,
            variance=statistic.effect.variance,
            interval=statistic.effect.interval,
            minimum_detectable=minimum_detectable(statistic.effect, statistic.effect_spread, critical),
            thinning=statistic.thinning,
            null=summary,
            design=statistic.design,
            replicates=replicates,
            seed=seed,
        )
        for statistic, p, p_adjusted, summary in zip(statistics, alone, at_least, summaries, strict=True)
    )
    best = int(scores.argmax())
    return BlockTest(
        float(at_least[best]),
        families,
        design,
        blocks,
        replicates,
        seed,
        float(scores[best]),
        _summaries(highest[None])[0],
    )


def _summaries(nulls: Array) -> list[Null]:
    """nulls: (statistics, replicates)."""
    columns = (nulls.mean(axis=1), nulls.std(axis=1), np.quantile(nulls, 0.95, axis=1))
    return [Null(*map(float, values)) for values in zip(*columns, strict=True)]
