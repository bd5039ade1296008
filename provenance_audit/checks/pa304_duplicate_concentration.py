"""PA304 duplicate-concentration

What it checks
    The share of rows whose completion repeats that of an earlier row: exactly, or but for case, spacing and punctuation;
    and how many of them stand in more than one file.
Why it matters
    Repeats weigh a few answers more than the rest, in training and in statistics. Where they are more than 1 % of a
    side, PA301 is decided on distinct rows too, and the weaker result counts.
What it cannot tell you
    Why they repeat. Short answers repeat by chance.
How to fix
    Remove duplicates, or say in the dataset's card that they are meant.
Parameters
    max_share .05 of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity


class DuplicateParameters(Parameters):
    """max_share: of rows that may repeat an earlier one."""

    max_share: float = Field(default=0.05, ge=0, le=1)


def look(case: Case, parameters: DuplicateParameters) -> Iterator[Finding]:
    """One finding if too many rows repeat an earlier one."""
    if max(case.data.repeated_share, case.data.near_share) <= parameters.max_share:
        return
    found = case.data.duplicates
    across = f"; {found.across_files:,} rows are repeated across files" if found.across_files else ""
    yield CHECK.finding(
        f"{found.rows - found.distinct:,} of {found.rows:,} rows ({found.share:.1%}) repeat an earlier completion, "
        f"{case.data.near_share:.1%} but for case, spacing and punctuation; the commonest stands in {found.largest:,}{across}",
        why="repeats weigh a few answers more than the rest",
        fix="remove duplicates, or keep them knowingly",
        subject=of_rows(case, {"rows": "duplicate completions"}),
        evidence={
            "rows": found.rows,
            "distinct": found.distinct,
            "share": found.share,
            "largest": found.largest,
            "near_share": case.data.near_share,
            "across_files": found.across_files,
            "max_share": parameters.max_share,
        },
    )


CHECK = Check("PA304", "duplicate-concentration", Severity.LOW, look, DuplicateParameters)
