"""Which numbers: their last three digits, and the digits that are marginals of those."""

from __future__ import annotations

import numpy as np

from provenance_audit.dataset.features.base import Derived, Family
from provenance_audit.dataset.features.labels import plain
from provenance_audit.stats.counts import Array

VALUE = Family("value", 1000, "x % 1000", label=plain("the number"))


def last_digit(value: Array) -> Array:
    """Marginal (B, 10)."""
    return np.asarray(value.reshape(len(value), 100, 10).sum(1))


def middle_digit(value: Array) -> Array:
    """Marginal (B, 10): the tens."""
    return np.asarray(value.reshape(len(value), 10, 10, 10).sum((1, 3)))


def digits(value: Array) -> Array:
    """Marginal (B, 3): numbers under 10, under 100, and the rest."""
    return np.add.reduceat(value, [0, 10, 100], axis=1)


DERIVED = (
    Derived("last-digit", "value", last_digit, label=plain("last digit")),
    Derived("middle-digit", "value", middle_digit, label=plain("tens digit")),
    Derived("digits", "value", digits, label=lambda code: f"numbers of {code + 1} digit{'s' * (code > 0)}"),
)
