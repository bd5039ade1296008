"""PA104 revision-unpinned

What it checks
    That the student and each maker are named with a revision: a commit of the Hub (`ORG/MODEL@COMMIT`), or a dated
    snapshot of a service (`gpt-4o-2024-08-06`, not `gpt-4o`).
Why it matters
    What `main` or an undated name points at moves. Weights are replaced under the same name (OLMo-2 was, in January 2025), and
    the answers of next month are not those of this one. A finding about a name is then a finding about whatever it meant.
What it cannot tell you
    Whether anything has moved.
How to fix
    Add the commit or the date: `--student ORG/MODEL@COMMIT`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.findings import Finding, Severity
from provenance_audit.lineage.identity import Identity

# How services date a snapshot: -2024-08-06, -20241022, -0613, -001.
_DATED = re.compile(r"[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3})(?:$|[-:@])")


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each model that is named without a revision."""
    named = [(maker.identity, f"the {maker.role}") for maker in case.lineage.makers if not maker.inferred]
    if case.lineage.student is not None:
        named.append((case.lineage.student, "the student"))
    seen: set[str] = set()
    for identity, which in named:
        if identity.id is None or identity.id in seen or _pinned(identity):
            continue
        seen.add(identity.id)
        service = "/" not in identity.id
        yield CHECK.finding(
            f"{which} {identity.id} is named without a {'date' if service else 'revision'}",
            why="what an undated name points at moves"
            if service
            else "the weights behind a name can be replaced",
            fix=f"name the snapshot: {identity.id}-YYYY-MM-DD"
            if service
            else f"name the commit: {identity.id}@COMMIT",
            subject={"model": identity.id},
            evidence={"value": identity.raw},
        )


def _pinned(identity: Identity) -> bool:
    assert identity.id is not None
    return not identity.moving and (
        identity.revision is not None
        or identity.id.startswith(("file:", "ft:"))
        or ("/" not in identity.id and _DATED.search(identity.id) is not None)
    )


CHECK = Check("PA104", "revision-unpinned", Severity.LOW, look)
