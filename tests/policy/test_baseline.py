"""A baseline: only what is new, or worse, gates; and the ratchet only ever goes down."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.errors import PolicyError
from provenance_audit.findings import Confidence, Finding, Severity, State
from provenance_audit.policy.baseline import baseline_of, pruned, read_baseline
from provenance_audit.policy.difference import difference
from provenance_audit.policy.judge import Exceptions, Gate, judge

SEVERITIES, CONFIDENCES = st.sampled_from(Severity), st.sampled_from(Confidence)


def finding(
    maker: str, severity: Severity = Severity.HIGH, confidence: Confidence = Confidence.HIGH
) -> Finding:
    return Finding("PA202", "shared-base", severity, confidence, f"of {maker}", "w", "f", {"maker": maker})


def report(*findings: Finding, state: State = State.ACTIVE, **more: Any) -> dict[str, Any]:
    """As much of a JSON report as a baseline reads."""
    return {
        "schema_version": "1.0",
        "tool": {"name": "paudit", "version": "0.1.0"},
        "run": {"gate": {"fail_on": "high"}},
        "inputs": {"data": {"name": "d"}, "files": [{"role": "data", "sha256": "00"}]},
        "findings": [
            {
                "id": one.id,
                "name": one.name,
                "fingerprint": one.fingerprint,
                "message": one.message,
                "severity": one.severity.value,
                "confidence": one.confidence.value,
                "state": state.value,
            }
            for one in findings
        ],
        **more,
    }


@given(SEVERITIES, CONFIDENCES, SEVERITIES, CONFIDENCES)
def test_what_was_there_gates_only_if_it_has_become_worse(
    severity: Severity, confidence: Confidence, then: Severity, sure: Confidence
) -> None:
    baseline = baseline_of(report(finding("a", then, sure)), "b.json")
    now = finding("a", severity, confidence)
    worse = list(Severity).index(severity) > list(Severity).index(then) or list(Confidence).index(
        confidence
    ) > list(Confidence).index(sure)
    ruled = judge([now], [], Gate(Severity.INFO, Confidence.LOW), Exceptions(baseline=baseline))
    assert ruled.exit_code == (1 if worse else 0)
    assert ruled.rulings[0].state is (State.ACTIVE if worse else State.BASELINE)


def test_what_is_new_unchanged_and_fixed_is_counted() -> None:
    baseline = baseline_of(report(finding("a"), finding("b")), "b.json")
    delta = baseline.delta([finding("b"), finding("c")])
    assert (delta.new, delta.unchanged, [one.message for one in delta.fixed]) == (1, 1, ["of a"])


def test_what_is_waived_now_is_not_called_fixed() -> None:
    baseline = baseline_of(report(finding("a")), "b.json")
    assert baseline.delta([], apart=[finding("a")]).fixed == ()


@pytest.mark.parametrize("state", [State.WAIVED, State.IGNORED])
def test_what_was_waived_then_comes_back_when_its_waiver_ends(state: State) -> None:
    baseline = baseline_of(report(finding("a"), state=state), "b.json")
    assert not baseline.has(finding("a"))


def test_wording_and_evidence_do_not_make_a_finding_new() -> None:
    baseline = baseline_of(report(finding("a")), "b.json")
    assert baseline.has(replace(finding("a"), message="other words", evidence={"rows": 7}, why="y", fix="x"))


MAKERS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(MAKERS, MAKERS, SEVERITIES, SEVERITIES)
def test_the_ratchet_only_goes_down(
    before: list[str], after: list[str], then: Severity, now: Severity
) -> None:
    old = report(*(finding(maker, then) for maker in before))
    kept, removed, lowered = pruned(old, report(*(finding(maker, now) for maker in after)))
    known = baseline_of(kept, "b.json").known
    was = baseline_of(old, "b.json").known
    assert set(known) == {finding(maker).fingerprint for maker in before if maker in after}
    assert all(one.severity.rank <= was[print].severity.rank for print, one in known.items())
    assert removed == len(before) - len(known)
    assert bool(lowered) == (now.rank < then.rank and bool(known))
    again, *changes = pruned(kept, report(*(finding(maker, now) for maker in after)))
    assert (again, changes) == (kept, [0, 0])


NOT_LOOKED = {"not_evaluated": [{"id": "PA202", "name": "shared-base", "reason": "no student is named"}]}


def test_what_could_not_be_looked_for_is_not_fixed() -> None:
    old, new = report(finding("a")), report(**NOT_LOOKED)
    delta = baseline_of(old, "b.json").delta([], skipped={"PA202"})
    assert (delta.fixed, delta.unseen) == ((), 1)
    assert pruned(old, new) == (old, 0, 0)
    found = difference(("old", old), ("new", new))
    assert (found.fixed, [one.message for one in found.unseen]) == ((), ["of a"])
    assert "1 unseen" in found.summary


def test_a_difference_tells_fixed_from_excused_and_new_from_counting_again() -> None:
    old = report(finding("a"), finding("b"), finding("c", Severity.LOW))
    new = report(finding("c"), finding("d"))
    new["findings"] += report(finding("b"), state=State.WAIVED)["findings"]
    found = difference(("old", old), ("new", new))
    said = {word: [one.message for one in entries] for word, entries in found.listed}
    assert said == {
        "new": ["of d"],
        "worse": ["of c"],
        "again": [],
        "excused": ["of b"],
        "fixed": ["of a"],
        "unseen": [],
        "unchanged": [],
    }
    back = difference(("new", new), ("old", old))
    assert [one.message for one in back.again] == ["of b"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is no JSON"),
        ("[]", "is no report of paudit"),
        ("{}", "is no report of paudit"),
        ('{"schema_version": "1.0"}', "is no report of paudit"),
        ('{"schema_version": "2.0", "findings": []}', "schema version 2.0; this paudit reads version 1"),
        ('{"schema_version": "1.0", "findings": [{}]}', "/findings/0 is no finding"),
        ('{"schema_version": "1.0", "findings": [7]}', "/findings/0 is no finding"),
        (json.dumps(report(finding("a"))).replace("pa1:", "pa2:"), "a fingerprint of another version"),
        (json.dumps(report(finding("a"))).replace('"high"', '"dire"'), "/findings/0 is no finding"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_baseline_is_refused_in_a_line(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(content)
    with pytest.raises(PolicyError) as raised:
        read_baseline(path)
    assert says in raised.value.message
    assert str(path) in raised.value.message
    assert raised.value.remedy


def test_a_baseline_of_a_later_minor_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(json.dumps(report(finding("a"), schema_version="1.9", later={"key": 1})))
    assert read_baseline(path).has(finding("a"))
