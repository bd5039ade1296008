"""PA001 unreadable-input

What it checks
    That every file named could be read to its end: whole containers, valid encoding, records under 16 MiB, text where
    text is expected.
Why it matters
    What was not read was not audited. The other files are still scanned, and the run is INCOMPLETE; this check alone
    never makes it FAIL.
What it cannot tell you
    Whether a file that can be read says the truth.
How to fix
    The finding names the file, the row where it is known, and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity, Skip


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each damaged file; then the run is incomplete."""
    for damage in case.damaged:
        yield CHECK.finding(
            damage.message,
            why="rows that were not read were not audited",
            fix=damage.remedy,
            subject=of_rows(case, {"file": damage.file.path.rsplit("/", 1)[-1]}),
            evidence={"file": damage.file.path, "row": damage.row, "reason": damage.reason},
            gates=False,
        )
    if case.damaged:
        count = len(case.damaged)
        raise Skip(
            f"{count} file{'s' if count > 1 else ''} could not be read",
            remedy=case.damaged[0].remedy,
            needed=True,
        )


CHECK = Check("PA001", "unreadable-input", Severity.MEDIUM, look)
