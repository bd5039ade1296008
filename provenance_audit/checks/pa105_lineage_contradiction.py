"""PA105 lineage-contradiction

What it checks
    That sources agree: on the student, on who generated the rows, on what a model's weights came from, and on whether
    there was a system prompt. Parents of which one is an ancestor of the other do not contradict.
Why it matters
    One of the sources is wrong. paudit picks no winner: every stated edge counts, so a declaration can add risk and
    never remove it.
What it cannot tell you
    Which source is right.
How to fix
    Correct the wrong one. The finding shows each statement with its tier and where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity
from provenance_audit.lineage.contradictions import Contradiction


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each disagreement, with what each side alone would mean."""
    for one in case.lineage.contradictions:
        about = f"the {one.about}" + (
            f" of {one.subject}" if one.about in ("base", "name", "registry") else ""
        )
        effects = case.lineage.effects(one)
        differ = len({relation for _, relation in effects}) > 1
        effect = "; ".join(f"{stated}: {relation}" for stated, relation in effects)
        weakest = one.statements[-1]
        yield CHECK.finding(
            f"sources disagree on {about}: {' or '.join(one.objects)}",
            why="one of them is wrong; every stated edge counts until it is corrected"
            + (f". By each alone, the worst relation is: {effect}" if differ else ""),
            fix=f"if {one.objects[0]} is right, correct {weakest.locator}; nothing is taken back by declaring more",
            subject=_subject(case, one),
            evidence={
                "statements": [
                    {"object": s.object, "object_id": s.object_id, "tier": int(s.tier), "locator": s.locator}
                    for s in one.statements
                ],
                "effect": {stated: relation.value for stated, relation in effects},
            },
        )


def _subject(case: Case, one: Contradiction) -> dict[str, str]:
    """What is stated, by whomever; of the rows, or of a model, which is the same for every dataset."""
    about = {"about": one.about, "stated": " or ".join(sorted(one.stated))}
    if one.about in ("student", "teacher", "generation prompt"):
        return of_rows(case, about)
    return {**about, "of": one.subject} if one.about != "registry" else about


CHECK = Check("PA105", "lineage-contradiction", Severity.HIGH, look)
