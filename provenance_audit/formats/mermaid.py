"""The lineage of a report as a Mermaid diagram."""

from __future__ import annotations

from provenance_audit.findings import Report
from provenance_audit.formats.lineage import diagram
from provenance_audit.formats.look import Look


def render(report: Report, look: Look) -> str:
    """A flowchart, from ancestors down to the rows and the student."""
    return diagram.mermaid(report.lineage, look)
