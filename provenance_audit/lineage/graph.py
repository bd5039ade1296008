"""The graph of weight edges, in DuckDB, and what follows from it for one maker and one student.

Only weight edges make a shared base; data edges are kept as evidence. The walk is a recursive query with a depth limit
and no node twice, so that no input makes it run for ever. Edges are the union of all sources of tiers 0 to 4: a
declaration adds risk and never removes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provenance_audit.database import Connection, literal
from provenance_audit.findings import Confidence, Relation, Step
from provenance_audit.lineage.assertion import COPIES, STRUCTURAL, Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.registry import EARLIEST, ROOTS, Equivalence, Registry

DEPTH_LIMIT = 32
WALKS_LIMIT = 10_000
REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Walk:
    """One way from a model up to an ancestor, by the edges taken; no edge for the model itself."""

    node: str
    steps: tuple[Step, ...]

    @property
    def structural(self) -> bool:
        """Whether a part of the weights was cut, added or mixed on the way."""
        return any(step.relation in STRUCTURAL for step in self.steps)

    @property
    def copies_only(self) -> bool:
        """Whether nothing was trained on the way."""
        return all(step.relation in COPIES for step in self.steps)


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


class Graph:
    """Weight edges and roots from every source, and the questions asked of them."""

    def __init__(self, connection: Connection, assertions: Iterable[Assertion], registry: Registry) -> None:
        self._connection = connection
        self._registry = registry
        self._spelling: dict[str, str] = {}
        stated = [one for one in assertions if one.tier < Tier.INFERRED]
        self._declared_roots = {
            self._key(one.subject): one for one in stated if one.predicate is Predicate.ROOT
        }
        self._declared_equivalences = [
            Equivalence(one.subject, one.object_id or one.object, "author-stated", one.locator, "declared")
            for one in stated
            if one.predicate is Predicate.EQUIVALENT
        ]
        self._steps = [self._declared_step(one) for one in stated if one.predicate is Predicate.BASE]
        self._steps += [
            Step(edge.child, edge.parent, edge.relation, Tier.PUBLISHED, edge.grade, edge.source)
            for edge in registry.edges
        ]
        self._walks: dict[str, tuple[Walk, ...]] = {}
        self._load()

    def walks(self, model: str) -> tuple[Walk, ...]:
        """Every way up from a model, itself first, shortest first; at most 10,000 of at most 32 steps."""
        key = self._key(model)
        if key not in self._walks:
            found = self._connection.execute(
                f"""
                WITH RECURSIVE walk AS (
                  SELECT CAST(? AS VARCHAR) AS node, 0 AS depth, CAST([] AS INTEGER[]) AS taken,
                         [CAST(? AS VARCHAR)] AS seen
                  UNION ALL
                  SELECT e.parent, depth + 1, list_append(taken, e.id), list_append(seen, e.parent)
                  FROM walk JOIN lineage_edge e ON e.child = walk.node
                  WHERE depth < {DEPTH_LIMIT} AND NOT list_contains(seen, e.parent))
                SELECT node, taken FROM (SELECT * FROM walk LIMIT {WALKS_LIMIT}) ORDER BY depth, taken""",
                [key, key],
            ).fetchall()
            self._walks[key] = tuple(
                Walk(self._spelling.get(node, model), tuple(self._steps[number] for number in taken))
                for node, taken in found
            )
        return self._walks[key]

    def is_ancestor(self, ancestor: str, of: str) -> bool:
        """Whether the weights of `of` came from `ancestor`, or are it."""
        return any(self._key(walk.node) == self._key(ancestor) for walk in self.walks(of))

    def roots(self, model: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Where the walks of a model end: documented roots, and dead ends whose base nobody states."""
        ends = dict.fromkeys(walk.node for walk in self.walks(model) if not self._has_parent(walk.node))
        roots = tuple(node for node in ends if self._is_root(node))
        return roots, tuple(node for node in ends if not self._is_root(node))

    def origin(self, model: str) -> str | None:
        """What the registry says of a model: root, earliest-published, derived; None for one it does not know."""
        known = self._registry.models.get(model)
        return known.origin if known is not None else None

    def resolve(self, maker: Identity, student: Identity) -> Resolution:
        """The relation of a maker and a student: the worst that any path of theirs proves."""
        if maker.id is None or student.id is None:
            side, which = (maker, "maker") if maker.id is None else (student, "student")
            return _undetermined(
                f"{side.raw!r} is no resolvable model: {side.reason}", f"name the {which} by an id"
            )
        common = self._common(maker, student)
        if common is not None:
            return common
        equivalent = self._equivalent(maker.id, student.id)
        if equivalent is not None:
            return equivalent
        return self._unrelated(maker.id, student.id)

    def _common(self, maker: Identity, student: Identity) -> Resolution | None:
        best: tuple[tuple[int, int, int], Relation, Walk, Walk] | None = None
        assert maker.id is not None
        assert student.id is not None
        above_student: dict[str, list[Walk]] = {}
        for walk in self.walks(student.id):
            above_student.setdefault(self._key(walk.node), []).append(walk)
        same_revision = (
            maker.revision is None or student.revision is None or maker.revision == student.revision
        )
        order = list(Relation)
        for mine in self.walks(maker.id):
            for theirs in above_student.get(self._key(mine.node), []):
                if mine.copies_only and theirs.copies_only and same_revision:
                    relation = Relation.SAME_CHECKPOINT
                elif mine.structural or theirs.structural:
                    relation = Relation.SHARED_ANCESTOR
                else:
                    relation = Relation.SHARED_BASE
                rank = (order.index(relation), len(mine.steps) + len(theirs.steps), len(mine.steps))
                if best is None or rank < best[0]:
                    best = (rank, relation, mine, theirs)
        if best is None:
            return None
        _, relation, mine, theirs = best
        steps = (*mine.steps, *theirs.steps)
        sources = dict.fromkeys(f"{step.child} <- {step.parent}: {step.source}" for step in steps)
        evidence = "; ".join(sources) or "the same model id after normalisation"
        return Resolution(relation, mine.node, mine, theirs, weakest(steps), evidence)

    def _equivalent(self, maker: str, student: str) -> Resolution | None:
        mine = {self._key(walk.node): walk for walk in reversed(self.walks(maker))}
        theirs = {self._key(walk.node): walk for walk in reversed(self.walks(student))}
        best: Resolution | None = None
        for row in (*self._declared_equivalences, *self._registry.equivalences):
            for a, b in ((row.a, row.b), (row.b, row.a)):
                if self._key(a) in mine and self._key(b) in theirs:
                    up, down = mine[self._key(a)], theirs[self._key(b)]
                    confidence = min(
                        weakest((*up.steps, *down.steps)),
                        Confidence.LOW if row.grade == REPORTED else Confidence.MEDIUM,
                        key=lambda one: one.rank,
                    )
                    if best is None or confidence.rank > best.confidence.rank:
                        note = f" ({row.note})" if row.note else ""
                        evidence = f"{a} ~ {b}: {row.grade}, {row.source}{note}"
                        best = Resolution(Relation.EQUIVALENT_FAMILY, None, up, down, confidence, evidence)
        return best

    def _unrelated(self, maker: str, student: str) -> Resolution:
        ends = {}
        for which, model in (("maker", maker), ("student", student)):
            roots, dead_ends = self.roots(model)
            if dead_ends:
                return _undetermined(
                    f"the base of {dead_ends[0]} is not stated by any source",
                    f"state the base of {dead_ends[0]}, the {which}'s ancestor"
                    if dead_ends[0] != model
                    else f"state the base of the {which} {model}",
                )
            ends[which] = roots
        for mine in ends["maker"]:
            for theirs in ends["student"]:
                a, b = self._registry.models.get(mine), self._registry.models.get(theirs)
                if a and b and a.vendor == b.vendor and EARLIEST in (a.origin, b.origin):
                    return _undetermined(
                        f"{mine} and {theirs} are both of {a.vendor}, which does not document how they are related",
                        f"find a statement of what {mine} and {theirs} started from",
                    )
        both = f"{', '.join(ends['maker'])} and {', '.join(ends['student'])}"
        mine_walk, theirs_walk = self.walks(maker)[-1], self.walks(student)[-1]
        return Resolution(
            Relation.NO_KNOWN_RELATION,
            None,
            mine_walk,
            theirs_walk,
            weakest((*mine_walk.steps, *theirs_walk.steps)),
            f"their walks end at different documented roots: {both}",
        )

    def _declared_step(self, one: Assertion) -> Step:
        relation = one.relation or WeightRelation.UNKNOWN
        return Step(one.subject, one.object_id or one.object, relation, one.tier, one.grade, one.locator)

    def _load(self) -> None:
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE lineage_edge (id INTEGER, child VARCHAR, parent VARCHAR, relation VARCHAR, tier INTEGER)"
        )
        if self._steps:
            rows = ", ".join(
                f"({number}, {literal(self._key(step.child))}, {literal(self._key(step.parent))}, "
                f"{literal(step.relation)}, {int(step.tier)})"
                for number, step in enumerate(self._steps)
            )
            self._connection.execute(f"INSERT INTO lineage_edge VALUES {rows}")
        self._children = {self._key(step.child) for step in self._steps}

    def _has_parent(self, node: str) -> bool:
        return self._key(node) in self._children

    def _is_root(self, node: str) -> bool:
        return self._key(node) in self._declared_roots or self.origin(node) in ROOTS

    def _key(self, model: str) -> str:
        key = model.casefold()
        self._spelling.setdefault(key, model)
        return key


def weakest(steps: Sequence[Step]) -> Confidence:
    """The confidence of the weakest edge of a path; high for a path without edges."""
    worst = Confidence.HIGH
    for step in steps:
        if step.tier >= Tier.INFERRED or step.grade == REPORTED:
            own = Confidence.LOW
        else:
            own = Confidence.MEDIUM if step.tier >= Tier.DECLARED else Confidence.HIGH
        worst = min(worst, own, key=lambda one: one.rank)
    return worst


def _undetermined(evidence: str, missing: str) -> Resolution:
    return Resolution(Relation.UNDETERMINED, None, None, None, Confidence.HIGH, evidence, missing)
