"""Annotations of GitHub Actions: the worst findings as workflow commands, within the ten that a step may show of a kind."""

from __future__ import annotations

from provenance_audit.findings import Report, Ruling, Severity
from provenance_audit.formats import words
from provenance_audit.formats.escape import for_command, for_property
from provenance_audit.formats.look import Look

AT_MOST = 10
COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(report: Report, look: Look) -> str:
    """At most ten lines: the active findings, worst first, and how many more there are."""
    place = for_property(words.anchor(report))
    active = report.active
    shown = active if len(active) <= AT_MOST else active[: AT_MOST - 1]
    lines = [_line(ruling, place) for ruling in shown]
    if len(active) > len(shown):
        more = f"{report.verdict}: {len(active) - len(shown):,} more findings are in the report"
        lines.append(f"::notice file={place},line=1,title=paudit::{for_command(more)}")
    if not active:
        said = f"{report.verdict}: {report.reasons[0]}"
        lines.append(f"::notice title=paudit::{for_command(said)}")
    return "\n".join(lines) + "\n"


def _line(ruling: Ruling, place: str) -> str:
    finding = ruling.finding
    title = for_property(f"{finding.id} {finding.name} ({finding.severity})")
    said = f"{finding.message}\nwhy: {finding.why}\nfix: {finding.fix}"
    body = "%0A".join(for_command(line) for line in said.split("\n"))
    return f"::{COMMANDS[finding.severity]} file={place},line=1,title={title}::{body}"
