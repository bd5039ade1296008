"""What the registry alone says of one model: the way up to its roots, and what behaves like it. No graph, no engine."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from provenance_audit.lineage.assertion import WeightRelation
from provenance_audit.lineage.identity import fine_tune_base, identify
from provenance_audit.lineage.registry import DERIVED, ROOTS, DataEdge, Edge, Equivalence, Registry

INSIDE_ID = "inside the id, written by the service"


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The weight edges above a model, nearest first, and where they end.

    roots: documented ones, nearest first. dead_ends: ancestors, or the model itself, whose start nobody states.
    """

    model: str
    edges: tuple[Edge, ...]
    roots: tuple[str, ...]
    dead_ends: tuple[str, ...]

    def path(self, ancestor: str) -> tuple[Edge, ...]:
        """The shortest way up to an ancestor; empty for the model itself."""
        # The edges were found breadth first, so the first one that reaches a node is on a shortest way to it.
        reached: dict[str, Edge] = {}
        for edge in self.edges:
            if edge.parent != self.model:
                reached.setdefault(edge.parent, edge)
        steps: list[Edge] = []
        node = ancestor
        while node != self.model:
            steps.append(reached[node])
            node = reached[node].child
        return tuple(reversed(steps))

    def above(self, child: str) -> tuple[Edge, ...]:
        """The edges that lead up from one model of this ancestry."""
        return tuple(edge for edge in self.edges if edge.child == child)


def trace(model: str, registry: Registry) -> Ancestry:
    """Everything above a model, no model twice."""
    edges: list[Edge] = []
    roots: list[str] = []
    dead_ends: list[str] = []
    seen, todo = {model}, deque([model])
    while todo:
        node = todo.popleft()
        parents = _parents(node, registry)
        edges += parents
        if not parents:
            known = registry.models.get(node)
            (roots if known is not None and known.origin in ROOTS else dead_ends).append(node)
        for edge in parents:
            if edge.parent not in seen:
                seen.add(edge.parent)
                todo.append(edge.parent)
    return Ancestry(model, tuple(edges), tuple(roots), tuple(dead_ends))


def equivalents(ancestry: Ancestry, registry: Registry) -> tuple[tuple[str, str, Equivalence], ...]:
    """What is documented to behave like a model or one of its ancestors: that model, the ancestor, and the row."""
    own = dict.fromkeys((ancestry.model, *(edge.parent for edge in ancestry.edges)))
    return tuple(
        (other, mine, row)
        for row in registry.equivalences
        for mine, other in ((row.a, row.b), (row.b, row.a))
        if mine in own
    )


def teachers(model: str, registry: Registry) -> tuple[DataEdge, ...]:
    """Models on whose outputs this one was trained. That shares no weights."""
    return tuple(edge for edge in registry.taught if edge.model == model)


def why_unknown(dead_end: str, registry: Registry) -> str:
    """The sentence that says why a walk ends at a model."""
    known = registry.models.get(dead_end)
    if known is None:
        return f"the registry does not know {dead_end}: no source that states its base was read"
    if known.origin == DERIVED:
        note = f" ({known.note})" if known.note else ""
        return f"{dead_end} is derived, and from which weights is not documented{note}"
    return f"{dead_end} is known by name only: no source that states its base was read"


def _parents(node: str, registry: Registry) -> tuple[Edge, ...]:
    base = fine_tune_base(node)
    if base is None:
        return registry.parents(node)
    parent = identify(base, registry).id or base
    return (Edge(node, parent, WeightRelation.FINETUNE, "author-stated", INSIDE_ID),)
