"""What was read and found, and the report that policy makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provenance_audit.findings.finding import BaselineDelta, CheckRecord, Finding, NotEvaluated, Ruling
from provenance_audit.findings.lineage import Lineage, RiskRow
from provenance_audit.findings.scales import State, Verdict
from provenance_audit.findings.statistics import ComparisonDetail, CountTable, TestRecord


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
class DatasetFacts:
    """What a reader of the report needs to know of the rows."""

    name: str
    rows: int
    trained_rows: int
    modality: str
    groups: int
    notes: tuple[str, ...] = ()


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
