"""PA304 duplicate-concentration

What it checks
    The share of rows whose completion repeats that of an earlier row: exactly, or but for case, spacing and punctuation;
    how many of them stand in more than one file, and which files repeat most of their own.
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
    near = case.data.near_duplicates
    if max(case.data.repeated_share, near.share) <= parameters.max_share:
        return
    found = case.data.duplicates
    across = ""
    if near.across_files or found.across_files:
        across = (
            f"; across files {found.across_files:,} rows are repeated, and {near.across_files / near.rows:.1%} "
            "but for case, spacing and punctuation"
        )
    elsewhere = len({one.path for source in case.data.sources for one in source.files}) > 1
    if elsewhere and near.by_file:
        most, rows, repeated = near.by_file[0]
        across += f"; most within {most} ({repeated / rows:.1%})"
    yield CHECK.finding(
        f"{found.rows - found.distinct:,} of {found.rows:,} rows ({found.share:.1%}) repeat an earlier completion, "
        f"{near.share:.1%} but for case, spacing and punctuation; the commonest stands in {found.largest:,}{across}",
        why="repeats weigh a few answers more than the rest",
        fix="remove duplicates, or keep them knowingly",
        subject=of_rows(case, {"rows": "duplicate completions"}),
        evidence={
            "rows": found.rows,
            "distinct": found.distinct,
            "share": found.share,
            "largest": found.largest,
            "near_share": near.share,
            "across_files": found.across_files,
            "near_across_files": near.across_files,
            "near_by_file": [
                {"file": path, "rows": rows, "repeated": repeated} for path, rows, repeated in near.by_file
            ],
            "max_share": parameters.max_share,
        },
    )


CHECK = Check("PA304", "duplicate-concentration", Severity.LOW, look, DuplicateParameters)
