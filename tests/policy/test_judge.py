"""The gate as a table: every verdict, every exit code, and which comes first."""

from __future__ import annotations

import itertools

import pytest

from provenance_audit.findings import Confidence, Finding, NotEvaluated, Severity, Verdict
from provenance_audit.policy.judge import Gate, OnIncomplete, judge

NEEDED = NotEvaluated("PA201", "same-checkpoint", "no student is named", "name it", needed=True)
OPTIONAL = NotEvaluated("PA301", "differs-from-control", "no control was given", "give one", needed=False)


def finding(severity: Severity, confidence: Confidence = Confidence.HIGH, *, gates: bool = True) -> Finding:
    return Finding("PA202", "shared-base", severity, confidence, "m", "w", "f", {"maker": "a"}, {}, gates)


@pytest.mark.parametrize(
    ("severity", "confidence", "fail_on", "least"),
    list(itertools.product(Severity, Confidence, [None, *Severity], Confidence)),
)
def test_a_finding_gates_at_or_above_both_thresholds(
    severity: Severity, confidence: Confidence, fail_on: Severity | None, least: Confidence
) -> None:
    severities, confidences = list(Severity), list(Confidence)
    above = fail_on is not None and severities.index(severity) >= severities.index(fail_on)
    sure = confidences.index(confidence) >= confidences.index(least)
    found = judge([finding(severity, confidence)], [], Gate(fail_on, least))
    if above and sure:
        assert (found.verdict, found.exit_code) == (Verdict.FAIL, 1)
    elif severity is Severity.INFO:
        assert (found.verdict, found.exit_code) == (Verdict.NO_FINDING, 0)
    else:
        assert (found.verdict, found.exit_code) == (Verdict.REVIEW, 0)
    assert [ruling.gating for ruling in found.rulings] == [above and sure]


@pytest.mark.parametrize(
    ("findings", "missing", "on_incomplete", "verdict", "code"),
    [
        ([], [], OnIncomplete.FAIL, Verdict.NO_FINDING, 0),
        ([], [OPTIONAL], OnIncomplete.FAIL, Verdict.NO_FINDING, 0),
        ([], [NEEDED], OnIncomplete.FAIL, Verdict.INCOMPLETE, 3),
        ([], [NEEDED], OnIncomplete.WARN, Verdict.INCOMPLETE, 0),
        ([finding(Severity.LOW)], [NEEDED], OnIncomplete.FAIL, Verdict.INCOMPLETE, 3),
        ([finding(Severity.LOW)], [], OnIncomplete.FAIL, Verdict.REVIEW, 0),
        ([finding(Severity.CRITICAL)], [NEEDED], OnIncomplete.FAIL, Verdict.FAIL, 1),
        ([finding(Severity.CRITICAL)], [NEEDED], OnIncomplete.WARN, Verdict.FAIL, 1),
        ([finding(Severity.CRITICAL, gates=False)], [NEEDED], OnIncomplete.FAIL, Verdict.INCOMPLETE, 3),
    ],
)
def test_the_first_verdict_that_applies(
    findings: list[Finding],
    missing: list[NotEvaluated],
    on_incomplete: OnIncomplete,
    verdict: Verdict,
    code: int,
) -> None:
    found = judge(findings, missing, Gate(on_incomplete=on_incomplete))
    assert (found.verdict, found.exit_code) == (verdict, code)
    assert found.reasons


def test_the_worst_stands_first() -> None:
    order = [finding(Severity.LOW), finding(Severity.CRITICAL, Confidence.LOW), finding(Severity.CRITICAL)]
    rulings = judge(order, [], Gate()).rulings
    assert [(one.finding.severity, one.finding.confidence) for one in rulings] == [
        (Severity.CRITICAL, Confidence.HIGH),
        (Severity.CRITICAL, Confidence.LOW),
        (Severity.LOW, Confidence.HIGH),
    ]
