"""From a report to its JSON: every field by its public key."""

from __future__ import annotations

import math
from typing import Any

from provenance_audit.findings import DatasetFacts, Pair, Report, Ruling, TestRecord
from provenance_audit.formats import comparison
from provenance_audit.formats.json_v1.wire import SCHEMA_VERSION, ReportV1


def to_wire(report: Report) -> ReportV1:
    """The numbered copy of a report."""
    lineage, baseline = report.lineage, report.baseline
    return ReportV1.model_validate(
        _plain(
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
                    "anchor": report.run.anchor,
                    "cached": report.run.cached,
                    "notices": list(report.notices),
                },
                "inputs": {
                    "data": _dataset(report.dataset),
                    "control": _dataset(report.control) if report.control is not None else None,
                    "files": [_fields(one) for one in report.inputs],
                },
                "verdict": report.verdict,
                "exit_code": report.exit_code,
                "findings": [_finding(ruling) for ruling in report.rulings],
                "not_evaluated": [_fields(one) for one in report.not_evaluated],
                "tests": [_test(one) for one in report.tests],
                "comparison": comparison.values(report.comparison),
                "lineage": {
                    "student": lineage.student,
                    "makers": [_fields(one) for one in lineage.makers],
                    "assertions": [_fields(one) for one in lineage.assertions],
                    "pairs": [_pair(pair) for pair in lineage.pairs],
                    "edges": [_fields(step) for step in lineage.edges],
                    "unread": [_fields(one) for one in lineage.unread],
                    "student_by_hearsay": lineage.student_by_hearsay,
                },
                "checks": [_fields(one) for one in report.checks],
                "funnel": [_fields(one) for one in report.funnel],
                "baseline": None
                if baseline is None
                else {**_fields(baseline), "fixed": [_fields(one) for one in baseline.fixed]},
                "risk": [_fields(one) for one in report.risk],
            }
        )
    )


def _dataset(facts: DatasetFacts) -> dict[str, Any]:
    return {**_fields(facts), "notes": list(facts.notes)}


def _finding(ruling: Ruling) -> dict[str, Any]:
    finding = ruling.finding
    return {
        **_fields(finding),
        "subject": dict(finding.subject),
        "evidence": dict(finding.evidence),
        "fingerprint": finding.fingerprint,
        "state": ruling.state,
        "gating": ruling.gating,
        "waiver": None if ruling.waiver is None else _fields(ruling.waiver),
    }


def _test(test: TestRecord) -> dict[str, Any]:
    return {**_fields(test), "bins": [_fields(one) for one in test.bins]}


def _pair(pair: Pair) -> dict[str, Any]:
    return {**_fields(pair), "path": [_fields(step) for step in pair.path]}


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _plain(value: Any) -> Any:
    """Numbers that JSON does not have become null, and halves of a character, which UTF-8 does not have, their code."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
