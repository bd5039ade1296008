"""PA112 lineage-cycle

What it checks
    That no model is its own ancestor once the statements of all sources are put together. Inside one manifest that is a
    mistake of configuration, and ends with exit 2.
Why it matters
    One of the statements is wrong, and a walk in a circle leads to no root.
What it cannot tell you
    Which statement is wrong.
How to fix
    Correct one of the edges that the finding lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.findings import Finding, Severity


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """A finding for the circle above the student or a maker, if there is one."""
    circle = case.lineage.cycle
    if not circle:
        return
    # The order of a found circle is arbitrary; its smallest name is where the finding begins.
    start = min(range(len(circle) - 1), key=lambda number: circle[number].casefold())
    circle = (*circle[start:-1], *circle[:start], circle[start])
    steps = [
        step
        for parent, child in pairwise(circle)
        for step in case.lineage.graph.steps_between(child, parent)
        or case.lineage.graph.steps_between(parent, child)
    ]
    yield CHECK.finding(
        f"a model is its own ancestor: {' -> '.join(circle)}",
        why="one of the statements is wrong, and a walk in a circle leads to no root",
        fix="correct one of: " + "; ".join(dict.fromkeys(step.source for step in steps)),
        subject={"cycle": " ".join(sorted(circle[:-1]))},
        evidence={
            "statements": [
                {
                    "object": f"{step.child} <- {step.parent}",
                    "object_id": step.parent,
                    "tier": step.tier,
                    "locator": step.source,
                }
                for step in steps
            ]
        },
    )


CHECK = Check("PA112", "lineage-cycle", Severity.HIGH, look)
