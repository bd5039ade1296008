"""The figures that a report shows of a comparison, as plain records: no arrays, so that reading a report loads no engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a family, by its number, with its rates per row on each side. `label`: what it is, in words, if known.

    `z` is the difference of the rates in units of its spread over flips of blocks; `p_adjusted` is Benjamini–Hochberg over
    the features of all families; `contribution` is its part of the family's statistic.
    """

    family: str
    number: int
    rate: float
    control_rate: float
    z: float
    p: float
    p_adjusted: float
    contribution: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Separation:
    """How well rows of the two sides are told apart by a naive-Bayes score on held-out blocks.

    auc: by the number of rows in a bag, all of one side: the chance that a bag of the data scores above one of the control.
    From block sums, as if a bag's score were normal: of a single row this is an approximation.
    """

    auc: dict[int, float]
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether every family differs by less than the margin, in bits.

    `upper` is the upper one-sided 95 % limit of the effect of the family where it is the highest, `family` of `group`.
    Claimed where it is below the margin: the hypothesis that some family differs by the margin or more is rejected at 5 %.
    Every family must be, so no correction is due (Berger 1982).
    """

    margin: float
    upper: float
    group: str
    family: str
    n: tuple[int, int]

    @property
    def claimed(self) -> bool:
        """Whether the sides are equivalent within the margin. It says nothing of what the families do not count."""
        return self.upper < self.margin


@dataclass(frozen=True, slots=True)
class SmallestShare:
    """The share of foreign rows that is seen in 80 % of trials, with its 90 % interval.

    `share` is None where even `largest`, the largest share that could be tried, was not seen so often: `seen` is how often
    it would be, by the fitted curve. `trials` were made in all.
    """

    share: float | None
    interval: tuple[float, float]
    largest: float
    seen: float
    trials: int
    seed: int
