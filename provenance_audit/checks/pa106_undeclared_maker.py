"""PA106 undeclared-maker

What it checks
    That every maker named by the rows is among those that the manifest, or the command line, declares.
Why it matters
    Rows by a model nobody meant to train on are the ordinary way in which a dataset is not what it is said to be.
What it cannot tell you
    Whether rows that name a declared maker were made by it.
How to fix
    Declare the maker under `generations:` in the manifest, or remove its rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_maker
from provenance_audit.findings import Finding, Severity, Skip
from provenance_audit.lineage.assertion import Role
from provenance_audit.lineage.readers import rows


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each maker that only rows name."""
    if not case.lineage.declares_makers:
        raise Skip(
            "no maker is declared to compare the rows with",
            remedy="declare makers in a manifest or by --teacher",
        )
    for maker in case.lineage.makers:
        if (
            maker.role is Role.GENERATOR
            and not maker.inferred
            and all(one.source == rows.SOURCE for one in maker.sources)
        ):
            yield CHECK.finding(
                f"{maker.rows or 0:,} rows are by {maker.raw}, which is not declared",
                why="the dataset holds rows by a model that nobody declared",
                fix="declare it under `generations:` in the manifest, or remove its rows",
                subject=of_maker(case, maker),
                evidence={"maker": maker.raw, "rows": maker.rows, "locator": maker.sources[0].locator},
            )


CHECK = Check("PA106", "undeclared-maker", Severity.HIGH, look)
