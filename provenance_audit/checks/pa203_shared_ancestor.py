"""PA203 shared-ancestor

What it checks
    Whether a maker and the student share an ancestor through a step that kept only a part of the weights or mixed them:
    pruning, upcycling, depth-scaling, merging.
Why it matters
    Part of the initialisation is still shared (Llama-3.2-3B keeps 3.1-8B weights; SOLAR keeps Mistral-7B's), and merges
    share with each of their inputs.
What it cannot tell you
    How much of a trait survives such a step: nobody has measured it well.
How to fix
    Use a teacher from another base, or start the student from another initialisation.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_pair
from provenance_audit.checks.wording import evidence_of, pinned, rows_of
from provenance_audit.findings import Finding, Relation, Severity
from provenance_audit.lineage.assertion import SELECTORS, STRUCTURAL


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each generator that shares an ancestor with the student through a structural step."""
    case.need_student()
    case.need_maker()
    for pair in case.lineage.pairs:
        if pair.relation is Relation.SHARED_ANCESTOR and pair.role not in SELECTORS:
            how = ", ".join(dict.fromkeys(step.relation for step in pair.path if step.relation in STRUCTURAL))
            yield CHECK.finding(
                f"{pair.role} {pinned(pair)} and the student share the ancestor {pair.common_ancestor}, by way of {how} "
                f"({rows_of(pair)})",
                why="a part of the weights is shared; how much of a trait survives such a step is not known",
                fix="use a teacher from another base, or start the student from another initialisation",
                subject=of_pair(pair),
                evidence=evidence_of(pair),
                confidence=pair.confidence,
            )


CHECK = Check("PA203", "shared-ancestor", Severity.HIGH, look)
