"""PA202 shared-base

What it checks
    Whether a maker and the student are different descendants of one base model, or one is the other's ancestor, along
    weight edges (finetune, adapter, quantized, mirror, continued pre-training).
Why it matters
    Subliminal learning (Cloud et al., 2507.14805): a teacher's traits pass to a student through data unrelated to the
    trait, and past any content filter, when both start from the same base. What can be passed on is what separates the
    maker from the common ancestor: a fine-tune, a merge, a prompt. Filtering, paraphrasing and mixing earn no credit.
What it cannot tell you
    Whether the maker has a trait, or whether it would be passed on. A pair without this finding is not thereby without
    risk: transfer across bases has been reported (LLS 2602.04863, Phantom Transfer 2602.04899).
How to fix
    Use a teacher from another base, or start the student from another initialisation. Accepting the risk is a decision
    with a reason, an owner and an end.
Severity
    critical. Where the maker is the common ancestor itself: medium if its prompt is recorded as none, else high.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_pair
from provenance_audit.checks.wording import evidence_of, pinned, rows_of
from provenance_audit.findings import Finding, Pair, Relation, Severity
from provenance_audit.lineage.assertion import SELECTORS
from provenance_audit.lineage.manifest import NO_PROMPT


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each generator that shares the student's base."""
    case.need_student()
    case.need_maker()
    for pair in case.lineage.pairs:
        if pair.relation is Relation.SHARED_BASE and pair.role not in SELECTORS:
            yield CHECK.finding(
                f"{pair.role} {pinned(pair)} and the student share the base {pair.common_ancestor} ({rows_of(pair)})",
                why="traits pass through unrelated rows when maker and student start from the same weights; "
                f"between the maker and the base: {pair.displacement}",
                fix="use a teacher from another base, or start the student from another initialisation",
                subject=of_pair(pair),
                evidence=evidence_of(pair),
                severity=_severity(pair),
                confidence=pair.confidence,
            )


def _severity(pair: Pair) -> Severity:
    if pair.depths is None or pair.depths[0] > 0:
        return Severity.CRITICAL
    return Severity.MEDIUM if pair.prompt == NO_PROMPT and pair.prompt_counts else Severity.HIGH


CHECK = Check("PA202", "shared-base", Severity.CRITICAL, look)
