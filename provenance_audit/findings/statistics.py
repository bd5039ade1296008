"""What tests of distributions say: each family with its n and effect, what else is told of a comparison, a calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance_audit.stats.figures import Equivalence, Feature, Separation, SmallestShare

if TYPE_CHECKING:
    from provenance_audit.stats.calibration import Calibration
    from provenance_audit.stats.counts import BlockCounts


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a drawing of a test: a feature, or a range of them, and its share of all features of each side, 0 to 1."""

    label: str
    data: float
    control: float


@dataclass(frozen=True, slots=True)
class TestRecord:
    """One feature family of one statistical test, significant or not.

    `n` is rows on each side (data, control); `effect`, `interval` (90 %, so that its lower end is the one-sided 95 % limit)
    and `minimum_detectable` are in bits; `sampled` is the share of each side's prompts that was counted; `p_adjusted` is family-wise (Westfall–Young, single step).
    `bins` draw the two distributions, and `binned` says which part of them.
    """

    __test__ = False  # not a pytest class

    id: str
    groups: tuple[str, str]
    design: str
    family: str
    n: tuple[int, int]
    statistic: float
    p: float
    p_adjusted: float
    effect: float
    interval: tuple[float, float]
    minimum_detectable: float
    replicates: int
    seed: int
    limit: float
    sampled: tuple[float, float] = (1.0, 1.0)
    bins: tuple[Bin, ...] = ()
    binned: str = ""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What share of the rows of `positive` this comparison could have seen; `reason` says why it was not measured."""

    positive: str
    n: tuple[int, int]
    smallest: SmallestShare | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sequence:
    """New data held against a control again and again. `counted`: whether this look was evidence; else `reason` says why not.

    looks: all that were made, and those that counted. evidence: the highest value of the e-process, and the p-value that
    holds at any time; None where no look could count, and no such claim is made. repeated: the earlier look that this one
    repeats, from 1, with the verdict that stands. mean_effect: of the family in which it is largest, in bits, over looks.
    after: the state to keep.
    """

    looks: tuple[int, int]
    counted: bool
    reason: str
    evidence: tuple[float, float] | None
    alarm: bool
    alpha: float
    mean_effect: tuple[str, float]
    repeated: tuple[int, str] | None
    after: str


@dataclass(frozen=True, slots=True)
class ComparisonDetail:
    """What is said of the comparison with the control beside its tests. Nothing in it gates.

    features: those that differ, where the test rejected. separation: how well rows could be told apart, likewise.
    equivalence, sensitivity, sequence: where they were asked for.
    """

    features: tuple[Feature, ...] = ()
    separation: Separation | None = None
    equivalence: Equivalence | None = None
    sensitivity: Sensitivity | None = None
    sequence: Sequence | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CountTable:
    """The block counts of one group of one side, kept when a store asks for them."""

    side: str
    group: str
    maker: str | None
    counts: BlockCounts


@dataclass(frozen=True, slots=True)
class CalibratedSide:
    """The rows of one side of a calibration. `units` are what is dealt out whole: prompts, or completions without prompts."""

    name: str
    rows: int
    rows_dealt: int
    units: int
    unit: str
    modality: str


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The result of `paudit calibrate`. remarks: what a reader must know of these rows to read the figures."""

    version: str
    started: str
    seconds: float
    control: CalibratedSide
    positive: CalibratedSide | None
    found: Calibration
    remarks: tuple[str, ...]
