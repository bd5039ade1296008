"""GitLab code quality: what a merge request shows beside its changes. Waived findings and those of the baseline are left out."""

from __future__ import annotations

from provenance_audit.findings import Report, Severity
from provenance_audit.formats import words
from provenance_audit.formats.document import dumped
from provenance_audit.formats.look import Look

SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report, look: Look) -> str:
    """A list of issues."""
    issues = [
        {
            "description": f"{ruling.finding.message}. Fix: {ruling.finding.fix}",
            "check_name": f"{ruling.finding.id} {ruling.finding.name}",
            "fingerprint": ruling.finding.fingerprint,
            "severity": SEVERITIES[ruling.finding.severity],
            "location": {"path": words.anchor(report), "lines": {"begin": 1}},
        }
        for ruling in report.active
    ]
    return dumped(issues)
