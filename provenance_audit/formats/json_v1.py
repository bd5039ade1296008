"""The JSON report, version 1: a numbered copy of the result, so that inner names may change and users' do not break.

Keys are added in minor versions, removed or renamed only in a major one. Everything but `run` is the same for the same
input, arguments, seed and version.
"""

from __future__ import annotations

import json
import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from provenance_audit.findings import Confidence, DatasetFacts, Relation, Report, Severity, State, Verdict
from provenance_audit.formats import comparison

SCHEMA_VERSION = "1.0"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class NotEvaluatedV1(_Wire):
    """A check that could not look."""

    id: str
    name: str
    reason: str
    remedy: str
    needed: bool


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


class LineageV1(_Wire):
    """What was stated of the models, and what follows."""

    student: str | None
    makers: list[MakerV1]
    assertions: list[AssertionV1]
    pairs: list[PairV1]


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
    comparison: ComparisonV1
    lineage: LineageV1


def render(report: Report) -> str:
    """The report as JSON, ASCII only, ending with a newline."""
    content = to_wire(report).model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def to_wire(report: Report) -> ReportV1:
    """The numbered copy of a report."""
    return ReportV1.model_validate(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "paudit", "version": report.version},
            "run": {
                "started": report.run.started,
                "seconds": report.run.seconds,
                "seed": report.run.seed,
                "arguments": dict(report.run.arguments),
                "gate": dict(report.run.gate),
                "reasons": list(report.reasons),
                "checks": list(report.checks_run),
                "next_steps": list(report.next_steps),
            },
            "inputs": {
                "data": _dataset(report.dataset),
                "control": _dataset(report.control) if report.control is not None else None,
                "files": [_fields(one) for one in report.inputs],
            },
            "verdict": report.verdict,
            "exit_code": report.exit_code,
            "findings": [
                {
                    **{key: value for key, value in _fields(ruling.finding).items() if key != "gates"},
                    "subject": dict(ruling.finding.subject),
                    "evidence": _finite(dict(ruling.finding.evidence)),
                    "fingerprint": ruling.finding.fingerprint,
                    "state": ruling.state,
                    "gating": ruling.gating,
                }
                for ruling in report.rulings
            ],
            "not_evaluated": [_fields(one) for one in report.not_evaluated],
            "tests": [_finite(_fields(one)) for one in report.tests],
            "comparison": _finite(comparison.values(report.comparison)),
            "lineage": {
                "student": report.lineage.student,
                "makers": [_fields(one) for one in report.lineage.makers],
                "assertions": [_fields(one) for one in report.lineage.assertions],
                "pairs": [
                    {
                        **{key: value for key, value in _fields(pair).items() if key != "prompt_counts"},
                        "path": [_fields(step) for step in pair.path],
                    }
                    for pair in report.lineage.pairs
                ],
            },
        }
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "paudit report, version 1",
        **ReportV1.model_json_schema(by_alias=True, mode="serialization"),
    }


def _dataset(facts: DatasetFacts) -> dict[str, Any]:
    return {**_fields(facts), "notes": list(facts.notes)}


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _finite(value: Any) -> Any:
    """Numbers that JSON does not have become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
