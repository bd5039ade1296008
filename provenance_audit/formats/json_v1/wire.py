"""The keys of the JSON report. What came after the first release has a default: an older report is still read."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from provenance_audit.findings import Confidence, Relation, Severity, State, Verdict

SCHEMA_VERSION = "1.0"


def _open(schema: dict[str, Any]) -> None:
    """Keys are added within a version, so an older schema has to accept a newer report."""
    schema.pop("additionalProperties", None)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_open)


class ToolV1(_Wire):
    """The program that wrote the report."""

    name: str
    version: str


class RunV1(_Wire):
    """What shaped the result, and when."""

    started: str
    seconds: float
    seed: int
    arguments: dict[str, Any]
    gate: dict[str, str]
    reasons: list[str]
    checks: list[str]
    next_steps: list[str]
    anchor: str = ""
    cached: str = ""
    notices: list[str] = []


class InputV1(_Wire):
    """One file, and what was read of it."""

    path: str
    role: str
    bytes: int
    sha256: str | None
    rows: int | None
    trained_rows: int | None
    container: str
    schema_: str = Field(alias="schema")
    error: str
    etag: str | None


class DatasetV1(_Wire):
    """One side: the data, or the control."""

    name: str
    rows: int
    trained_rows: int
    modality: str
    groups: int
    notes: list[str]


class InputsV1(_Wire):
    """All that was read."""

    data: DatasetV1
    control: DatasetV1 | None
    files: list[InputV1]


class WaiverV1(_Wire):
    """Why a finding is waived, by whom, and until when."""

    category: str
    reason: str
    owner: str
    expires: str
    ticket: str


class FindingV1(_Wire):
    """One thing wrong."""

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    evidence: dict[str, Any]
    why: str
    fix: str
    subject: dict[str, str]
    fingerprint: str
    state: State
    gating: bool
    gates: bool = True
    waiver: WaiverV1 | None = None


class NotEvaluatedV1(_Wire):
    """A check that could not look."""

    id: str
    name: str
    reason: str
    remedy: str
    needed: bool


class BinV1(_Wire):
    """One bar of a drawing: shares of each side."""

    label: str
    data: float
    control: float


class TestV1(_Wire):
    """One feature family of one test. `interval` is the 90 % interval of the effect, in bits."""

    id: str
    groups: list[str]
    design: str
    family: str
    n: list[int]
    statistic: float | None
    p: float
    p_adjusted: float
    effect: float | None
    interval: list[float | None]
    minimum_detectable: float | None
    limit: float
    replicates: int
    seed: int
    sampled: list[float]
    bins: list[BinV1] = []
    binned: str = ""


class StepV1(_Wire):
    """One weight edge of a path."""

    child: str
    parent: str
    relation: str
    tier: int
    grade: str
    source: str


class PairV1(_Wire):
    """How one maker is related to the student."""

    maker: str
    revision: str | None
    role: str
    student: str
    relation: Relation
    common_ancestor: str | None
    path: list[StepV1]
    depths: list[int] | None
    displacement: str
    prompt: str
    rows: int | None
    share: float | None
    confidence: Confidence
    evidence: str
    missing: str
    prompt_counts: bool = False


class AssertionV1(_Wire):
    """One statement by one source."""

    subject: str
    predicate: str
    object: str
    object_id: str | None
    tier: int
    locator: str


class MakerV1(_Wire):
    """One model that made, changed or judged rows."""

    maker: str
    id: str | None
    revision: str | None
    role: str
    prompt: str
    rows: int | None
    locators: list[str]


class UnreadV1(_Wire):
    """A document that could not be read."""

    path: str
    reason: str


class LineageV1(_Wire):
    """What was stated of the models, and what follows."""

    student: str | None
    makers: list[MakerV1]
    assertions: list[AssertionV1]
    pairs: list[PairV1]
    edges: list[StepV1] = []
    unread: list[UnreadV1] = []
    student_by_hearsay: str = ""


class CheckV1(_Wire):
    """A check that this version has."""

    id: str
    name: str
    severity: Severity
    asks: str


class RiskV1(_Wire):
    """One pair in the risk matrix."""

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


class FunnelStepV1(_Wire):
    """Rows left after a step of filtering."""

    name: str
    rows: int


class FixedV1(_Wire):
    """A finding of the baseline that is no longer found."""

    id: str
    name: str
    fingerprint: str
    message: str


class BaselineV1(_Wire):
    """What changed since an earlier report. unseen: findings of checks that could not look this time."""

    source: str
    new: int
    unchanged: int
    fixed: list[FixedV1]
    unseen: int = 0


class FeatureV1(_Wire):
    """One feature that differs, by its number in its family, with its rates per row."""

    family: str
    number: int
    rate: float
    control_rate: float
    z: float
    p: float
    p_adjusted: float
    contribution: float


class EquivalenceV1(_Wire):
    """The upper 95 % limit of the effect against a margin, in bits."""

    margin: float
    upper: float | None
    claimed: bool
    family: str
    group: str
    n: list[int]


class SmallestShareV1(_Wire):
    """The smallest share of positive rows seen in 80 % of repetitions; null where none is, with why."""

    positive: str
    n: list[int]
    share: float | None
    interval_90: list[float] | None
    largest_tried: float | None
    seen_at_largest: float | None
    trials: int
    reason: str


class SequenceV1(_Wire):
    """Evidence over looks. `e` and `p` hold at any time; null where no look could count."""

    looks: int
    looks_counted: int
    counted: bool
    reason: str
    e: float | None
    p: float | None
    alarm: bool
    alpha: float
    mean_effect: float
    mean_effect_family: str
    repeats_look: int | None
    standing_verdict: str | None


class ComparisonV1(_Wire):
    """What is said of the comparison beside its tests. `auc`: by rows in a bag. Nothing in it gates."""

    features: list[FeatureV1]
    auc: dict[str, float] | None
    equivalence: EquivalenceV1 | None
    smallest_share: SmallestShareV1 | None
    sequence: SequenceV1 | None


NOTHING_MORE = ComparisonV1(features=[], auc=None, equivalence=None, smallest_share=None, sequence=None)


class ReportV1(_Wire):
    """A scan's result."""

    schema_version: str
    tool: ToolV1
    run: RunV1
    inputs: InputsV1
    verdict: Verdict
    exit_code: int
    findings: list[FindingV1]
    not_evaluated: list[NotEvaluatedV1]
    tests: list[TestV1]
    comparison: ComparisonV1 = NOTHING_MORE
    lineage: LineageV1
    checks: list[CheckV1] = []
    funnel: list[FunnelStepV1] = []
    baseline: BaselineV1 | None = None
    risk: list[RiskV1] = []
