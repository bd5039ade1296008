"""PA103 base-unknown

What it checks
    That a walk along weight edges leads each maker, and the student, to a root: a model with its own initialisation.
Why it matters
    Without it, whether two models share a base cannot be decided (PA205).
What it cannot tell you
    Whether the missing fact would show a shared base.
How to fix
    The finding names the one fact that is missing. Put it into a manifest: `models: {ID: {base: ORG/MODEL}}`, or
    `is_root: true` for a model trained from scratch.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.findings import Finding, Severity


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each model whose walk ends at a dead end."""
    models = [(maker.identity, f"the {maker.role}") for maker in case.lineage.makers if not maker.inferred]
    if case.lineage.student is not None:
        models.append((case.lineage.student, "the student"))
    seen: set[str] = set()
    for identity, which in models:
        if identity.id is None or identity.id in seen:
            continue
        seen.add(identity.id)
        dead_ends = case.lineage.graph.roots(identity.id)[1]
        for end in dead_ends:
            via = "" if end == identity.id else f", which {which} {identity.id} comes from"
            subject = f"{which} {end}" if end == identity.id else end
            hint = case.lineage.hint(end)
            called = f"; it is called like {hint}, which proves nothing" if hint is not None else ""
            yield CHECK.finding(
                f"no source states the base of {subject}{via}{called}",
                why="without a walk to a root, a shared base can be neither found nor excluded",
                fix=f"in paudit.lineage.yaml: models: {{ {end}: {{ base: ORG/MODEL }} }}   (or is_root: true)",
                subject={
                    "model": ", ".join(sorted({one.pinned for one, _ in models if one.id == end}) or [end])
                },
                evidence={"model": identity.id, "walk_ends_at": end, "called_like": hint},
            )


CHECK = Check("PA103", "base-unknown", Severity.MEDIUM, look)
