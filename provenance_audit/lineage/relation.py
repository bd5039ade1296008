"""How one maker is related to one student: the worst that any proof shows, with the proof.

A proof is a common ancestor and a way up to it from each side, or a cited equivalence. Of several, the one counts that
does most at a gate, so that a further statement never makes a relation look better: a declared mirror does not turn a
shared base into the student's own checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provenance_audit.findings import Confidence, Relation
from provenance_audit.lineage.graph import DEPTH_LIMIT, REPORTED, Ends, Graph, Walk, weakest
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.registry import EARLIEST, Equivalence


@dataclass(frozen=True, slots=True)
class Resolution:
    """How one maker is related to one student, with the proof. `missing` names the one fact that would settle it."""

    relation: Relation
    common_ancestor: str | None
    maker_walk: Walk | None
    student_walk: Walk | None
    confidence: Confidence
    evidence: str
    missing: str = ""


def relate(graph: Graph, maker: Identity, student: Identity) -> Resolution:
    """The relation of a maker and a student."""
    if maker.id is None or student.id is None:
        side, which = (maker, "maker") if maker.id is None else (student, "student")
        return _undetermined(
            f"{side.raw!r} is no resolvable model: {side.reason}", f"name the {which} by an id"
        )
    found = min(_every(graph, maker, student), key=_rank, default=None)
    return found if found is not None else _unrelated(graph, maker.id, student.id)


def proofs(graph: Graph, maker: Identity, student: Identity) -> tuple[Resolution, ...]:
    """Every proof of a relation, the one that counts first; the same way on better evidence is one proof."""
    ways: dict[object, Resolution] = {}
    for one in sorted(_every(graph, maker, student), key=_rank):
        walks = [walk for walk in (one.maker_walk, one.student_walk) if walk is not None]
        passed = tuple((step.child, step.parent) for walk in walks for step in walk.steps)
        ways.setdefault((one.relation, one.common_ancestor, passed), one)
    return tuple(ways.values())


def _every(graph: Graph, maker: Identity, student: Identity) -> Iterator[Resolution]:
    if maker.id is not None and student.id is not None:
        yield from _common(graph, maker, student)
        yield from _equivalent(graph, maker.id, student.id)


def _rank(proof: Resolution) -> tuple[int, ...]:
    """What weighs most at a gate comes first; of equals, the surest and then the shortest."""
    up = len(proof.maker_walk.steps) if proof.maker_walk else 0
    down = len(proof.student_walk.steps) if proof.student_walk else 0
    return (proof.confidence is Confidence.LOW, _weight(proof), -proof.confidence.rank, up + down, up)


def _weight(proof: Resolution) -> int:
    up, down = proof.maker_walk, proof.student_walk
    if proof.relation is Relation.SAME_CHECKPOINT:
        # The very id, or a statement that one is a copy of the other.
        return 4 if (up is not None and up.steps) or (down is not None and down.steps) else 0
    if proof.relation is Relation.SHARED_BASE:
        # Nothing but a prompt separates an ancestor from itself.
        return 3 if up is None or up.copies_only else 1
    return 2


def _common(graph: Graph, maker: Identity, student: Identity) -> Iterator[Resolution]:
    """Proofs by a common ancestor: ways up from both sides that meet there, and nowhere before.

    One side at a time goes only as far as its first common ancestor, so that a way of its own is not hidden behind a
    shorter one through the other model.
    """
    assert maker.id is not None
    assert student.id is not None
    mine = {graph.key(walk.node) for walk in graph.walks(maker.id)}
    theirs = {graph.key(walk.node) for walk in graph.walks(student.id)}
    both = frozenset(mine & theirs)
    same = maker.revision is None or student.revision is None or maker.revision == student.revision
    seen = set()
    for maker_stop, student_stop in (
        (both - {graph.key(maker.id)}, frozenset[str]()),
        (frozenset[str](), both - {graph.key(student.id)}),
    ):
        down: dict[str, list[Walk]] = {}
        for walk in graph.walks(student.id, student_stop):
            down.setdefault(graph.key(walk.node), []).append(walk)
        for up in graph.walks(maker.id, maker_stop):
            for other in down.get(graph.key(up.node), []):
                if (up, other) not in seen and _meet_once(graph, maker.id, up, student.id, other):
                    seen.add((up, other))
                    yield _proof(up, other, same_revision=same)


def _meet_once(graph: Graph, maker: str, up: Walk, student: str, down: Walk) -> bool:
    passed = {graph.key(maker), *(graph.key(step.parent) for step in up.steps)}
    return passed & {graph.key(student), *(graph.key(step.parent) for step in down.steps)} == {
        graph.key(up.node)
    }


def _proof(up: Walk, down: Walk, *, same_revision: bool) -> Resolution:
    if up.copies_only and down.copies_only and same_revision:
        relation = Relation.SAME_CHECKPOINT
    elif up.structural or down.structural:
        relation = Relation.SHARED_ANCESTOR
    else:
        relation = Relation.SHARED_BASE
    steps = (*up.steps, *down.steps)
    sources = dict.fromkeys(f"{step.child} <- {step.parent}: {step.source}" for step in steps)
    evidence = "; ".join(sources) or "the same model id after normalisation"
    return Resolution(relation, up.node, up, down, weakest(steps), evidence)


def _equivalent(graph: Graph, maker: str, student: str) -> Iterator[Resolution]:
    mine = {graph.key(walk.node): walk for walk in reversed(graph.walks(maker))}
    theirs = {graph.key(walk.node): walk for walk in reversed(graph.walks(student))}
    declared = [
        Equivalence(one.subject, one.object_id or one.object, "author-stated", one.locator, "declared")
        for one in graph.equivalences
    ]
    for row in (*declared, *graph.registry.equivalences):
        for a, b in ((row.a, row.b), (row.b, row.a)):
            up, down = mine.get(graph.key(a)), theirs.get(graph.key(b))
            if up is not None and down is not None and graph.key(up.node) not in theirs:
                graded = Confidence.LOW if row.grade == REPORTED else Confidence.MEDIUM
                confidence = min(weakest((*up.steps, *down.steps)), graded, key=lambda one: one.rank)
                note = f" ({row.note})" if row.note else ""
                evidence = f"{a} ~ {b}: {row.grade}, {row.source}{note}"
                yield Resolution(Relation.EQUIVALENT_FAMILY, None, up, down, confidence, evidence)


def _unrelated(graph: Graph, maker: str, student: str) -> Resolution:
    """No common ancestor is known. That is a result only where every walk of both sides ended at a documented root."""
    ends = {"maker": (maker, graph.ends(maker)), "student": (student, graph.ends(student))}
    for which, (model, end) in ends.items():
        unsettled = _unsettled(which, model, end)
        if unsettled is not None:
            return unsettled
    mine, theirs = ends["maker"][1].roots, ends["student"][1].roots
    for one in mine:
        for other in theirs:
            a, b = graph.registry.models.get(one), graph.registry.models.get(other)
            if a and b and a.vendor == b.vendor and EARLIEST in (a.origin, b.origin):
                return _undetermined(
                    f"{one} and {other} are both of {a.vendor}, which does not document how they are related",
                    f"find a statement of what {one} and {other} started from",
                )
    up, down = graph.walks(maker)[-1], graph.walks(student)[-1]
    evidence = f"their walks end at different documented roots: {', '.join(mine)} and {', '.join(theirs)}"
    confidence = weakest((*up.steps, *down.steps))
    return Resolution(Relation.NO_KNOWN_RELATION, None, up, down, confidence, evidence)


def _unsettled(which: str, model: str, ends: Ends) -> Resolution | None:
    if ends.dead_ends:
        end = ends.dead_ends[0]
        whose = f"{end}, the {which}'s ancestor" if end != model else f"the {which} {model}"
        return _undetermined(f"the base of {end} is not stated by any source", f"state the base of {whose}")
    if ends.hearsay:
        return _undetermined(
            f"that {model} comes from {ends.hearsay[0]} is stated only by what lies beside the data",
            f"check it, and state the base of the {which} {model} in a manifest that you name with --lineage",
        )
    if ends.cut or not ends.roots:
        return _undetermined(
            f"the walk from {model} runs in a circle, or on beyond {DEPTH_LIMIT} steps",
            f"correct the statements of what {model} came from",
        )
    return None


def _undetermined(evidence: str, missing: str) -> Resolution:
    return Resolution(Relation.UNDETERMINED, None, None, None, Confidence.HIGH, evidence, missing)
