"""How the checks on statistics decide, and how they speak of an effect: the same rule, the same words, the same evidence."""

from __future__ import annotations

from typing import Any

from provenance_audit.stats.block_test import BlockTest, FamilyResult


class Deciding:
    """Of a test on all rows and one on distinct rows, the weaker result decides. For a class that has both."""

    __slots__ = ()

    answers: BlockTest | None
    distinct: BlockTest | None

    @property
    def p(self) -> float:
        """The omnibus p that decides: of all rows, or of distinct ones if it is larger."""
        return max(
            test.p for test in (self.answers, self.distinct) if test is not None and test.p is not None
        )

    @property
    def lower_limit(self) -> float:
        """The lower 95 % limit, in bits, that decides."""
        return min(test.lower_limit for test in (self.answers, self.distinct) if test is not None)


def said(family: FamilyResult, limit: float) -> str:
    """An effect with its interval against the limit, in a line. limit: bits."""
    low, up = family.interval
    return f"{family.family} by {family.effect:.4f} bits [{low:.4f}, {up:.4f}], limit {limit:g}"


def evidence(family: FamilyResult, limit: float) -> dict[str, Any]:
    """The same as evidence: what reports draw as a bar."""
    low, up = family.interval
    return {
        "family": family.family,
        "effect_bits": family.effect,
        "interval": [low, up],
        "min_effect": limit,
    }
