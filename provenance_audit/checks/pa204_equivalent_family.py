"""PA204 equivalent-family

What it checks
    Whether a cited registry row, or the manifest, says that the maker's and the student's ancestors share an
    initialisation or behave alike.
Why it matters
    Traits passed between GPT-4o and GPT-4.1 in both directions, unlike between other mismatched models (Cloud et al.,
    cross-model experiment). Closed models have no weights to walk along; such statements are all there is.
What it cannot tell you
    Whether the reason given for the transfer is right. Confidence takes the grade of the measured transfer.
How to fix
    Use a teacher of another family.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_pair
from provenance_audit.checks.wording import evidence_of, pinned, rows_of
from provenance_audit.findings import Finding, Relation, Severity
from provenance_audit.lineage.assertion import SELECTORS


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each generator of an equivalent family."""
    case.need_student()
    case.need_maker()
    for pair in case.lineage.pairs:
        if pair.relation is Relation.EQUIVALENT_FAMILY and pair.role not in SELECTORS:
            yield CHECK.finding(
                f"{pair.role} {pinned(pair)} is of a family equivalent to the student's ({rows_of(pair)})",
                why=f"models that share an initialisation or behave alike pass traits on: {pair.evidence}",
                fix="use a teacher of another family",
                subject=of_pair(pair),
                evidence=evidence_of(pair),
                confidence=pair.confidence,
            )


CHECK = Check("PA204", "equivalent-family", Severity.HIGH, look)
