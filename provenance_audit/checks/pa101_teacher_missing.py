"""PA101 teacher-missing

What it checks
    That each trained row is attributed to a model: by a column, a footer, the command line or a manifest.
Why it matters
    What matters is who made the data, not only what it says. A row without a maker cannot be related to the student.
What it cannot tell you
    Whether the attribution is true.
How to fix
    Name the maker: `--teacher ORG/MODEL`, a `teacher` column, or `teacher:` in a manifest given with `--lineage`.
Severity
    high; medium if only a manifest found beside the data names a maker (whoever wrote the data may have written it).
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity

SHOWN = 4


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding if there are rows that neither they nor a source that counts attributes."""
    unnamed, total = case.lineage.unnamed_rows, case.data.trained_rows
    outside = [one for one in case.lineage.attributed_from_outside if not one.some_rows]
    if unnamed == 0 or any(one.named for one in outside):
        return
    found = f"{unnamed:,} of {total:,} rows name no maker"
    if outside:
        found += f"; only a manifest found beside the data does: {outside[0].locator}"
    hints = [maker for maker in case.lineage.makers if maker.inferred]
    if hints:
        names = ", ".join(maker.raw for maker in hints[:SHOWN])
        found += f"; a hint, which decides nothing, is {hints[0].sources[0].locator.split(':')[0]} ({names})"
    yield CHECK.finding(
        found,
        why="a row whose maker is unknown cannot be related to the student",
        fix=f"{case.command} --teacher ORG/MODEL",
        subject=of_rows(case, {"rows": "without a maker"}),
        evidence={"rows": unnamed, "of": total},
        severity=Severity.MEDIUM if outside else Severity.HIGH,
    )


CHECK = Check("PA101", "teacher-missing", Severity.HIGH, look)
