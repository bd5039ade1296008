"""SARIF 2.1.0, for code scanning: every result at a file of the repository, within GitHub's limits.

A finding about data has no line of source, and GitHub refuses a whole file for one result without a place, so each is
anchored to what declares the lineage; the dataset is named beside it. Identity is the fingerprint, never the place.
"""

from __future__ import annotations

import re
from typing import Any

from provenance_audit.findings import Confidence, Finding, Report, Ruling, Severity, State
from provenance_audit.formats import words
from provenance_audit.formats.document import dumped
from provenance_audit.formats.escape import for_sarif
from provenance_audit.formats.look import Look

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS_AT_MOST = 5000  # what GitHub keeps of one run
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
RANKS = {Confidence.HIGH: 90.0, Confidence.MEDIUM: 60.0, Confidence.LOW: 30.0}
PRECISIONS = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}


def render(report: Report, look: Look) -> str:
    """One run."""
    return dumped(_log(report))


def _log(report: Report) -> dict[str, Any]:
    shown = report.rulings[:RESULTS_AT_MOST]
    rules = _rules(report)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "paudit",
                        "semanticVersion": report.version,
                        "version": report.version,
                        "informationUri": "https://pypi.org/project/provenance-audit/",
                        "rules": rules,
                    }
                },
                "automationDetails": {"id": f"paudit/{_slug(report.dataset.name)}/"},
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
                "invocations": [_invocation(report, len(report.rulings) - len(shown))],
                "columnKind": "unicodeCodePoints",
                "results": [_result(ruling, report, index[ruling.finding.id]) for ruling in shown],
                "properties": {"verdict": report.verdict.value, "gate": dict(report.run.gate)},
            }
        ],
    }


def _rules(report: Report) -> list[dict[str, Any]]:
    """One rule for each check that a result or a notification names, with the severity of its worst finding."""
    known = words.check_names(report)
    worst: dict[str, Finding] = {}
    for finding in report.findings:  # worst first
        worst.setdefault(finding.id, finding)
    names = {finding.id: finding.name for finding in report.findings}
    names |= {item.id: item.name for item in report.not_evaluated}
    rules = []
    for id, name in sorted(names.items()):
        example = worst.get(id)
        severity = example.severity if example else known[id].severity if id in known else Severity.INFO
        asks = known[id].asks if id in known else name
        help = [f"paudit explain {id} prints the manual of this check."]
        if example is not None:
            help = [f"Why it matters: {example.why}", f"How to fix: {example.fix}", *help]
        rules.append(
            {
                "id": id,
                "name": "".join(part.capitalize() for part in re.split(r"\W+", name)),
                "shortDescription": {"text": for_sarif(name)},
                "fullDescription": {"text": for_sarif(asks)},
                "help": {"text": "\n\n".join(map(for_sarif, help))},
                "defaultConfiguration": {"level": LEVELS[severity]},
                "properties": {
                    "tags": ["data-provenance", "security"],
                    "security-severity": SECURITY_SEVERITY[severity],
                    "precision": PRECISIONS[example.confidence if example else Confidence.MEDIUM],
                    "problem.severity": _problem(severity),
                },
            }
        )
    return rules


def _result(ruling: Ruling, report: Report, index: int) -> dict[str, Any]:
    finding = ruling.finding
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index,
        "kind": "fail",
        "level": LEVELS[finding.severity],
        "rank": RANKS[finding.confidence],
        "message": {"text": for_sarif(f"{finding.message}. Why: {finding.why}. Fix: {finding.fix}.")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": words.anchor_uri(report), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {"name": for_sarif(report.dataset.name), "kind": "resource"},
                    *(
                        {
                            "name": for_sarif(value),
                            "kind": "resource",
                            "fullyQualifiedName": for_sarif(f"{key}:{value}"),
                        }
                        for key, value in finding.subject.items()
                    ),
                ],
            }
        ],
        # The first is ours; the second is the one by which GitHub tells alerts apart.
        "partialFingerprints": {
            "paudit/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint.partition(':')[2]}:1",
        },
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "gates": ruling.gating,
            "state": ruling.state.value,
        },
    }
    if ruling.state in (State.WAIVED, State.IGNORED):
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": for_sarif(words.waived_because(ruling)),
            }
        ]
    if report.baseline is not None:
        result["baselineState"] = "unchanged" if ruling.state is State.BASELINE else "new"
    return result


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    notes = [
        {
            "level": "warning" if item.needed else "note",
            "message": {"text": for_sarif(f"{item.id} {item.name} was not evaluated: {item.reason}")},
            "associatedRule": {"id": item.id},
        }
        for item in report.not_evaluated
    ]
    if left_out:
        notes.append(
            {"level": "warning", "message": {"text": f"{left_out:,} more findings are in the JSON report."}}
        )
    invocation: dict[str, Any] = {
        "executionSuccessful": report.exit_code in (0, 1),
        "exitCode": report.exit_code,
        "exitCodeDescription": words.EXIT_WORDS.get(report.exit_code, ""),
        "toolExecutionNotifications": notes,
    }
    if report.run.started:
        invocation["startTimeUtc"] = report.run.started.replace("+00:00", "Z")
    return invocation


def _problem(severity: Severity) -> str:
    return {"error": "error", "warning": "warning", "note": "recommendation"}[LEVELS[severity]]


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")[:100] or "dataset"
