"""PA205 relation-undetermined

What it checks
    Whether the relation of each maker to the student could be decided at all: both walks reached documented roots.
Why it matters
    Undetermined is not unrelated. A gate that did not look must not pass.
What it cannot tell you
    What the missing fact would show. PA103 beside it names the fact.
How to fix
    State the missing base in a manifest, or choose makers whose lineage is published.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_pair
from provenance_audit.checks.wording import evidence_of, pinned, rows_of
from provenance_audit.findings import Confidence, Finding, Relation, Severity


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each maker, judges included, whose relation is open."""
    case.need_student()
    if not case.lineage.pairs:  # a judge alone has a relation too
        case.need_maker()
    for pair in case.lineage.pairs:
        # What only the name of a column or file suggests is PA101's business.
        if pair.relation is Relation.UNDETERMINED and pair.confidence is not Confidence.LOW:
            concerns = "" if pair.rows is None else f" ({rows_of(pair)})"
            yield CHECK.finding(
                f"how {pair.role} {pinned(pair)} is related to the student {pair.student} is not known{concerns}",
                why=f"a shared base can be neither found nor excluded: {pair.evidence}",
                fix=pair.missing,
                subject=of_pair(pair),
                evidence=evidence_of(pair),
            )


CHECK = Check("PA205", "relation-undetermined", Severity.HIGH, look)
