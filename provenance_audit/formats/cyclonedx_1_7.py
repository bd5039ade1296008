"""CycloneDX 1.7: the same ML-BOM, by the newer specification."""

from __future__ import annotations

from provenance_audit.findings import Report
from provenance_audit.formats.cyclonedx import document
from provenance_audit.formats.look import Look


def render(report: Report, look: Look) -> str:
    """Version 1.7."""
    return document(report, "1.7")
