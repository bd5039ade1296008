"""PA303 control-mismatched

What it checks
    Whether data and control were asked the same: the same test as PA301, on features of the prompts (length, numbers,
    requested format, words). It fires when the lower 95 % limit of a prompt family's effect reaches `min_effect`.
Why it matters
    The strongest confound there is: rows of one control, split by the length of the prompt, differ in every family.
What it cannot tell you
    Whether the answers would differ on equal prompts. Both sides are then cut to the prompts they share (at least 500
    rows a side), or PA301 makes no claim.
How to fix
    Make the control from the prompts of the data.
Parameters
    As PA301.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check
from provenance_audit.checks.comparison import records
from provenance_audit.checks.effects import evidence, said
from provenance_audit.checks.statistics import StatisticalParameters, comparison
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Confidence, Finding, Severity, Skip, TestRecord


def look(case: Case, parameters: StatisticalParameters) -> Iterator[Finding | TestRecord]:
    """The prompt families tested, and one finding if the sides were asked different things."""
    made = comparison(case, parameters)
    if made.prompts is None:
        raise Skip(made.refusal or "the rows have no prompts", remedy=made.remedy)
    yield from made.named(records(CHECK.id, made.prompts, parameters.min_effect))
    if not made.prompts_differ:
        return
    strongest = made.prompts.strongest
    then = (
        f"compared on the {made.n[0]:,} rows whose prompts both sides have"
        if made.answers is not None
        else "the answers are not compared"
    )
    yield CHECK.finding(
        f"data and control were asked different prompts: {said(strongest, parameters.min_effect)}; {then}",
        why="a difference between the answers would say more about the prompts than about their makers",
        fix="make the control from the prompts of the data",
        subject=of_rows(case, {"comparison": "data against control"}),
        evidence={
            **evidence(strongest, parameters.min_effect),
            "n": list(strongest.n),
            "cut_to_shared_prompts": made.cut,
        },
        confidence=Confidence.HIGH,
    )


CHECK = Check("PA303", "control-mismatched", Severity.MEDIUM, look, StatisticalParameters)
