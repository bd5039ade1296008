"""PA107 declared-maker-absent

What it checks
    That every generator that the manifest, or the command line, declares is named by some row, where rows name makers.
Why it matters
    Either the declaration is of another dataset, or rows have lost or changed their maker.
What it cannot tell you
    Which of the two is wrong.
How to fix
    Correct the declaration, or find out what became of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_maker
from provenance_audit.findings import Finding, Severity, Skip
from provenance_audit.lineage.assertion import Role
from provenance_audit.lineage.readers import rows


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each declared generator that no row names."""
    generators = [
        maker for maker in case.lineage.makers if maker.role is Role.GENERATOR and not maker.inferred
    ]
    named = [maker for maker in generators if any(one.source == rows.SOURCE for one in maker.sources)]
    if not named or not case.lineage.declares_makers:
        raise Skip("rows that name makers, and a declaration of makers, are both needed")
    for maker in generators:
        if maker not in named:
            yield CHECK.finding(
                f"{maker.raw} is declared, and no row names it",
                why="the declaration is of another dataset, or rows have lost their maker",
                fix="correct the declaration, or find out what became of its rows",
                subject=of_maker(case, maker),
                evidence={"maker": maker.raw, "locator": maker.sources[0].locator},
            )


CHECK = Check("PA107", "declared-maker-absent", Severity.MEDIUM, look)
