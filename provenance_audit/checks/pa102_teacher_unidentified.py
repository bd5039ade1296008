"""PA102 teacher-unidentified

What it checks
    That what names a maker, or the student, is a model id that can be resolved: not a local path, a served alias or a
    deployment name.
Why it matters
    A name that anyone can give to any weights proves nothing about its base.
What it cannot tell you
    What the name stands for. paudit does not guess from its spelling.
How to fix
    Name the model by its Hub id, or say what the name stands for in a manifest: `models: {NAME: {base: ORG/MODEL}}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.findings import Finding, Severity


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each maker, and the student, that is no resolvable model."""
    named = [
        (maker.identity, f"the {maker.role}", maker.rows)
        for maker in case.lineage.makers
        if not maker.inferred
    ]
    if case.lineage.student is not None:
        named.append((case.lineage.student, "the student", None))
    for identity, which, rows in named:
        if identity.id is None:
            yield CHECK.finding(
                f"{which} {identity.raw!r} is no resolvable model: {identity.reason}",
                why="a name that can be given to any weights says nothing about their base",
                fix=f"say what it stands for, in a manifest: models: {{ {identity.raw!r}: {{ base: ORG/MODEL }} }}",
                subject={"model": identity.raw},
                evidence={"value": identity.raw, "reason": identity.reason, "rows": rows},
            )


CHECK = Check("PA102", "teacher-unidentified", Severity.MEDIUM, look)
