"""PA111 impossible-lineage

What it checks
    That the shapes of a model's weights are those of the parent that is claimed for it: hidden and intermediate size, layers,
    heads. Tuning, adapters, copies and continued pre-training keep them; a wider vocabulary refutes nothing.
Why it matters
    A claimed parent of other shapes is no parent, so the true one is not known.
What it cannot tell you
    What the true parent is. Equal shapes prove nothing: OpenLLaMA has those of LLaMA, and none of its weights.
How to fix
    Correct the claim. Where both shapes were read from weights (tier 1) the edge is dropped; where one is only a
    configuration's word, the edge stays, since nothing that can be written by hand clears a risk.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.findings import Finding, Severity


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each claimed parent that shapes refute."""
    for one in case.lineage.graph.refutations:
        differences = ", ".join(f"{name} {mine} against {theirs}" for name, mine, theirs in one.differences)
        yield CHECK.finding(
            f"{one.child} cannot come from {one.parent}: {differences}",
            why="the claimed parent has other shapes; "
            + (
                "the edge is dropped"
                if one.clears
                else "the edge still counts, since a configuration can be edited"
            ),
            fix=f"correct {one.claim.locator}",
            subject={"child": one.child, "parent": one.parent},
            evidence={
                "relation": one.claim.relation,
                "differences": {name: [mine, theirs] for name, mine, theirs in one.differences},
                "edge": "dropped" if one.clears else "kept",
                "statements": [
                    {
                        "object": each.object,
                        "object_id": each.object_id,
                        "tier": int(each.tier),
                        "locator": each.locator,
                    }
                    for each in (one.child_shapes, one.parent_shapes, one.claim)
                ],
            },
        )


CHECK = Check("PA111", "impossible-lineage", Severity.HIGH, look)
