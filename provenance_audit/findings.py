"""Every word of a result: findings, tests, rulings, verdict, report. All frozen.

A check yields `Finding`s and `TestRecord`s, or raises `Skip`; policy turns findings into `Ruling`s and a verdict;
formats and the store read the `Report`. None of them needs to know another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from provenance_audit.stats.figures import Equivalence, Feature, Separation, SmallestShare

if TYPE_CHECKING:
    from provenance_audit.stats.calibration import Calibration
    from provenance_audit.stats.counts import BlockCounts

FINGERPRINT_VERSION = "pa1"


class Ordered(StrEnum):
    """A string enumeration whose members are ordered as they are listed."""

    @property
    def rank(self) -> int:
        """The position of the member, 0 for the least."""
        return list(type(self)).index(self)


class Severity(Ordered):
    """How bad a finding is if it is true."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(Ordered):
    """How sure a finding is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Verdict(StrEnum):
    """What a run concludes. There is no word for "clean"."""

    FAIL = "FAIL"
    INCOMPLETE = "INCOMPLETE"
    REVIEW = "REVIEW"
    NO_FINDING = "NO FINDING"


class State(StrEnum):
    """What policy makes of a finding."""

    ACTIVE = "active"
    WAIVED = "waived"
    BASELINE = "baseline"
    IGNORED = "ignored"


class Relation(StrEnum):
    """How a maker is related to the student, worst first (science: shared initialisation is the risk)."""

    SAME_CHECKPOINT = "same-checkpoint"
    SHARED_BASE = "shared-base"
    SHARED_ANCESTOR = "shared-ancestor"
    EQUIVALENT_FAMILY = "equivalent-family"
    UNDETERMINED = "undetermined"
    NO_KNOWN_RELATION = "no-known-relation"


RELATED = frozenset(
    {Relation.SAME_CHECKPOINT, Relation.SHARED_BASE, Relation.SHARED_ANCESTOR, Relation.EQUIVALENT_FAMILY}
)


class Skip(Exception):  # noqa: N818  (it is not an error: a check that cannot look says why)
    """Raised by a check that cannot look. `needed` means that the verdict depends on it: the run is INCOMPLETE."""

    def __init__(self, reason: str, *, remedy: str = "", needed: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. `subject` names what it is about, canonically and with revisions; it alone is fingerprinted."""

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    why: str
    fix: str
    subject: Mapping[str, str]
    evidence: Mapping[str, Any] = field(default_factory=dict)
    gates: bool = True

    @property
    def fingerprint(self) -> str:
        """A digest of the rule and its subject: never of wording, paths or counts.

        Names come from data: one that holds the separator is escaped, so that it cannot pass for another subject.
        """
        escaped = {
            key: value.replace("\\", "\\\\").replace("\x1f", "\\x1f") for key, value in self.subject.items()
        }
        canonical = "\x1f".join([self.id, *(f"{key}={escaped[key]}" for key in sorted(escaped))])
        return f"{FINGERPRINT_VERSION}:{hashlib.sha256(canonical.encode(errors='surrogatepass')).hexdigest()[:32]}"


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


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A check that could not look, why, and the copyable step that would let it."""

    id: str
    name: str
    reason: str
    remedy: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check that this version has: its default severity, and in a sentence what it asks."""

    id: str
    name: str
    severity: Severity
    asks: str


@dataclass(frozen=True, slots=True)
class WaiverRecord:
    """Why a finding is waived, by whom, and until when (an ISO date)."""

    category: str
    reason: str
    owner: str
    expires: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A finding after policy. `waiver`: what waives it, where its state is waived."""

    finding: Finding
    state: State = State.ACTIVE
    gating: bool = False
    waiver: WaiverRecord | None = None


@dataclass(frozen=True, slots=True)
class FixedFinding:
    """A finding of the baseline that is no longer found."""

    id: str
    name: str
    fingerprint: str
    message: str


@dataclass(frozen=True, slots=True)
class BaselineDelta:
    """What changed since an earlier report, named by `source`: findings that are new, unchanged and fixed.

    unseen: findings of checks that could not look this time, so that nobody knows.
    """

    source: str
    new: int
    unchanged: int
    fixed: tuple[FixedFinding, ...] = ()
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One pair in the risk matrix. The relation alone decides `level`; the other columns describe.

    evidence: the tier of the weakest edge that proves the relation, in words. statistics: what the comparison with a
    control saw. lowers: what would make the level lower.
    """

    maker: str
    role: str
    relation: Relation
    level: Severity
    evidence: str
    rows: int | None
    share: float | None
    modality: str
    hidden_prompt: str
    statistics: str
    lowers: str


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """Rows that were left after a step of filtering, in the order of the steps; the first is what went in."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class InputRecord:
    """One file that was read, or could not be. `etag` pins a remote object, in place of a digest."""

    path: str
    role: str
    bytes: int
    sha256: str | None
    rows: int | None
    trained_rows: int | None
    container: str
    schema: str
    error: str = ""
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One weight edge of a lineage path: `child` started from `parent`."""

    child: str
    parent: str
    relation: str
    tier: int
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """How one maker, in one configuration, is related to the student, with the path that proves it.

    `depths` are the edges from (maker, student) up to the common ancestor. `displacement` says what separates the maker
    from it: what could be passed on. `rows` and `share` are of the trained rows; None where rows cannot be told apart.
    """

    maker: str
    revision: str | None
    role: str
    student: str
    relation: Relation
    common_ancestor: str | None
    path: tuple[Step, ...]
    depths: tuple[int, int] | None
    displacement: str
    prompt: str
    prompt_counts: bool
    rows: int | None
    share: float | None
    confidence: Confidence
    evidence: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class AssertionRecord:
    """One statement by one source, as the report shows it."""

    subject: str
    predicate: str
    object: str
    object_id: str | None
    tier: int
    locator: str


@dataclass(frozen=True, slots=True)
class MakerRecord:
    """One model that made, changed or judged rows. `rows` is None where rows cannot be told apart."""

    maker: str
    id: str | None
    revision: str | None
    role: str
    prompt: str
    rows: int | None
    locators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnreadRecord:
    """A document that looks like a source of lineage and could not be read; the reason is one line."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """What was stated about the models, and what follows for each pair. edges: all that lead up from a model named.

    student_by_hearsay: where the student is named, if only by what lies with the data.
    """

    student: str | None
    makers: tuple[MakerRecord, ...]
    assertions: tuple[AssertionRecord, ...]
    pairs: tuple[Pair, ...]
    edges: tuple[Step, ...] = ()
    unread: tuple[UnreadRecord, ...] = ()
    student_by_hearsay: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One proof of a relation: the steps from the maker up to the common ancestor, and from the student."""

    relation: Relation
    common_ancestor: str | None
    confidence: Confidence
    up: tuple[Step, ...]
    down: tuple[Step, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How a maker is related to the student: every way, the one that counts first.

    how: what was done to each name to find its model. witnesses: for each edge, every statement of it, and how many of
    them are independent. ends: where the walks of each side end. missing: the one fact that would settle it.
    """

    maker: str
    student: str
    relation: Relation
    confidence: Confidence
    evidence: str
    how: tuple[str, ...]
    ways: tuple[Way, ...]
    witnesses: Mapping[tuple[str, str], tuple[tuple[Step, ...], int]]
    ends: tuple[tuple[str, tuple[str, ...]], ...]
    missing: str


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What a reader of the report needs to know of the rows."""

    name: str
    rows: int
    trained_rows: int
    modality: str
    groups: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CountTable:
    """The block counts of one group of one side, kept when a store asks for them."""

    side: str
    group: str
    maker: str | None
    counts: BlockCounts


@dataclass(frozen=True, slots=True)
class Observed:
    """What was read and found, before any policy: everything of a report but the judgement. `at` is when, ISO 8601."""

    at: str
    dataset: DatasetFacts
    control: DatasetFacts | None
    inputs: tuple[InputRecord, ...]
    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    tests: tuple[TestRecord, ...]
    lineage: Lineage
    counts: tuple[CountTable, ...] = ()
    funnel: tuple[FunnelStep, ...] = ()
    anchor: str = ""
    comparison: ComparisonDetail = field(default_factory=ComparisonDetail)


@dataclass(frozen=True, slots=True)
class Run:
    """What shaped the result, so that it can be computed again.

    anchor: the file of the repository at which findings are shown by tools that know only files; relative to its root.
    cached: when the rows were looked at, where that was an earlier run whose answer still holds; else empty.
    """

    arguments: Mapping[str, Any]
    started: str
    seconds: float
    seed: int
    gate: Mapping[str, str]
    anchor: str = ""
    cached: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one scan. `notices`: what policy has to say that is no finding: waivers that end soon, an old baseline."""

    version: str
    run: Run
    dataset: DatasetFacts
    control: DatasetFacts | None
    inputs: tuple[InputRecord, ...]
    verdict: Verdict
    exit_code: int
    reasons: tuple[str, ...]
    rulings: tuple[Ruling, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    tests: tuple[TestRecord, ...]
    lineage: Lineage
    checks_run: tuple[str, ...]
    next_steps: tuple[str, ...] = ()
    counts: tuple[CountTable, ...] = ()
    comparison: ComparisonDetail = field(default_factory=ComparisonDetail)
    checks: tuple[CheckRecord, ...] = ()
    funnel: tuple[FunnelStep, ...] = ()
    baseline: BaselineDelta | None = None
    risk: tuple[RiskRow, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def active(self) -> tuple[Ruling, ...]:
        """The rulings that still count, worst first."""
        return tuple(ruling for ruling in self.rulings if ruling.state is State.ACTIVE)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, worst first."""
        return tuple(ruling.finding for ruling in self.rulings)


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
