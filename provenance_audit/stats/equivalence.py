"""Equivalence: the only way in which "no difference" may be claimed, against a margin that the user states."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, sqrt

from provenance_audit.stats.block_test import merge_rare
from provenance_audit.stats.counts import BlockCounts, blocks_for
from provenance_audit.stats.effect import BITS, ONE_SIDED_95, Effect, jensen_shannon
from provenance_audit.stats.figures import Equivalence


def equivalence(groups: Mapping[str, BlockCounts], control: BlockCounts, margin: float) -> Equivalence | None:
    """Test every family of every group against a margin, in bits; None where no family is on both sides."""
    smallest = min([control.n, *(counts.n for counts in groups.values())])
    blocks = blocks_for(smallest, min([control.blocks, *(counts.blocks for counts in groups.values())]))
    control = control.fold(blocks)
    found = []
    for name, counts in groups.items():
        data = counts.fold(blocks)
        for family in data.families:
            if family not in control.families:
                continue
            a, c = merge_rare(data.families[family], control.families[family], data.n, control.n)
            if a.shape[1] and a.sum() and c.sum():
                upper = (
                    never_varied(min(data.n, control.n))
                    if a.shape[1] == 1
                    else upper_limit(jensen_shannon(a, c))
                )
                found.append(Equivalence(margin, upper, name, family, (data.n, control.n)))
    return max(found, key=lambda one: one.upper) if found else None


def never_varied(rows: int) -> float:
    """The limit of a family in which both sides have one and the same feature, in bits.

    What was not seen in n rows has a share of at most 3/n (the rule of three); on one side only, that is so many bits.
    """
    return 2 * 3 / rows / float(BITS)


def upper_limit(effect: Effect) -> float:
    """The upper one-sided 95 % limit of an effect, in bits.

    The spread of an estimate grows with the effect, so that one estimated low looks surer than it is: with few features an
    interval around the estimate claims equivalence falsely in up to 14 %. So the limit is the smallest true effect m that
    the estimate rejects with the spread it would have at m, √(s² + 4·m·λ) (as in `minimum_detectable`), or the end of the
    interval where that is higher.
    """
    if effect.variance == inf:
        return inf
    null = 2 * float((effect.products**2).sum())
    weight = float((effect.products**2).sum()) / effect.within if effect.within > 0 else 0.0
    half = effect.value + 2 * ONE_SIDED_95**2 * weight
    root = half**2 - effect.value**2 + ONE_SIDED_95**2 * null
    return max(effect.interval[1], half + sqrt(max(root, 0.0)))
