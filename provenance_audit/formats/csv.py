"""CSV: one line for each finding. No cell is a formula."""

from __future__ import annotations

import csv
from io import StringIO

from provenance_audit.findings import Report
from provenance_audit.formats import words
from provenance_audit.formats.escape import for_cell
from provenance_audit.formats.look import Look

COLUMNS = (
    "id", "name", "severity", "confidence", "state", "gates", "subject", "message", "why", "fix", "fingerprint", "dataset",
)  # fmt: skip


def render(report: Report, look: Look) -> str:
    """A header, and the findings, worst first."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for ruling in report.rulings:
        finding = ruling.finding
        cells = (
            finding.id,
            finding.name,
            finding.severity,
            finding.confidence,
            ruling.state,
            "yes" if ruling.gating else "no",
            words.subject(finding),
            finding.message,
            finding.why,
            finding.fix,
            finding.fingerprint,
            report.dataset.name,
        )
        writer.writerow([for_cell(cell) for cell in cells])
    return written.getvalue()
