"""Every way in which a maker is related to the student, and who says so."""

from __future__ import annotations

from collections.abc import Sequence

from provenance_audit.findings import Proof, Step, Way
from provenance_audit.lineage.assertion import Assertion, Predicate
from provenance_audit.lineage.contradictions import object_of
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.origins import independent
from provenance_audit.lineage.relation import proofs, relate


def proof_of(graph: Graph, assertions: Sequence[Assertion], maker: Identity, student: Identity) -> Proof:
    """Everything that is known of how a maker is related to the student."""
    found = relate(graph, maker, student)
    ways = tuple(
        Way(
            one.relation, one.common_ancestor, one.confidence,
            one.maker_walk.steps if one.maker_walk else (),
            one.student_walk.steps if one.student_walk else (),
            one.evidence,
        )
        for one in proofs(graph, maker, student)
    )  # fmt: skip
    steps = [step for way in ways for step in (*way.up, *way.down)]
    both = [one for one in (maker, student) if one.id is not None]
    return Proof(
        maker=maker.pinned,
        student=student.pinned,
        relation=found.relation,
        confidence=found.confidence,
        evidence=found.evidence,
        how=tuple(how for one in (maker, student) for how in (*one.how, one.reason) if how),
        ways=ways,
        witnesses={(step.child, step.parent): _witnesses(graph, assertions, step) for step in steps},
        ends=tuple((one.id, graph.roots(one.id)[0]) for one in both if one.id is not None),
        missing=found.missing,
    )


def _witnesses(graph: Graph, assertions: Sequence[Assertion], step: Step) -> tuple[tuple[Step, ...], int]:
    """Every statement of an edge, and how many of them are independent."""
    edge = (graph.key(step.child), graph.key(step.parent))
    origins = [
        one
        for one in assertions
        if one.predicate is Predicate.BASE and (graph.key(one.subject), graph.key(object_of(one))) == edge
    ]
    stated = graph.steps_between(step.child, step.parent)
    cited = {one.source for one in stated if one.grade}
    return stated, independent(origins) + len(cited)
