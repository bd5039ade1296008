"""PA305 underpowered

What it checks
    When a control was given and PA301 did not reject: whether in some feature family the smallest effect that would have
    been seen in 80 % of repetitions is larger than `min_effect`. Also when there are too few rows to test at all.
Why it matters
    "Nothing found" means nothing without what could have been found.
What it cannot tell you
    Whether there is an effect below that size.
How to fix
    Give more rows of control, on the prompts of the data.
Parameters
    As PA301.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check
from provenance_audit.checks.statistics import StatisticalParameters, comparison
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity, Skip


def look(case: Case, parameters: StatisticalParameters) -> Iterator[Finding]:
    """One finding if the comparison could not have seen an effect of the size that gates."""
    made = comparison(case, parameters)
    if made.answers is None:
        if min(made.n) < parameters.minimum_rows:
            yield _finding(case, made.refusal, {"n": list(made.n), "minimum_rows": parameters.minimum_rows})
            return
        raise Skip(made.refusal, remedy=made.remedy)
    seen = made.answers.minimum_detectable
    if made.p > parameters.alpha and seen and max(seen.values()) > parameters.min_effect:
        (easiest, least), (hardest, most) = next(iter(seen.items())), list(seen.items())[-1]
        yield _finding(
            case,
            f"no difference detected; with {made.n[0]:,} and {made.n[1]:,} rows, differences from {least:.4f} bits "
            f"({easiest}) to {most:.4f} bits ({hardest}) would have been seen in 80 % of repetitions, and the gate is at "
            f"{parameters.min_effect:g}",
            {"minimum_detectable_bits": seen, "min_effect": parameters.min_effect, "n": list(made.n)},
        )


def _finding(case: Case, message: str, evidence: dict[str, object]) -> Finding:
    return CHECK.finding(
        message,
        why="nothing found means nothing without what could have been found",
        fix="give more rows of control, on the prompts of the data",
        subject=of_rows(case, {"comparison": "data against control"}),
        evidence=evidence,
    )


CHECK = Check("PA305", "underpowered", Severity.INFO, look, StatisticalParameters)
