"""The gate: findings and what could not be evaluated in, rulings, verdict and exit code out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from provenance_audit.findings import (
    Confidence,
    Finding,
    NotEvaluated,
    Ruling,
    Severity,
    State,
    Verdict,
    WaiverRecord,
)
from provenance_audit.policy.baseline import Baseline


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
class Exceptions:
    """Findings that do not count. ignore: ids of checks. waived: fingerprint -> what waives it. baseline: what was there before."""

    ignore: frozenset[str] = frozenset()
    waived: Mapping[str, WaiverRecord] = field(default_factory=dict)
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the exit code, why, and every finding with its ruling: active ones first, worst first."""

    verdict: Verdict
    exit_code: int
    reasons: tuple[str, ...]
    rulings: tuple[Ruling, ...]


NOTHING_EXCEPTED = Exceptions()


def judge(
    findings: Iterable[Finding],
    not_evaluated: Sequence[NotEvaluated],
    gate: Gate,
    exceptions: Exceptions = NOTHING_EXCEPTED,
) -> Judgement:
    """The first verdict that applies: FAIL, INCOMPLETE, REVIEW, NO FINDING. Only active findings count.

    A proven violation is never masked by a partial failure: FAIL comes before INCOMPLETE, exit 1 before 3.
    """
    rulings = tuple(sorted((_ruling(one, gate, exceptions) for one in findings), key=_order))
    missing = tuple(dict.fromkeys(one.reason for one in not_evaluated if one.needed))
    apart = _apart(rulings)
    gating = [ruling.finding for ruling in rulings if ruling.gating]
    if gating:
        ids = ", ".join(dict.fromkeys(finding.id for finding in gating))
        reasons = (
            f"{len(gating)} active finding{'s' if len(gating) > 1 else ''} at or above {gate.fail_on}: {ids}",
        )
        return Judgement(Verdict.FAIL, 1, reasons + missing + apart, rulings)
    if missing:
        code = 3 if gate.on_incomplete is OnIncomplete.FAIL else 0
        return Judgement(Verdict.INCOMPLETE, code, missing + apart, rulings)
    active = [ruling.finding for ruling in rulings if ruling.state is State.ACTIVE]
    if any(finding.severity is not Severity.INFO for finding in active):
        return Judgement(Verdict.REVIEW, 0, ("active findings, none of which gates", *apart), rulings)
    said = "nothing was found by the checks that could look"
    if rulings:
        said = "no active finding above info"
    return Judgement(Verdict.NO_FINDING, 0, (said, *apart), rulings)


def _ruling(finding: Finding, gate: Gate, exceptions: Exceptions) -> Ruling:
    if finding.id in exceptions.ignore:
        return Ruling(finding, State.IGNORED)
    waiver = exceptions.waived.get(finding.fingerprint)
    if waiver is not None:
        return Ruling(finding, State.WAIVED, waiver=waiver)
    if exceptions.baseline is not None and exceptions.baseline.has(finding):
        return Ruling(finding, State.BASELINE)
    return Ruling(finding, gating=_gates(finding, gate))


def _order(ruling: Ruling) -> tuple[int, int, int, str, str]:
    finding = ruling.finding
    states = list(State)
    return (
        states.index(ruling.state),
        -finding.severity.rank,
        -finding.confidence.rank,
        finding.id,
        finding.fingerprint,
    )


def _apart(rulings: Sequence[Ruling]) -> tuple[str, ...]:
    """What was found and does not count, so that it is never overlooked."""
    words = {
        State.WAIVED: "waived",
        State.BASELINE: "in the baseline already",
        State.IGNORED: "ignored by policy",
    }
    counts = {state: sum(ruling.state is state for ruling in rulings) for state in words}
    said = [f"{count} {words[state]}" for state, count in counts.items() if count]
    return (f"findings that do not count: {', '.join(said)}",) if said else ()


def _gates(finding: Finding, gate: Gate) -> bool:
    return (
        gate.fail_on is not None
        and finding.gates
        and finding.severity.rank >= gate.fail_on.rank
        and finding.confidence.rank >= gate.min_confidence.rank
    )
