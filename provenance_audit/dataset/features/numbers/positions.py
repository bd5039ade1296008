"""Where a number stands and what it begins with; how many numbers a row has follows from it."""

from __future__ import annotations

import numpy as np

from provenance_audit.dataset.features.base import Derived, Family
from provenance_audit.dataset.features.labels import plain
from provenance_audit.dataset.features.numbers.cut import POSITIONS
from provenance_audit.stats.counts import Array

POSITION_LEAD = Family(
    "position-lead",
    POSITIONS * 10,
    "x // 1000",
    label=lambda code: (
        f"leading digit {code % 10} of number {code // 10 + 1}{' or later' * (code // 10 == POSITIONS - 1)}"
    ),
)


def leading_digit(position_lead: Array) -> Array:
    """Marginal (B, 10)."""
    return np.asarray(position_lead.reshape(len(position_lead), POSITIONS, 10).sum(1))


def count(position_lead: Array) -> Array:
    """How many numbers rows have (B, 11): rows with just k have one at position k and none at k + 1. The last is open.

    The last position holds all further numbers too, so rows are told apart up to one number less.
    """
    at = position_lead.reshape(len(position_lead), POSITIONS, 10).sum(2)
    return np.asarray(np.column_stack([at[:, :-2] - at[:, 1:-1], at[:, -2]]))


DERIVED = (
    Derived("leading-digit", "position-lead", leading_digit, label=plain("leading digit")),
    Derived(
        "count",
        "position-lead",
        count,
        label=lambda code: (
            f"rows of {code + 1} number{'s' * (code > 0)}{' or more' * (code == POSITIONS - 2)}"
        ),
    ),
)
