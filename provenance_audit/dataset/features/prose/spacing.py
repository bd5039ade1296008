"""Spaces that a reader does not see, one bit for each habit that a text shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.codes import Codes
from provenance_audit.dataset.features.labels import all_of
from provenance_audit.dataset.features.texts import Integers, Texts, Truth, followed


@dataclass(frozen=True, slots=True)
class Spacing:
    """Texts as they are spaced: one piece for each text (rows,), and which habits it shows, bit by bit (rows,)."""

    per_row: Integers
    habits: Codes


def spacing(texts: Texts) -> Spacing:
    """Whether a text has double spaces, and spaces before its line ends."""
    start, end = texts.starts[:-1], texts.starts[1:] - 1
    space, line_end = texts.data == ord(" "), texts.data == ord("\n")
    line_end[end] = False  # the one after a text is none of it

    def found(where: Truth) -> Codes:
        return np.logical_or.reduceat(where, start).astype(np.int64)

    doubled, before_end = found(followed(space, space)), found(followed(space, line_end))
    return Spacing(np.ones_like(start), doubled + 2 * before_end)


SPACING = Family(
    "spacing",
    4,
    lambda spacing: spacing.habits,
    label=all_of(("double spaces", "spaces before line ends")),
)
