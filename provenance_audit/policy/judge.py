"""The gate: findings and what could not be evaluated in, rulings, verdict and exit code out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provenance_audit.findings import Confidence, Finding, NotEvaluated, Ruling, Severity, Verdict


class OnIncomplete(StrEnum):
    """What an INCOMPLETE run does to the exit code."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Gate:
    """What fails a run. `fail_on` is None for a gate that reports and never fails."""

    fail_on: Severity | None = Severity.HIGH
    min_confidence: Confidence = Confidence.MEDIUM
    on_incomplete: OnIncomplete = OnIncomplete.FAIL


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the exit code, why, and every finding with its ruling, worst first."""

    verdict: Verdict
    exit_code: int
    reasons: tuple[str, ...]
    rulings: tuple[Ruling, ...]


def judge(findings: Iterable[Finding], not_evaluated: Sequence[NotEvaluated], gate: Gate) -> Judgement:
    """The first verdict that applies: FAIL, INCOMPLETE, REVIEW, NO FINDING.

    A proven violation is never masked by a partial failure: FAIL comes before INCOMPLETE, exit 1 before 3.
    """
    rulings = tuple(
        Ruling(finding, gating=_gates(finding, gate))
        for finding in sorted(
            findings, key=lambda one: (-one.severity.rank, -one.confidence.rank, one.id, one.fingerprint)
        )
    )
    missing = tuple(dict.fromkeys(one.reason for one in not_evaluated if one.needed))
    gating = [ruling.finding for ruling in rulings if ruling.gating]
    if gating:
        ids = ", ".join(dict.fromkeys(finding.id for finding in gating))
        reasons = (
            f"{len(gating)} active finding{'s' if len(gating) > 1 else ''} at or above {gate.fail_on}: {ids}",
        )
        return Judgement(Verdict.FAIL, 1, reasons + missing, rulings)
    if missing:
        code = 3 if gate.on_incomplete is OnIncomplete.FAIL else 0
        return Judgement(Verdict.INCOMPLETE, code, missing, rulings)
    if any(ruling.finding.severity is not Severity.INFO for ruling in rulings):
        return Judgement(Verdict.REVIEW, 0, ("active findings, none of which gates",), rulings)
    return Judgement(Verdict.NO_FINDING, 0, ("nothing was found by the checks that could look",), rulings)


def _gates(finding: Finding, gate: Gate) -> bool:
    return (
        gate.fail_on is not None
        and finding.gates
        and finding.severity.rank >= gate.fail_on.rank
        and finding.confidence.rank >= gate.min_confidence.rank
    )
