"""PA206 selector-related

What it checks
    Whether a model that selected or judged rows (judge, ranker, reward model, annotator, safety or filter model) shares
    the student's base.
Why it matters
    Selection is a channel: a biased judge passes traits through preference labels alone (Magistrali et al., 2603.01204),
    and picking rows by a model's log-probabilities does too (LLS, 2602.04863).
What it cannot tell you
    Whether the selector is biased.
How to fix
    Select with a model from another base.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_pair
from provenance_audit.checks.wording import evidence_of, pinned
from provenance_audit.findings import RELATED, Finding, Severity, Skip
from provenance_audit.lineage.assertion import SELECTORS


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each selector that is related to the student."""
    if not any(maker.role in SELECTORS for maker in case.lineage.makers):
        raise Skip(
            "no judge, ranker or filter model is declared",
            remedy="declare them under `generations:` in a manifest",
        )
    case.need_student()
    for pair in case.lineage.pairs:
        if pair.role in SELECTORS and pair.relation in RELATED:
            yield CHECK.finding(
                f"{pair.role} {pinned(pair)} selected rows and is related to the student: {pair.relation}",
                why="who selects rows shapes them: a related selector passes traits on through its choices alone",
                fix="select with a model from another base",
                subject=of_pair(pair),
                evidence=evidence_of(pair),
                confidence=pair.confidence,
            )


CHECK = Check("PA206", "selector-related", Severity.HIGH, look)
