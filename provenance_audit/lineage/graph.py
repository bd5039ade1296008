"""The graph of weight edges, in DuckDB, and the walks along them.

Only weight edges are walked; data edges are kept as evidence. Edges are the union of all sources of tiers 0 to 4, and of
the registry: a statement adds an edge and never takes one away, except where shapes computed from weights refute it. A
walk is a recursive query over *states* (a model, and what happened on the way), not over paths: there are few states
however many paths there are, so that no input makes it run for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from provenance_audit.database import Connection
from provenance_audit.findings import Confidence, Step
from provenance_audit.lineage.assertion import COPIES, STRUCTURAL, Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.registry import ROOTS, Registry
from provenance_audit.lineage.shapes import refutations

DEPTH_LIMIT = 32
REPORTED = "reported"
_STRUCTURAL, _TRAINED, _WEAKER, _WEAKEST, _HEARSAY = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class Walk:
    """One way from a model up to an ancestor, by the edges taken; no edge for the model itself.

    hearsay: whether it takes an edge that only a document lying beside the data states.
    """

    node: str
    steps: tuple[Step, ...]
    hearsay: bool = False

    @property
    def structural(self) -> bool:
        """Whether a part of the weights was cut, added or mixed on the way."""
        return any(step.relation in STRUCTURAL for step in self.steps)

    @property
    def copies_only(self) -> bool:
        """Whether nothing was trained on the way."""
        return all(step.relation in COPIES for step in self.steps)


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the walks of a model end.

    roots: documented ones. dead_ends: models whose base nobody states. hearsay: roots that only documents lying beside the
    data lead to. cut: whether a walk was cut at the depth limit, or runs in a circle, before it came to an end.
    """

    roots: tuple[str, ...]
    dead_ends: tuple[str, ...]
    hearsay: tuple[str, ...]
    cut: bool


class Graph:
    """Weight edges and roots from every source, and the walks along them."""

    def __init__(
        self,
        connection: Connection,
        assertions: Iterable[Assertion],
        registry: Registry,
        *,
        table: str = "lineage_edge",
    ) -> None:
        self._connection = connection
        self._table = table
        self.registry = registry
        self._spelling: dict[str, str] = {}
        stated = [one for one in assertions if one.tier < Tier.INFERRED]
        self.equivalences = tuple(one for one in stated if one.predicate is Predicate.EQUIVALENT)
        self._roots = {
            self.key(one.subject): one.named for one in stated if one.predicate is Predicate.ROOT
        }  # True where one that counts says so
        self.refutations = refutations(stated)
        refuted = {(one.child.casefold(), one.parent.casefold()) for one in self.refutations if one.clears}
        self._steps: list[Step] = []
        self._vouched: list[bool] = []
        for one in stated:
            parent = one.object_id or one.object
            if (
                one.predicate is Predicate.BASE
                and (self.key(one.subject), self.key(parent)) not in refuted
                and self.key(one.subject) != self.key(parent)
            ):
                relation = one.relation or WeightRelation.UNKNOWN
                self._steps.append(Step(one.subject, parent, relation, one.tier, one.grade, one.locator))
                self._vouched.append(one.named)
        self._walks: dict[tuple[str, frozenset[str]], tuple[Walk, ...]] = {}
        self._children: set[str] = set()
        self._known: set[str] = set()
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} (id INTEGER, child VARCHAR, parent VARCHAR, flags INTEGER)"
        )
        self._store(0)
        self._add_registry(end for one in self._steps for end in (one.child, one.parent))

    def walks(self, model: str, stop: frozenset[str] = frozenset()) -> tuple[Walk, ...]:
        """Ways up from a model, itself first, shortest first: one for each ancestor and kind of way, of at most 32 steps.

        Ways are of a kind when they agree on whether weights were cut or mixed, whether anything was trained, and on
        their weakest evidence. stop: keys of models beyond which no way goes.
        """
        known = (self.key(model), stop)
        if known not in self._walks:
            self._add_registry([model])
            self._walks[known] = tuple(self._find(model, stop))
        return self._walks[known]

    def is_ancestor(self, ancestor: str, of: str) -> bool:
        """Whether the weights of `of` came from `ancestor`, or are it."""
        return any(self.key(walk.node) == self.key(ancestor) for walk in self.walks(of))

    def ends(self, model: str) -> Ends:
        """Where the walks of a model end."""
        ends: dict[str, None] = {}
        counted: dict[str, bool] = {}
        cut = False
        for walk in self.walks(model):
            if self._has_parent(walk.node):
                cut = cut or len(walk.steps) == DEPTH_LIMIT
                continue
            ends[walk.node] = None
            counts = not walk.hearsay and self._counts(walk.node)
            counted[walk.node] = counted.get(walk.node, False) or counts
        roots = [node for node in ends if self._is_root(node)]
        return Ends(
            roots=tuple(node for node in roots if counted[node]),
            dead_ends=tuple(node for node in ends if not self._is_root(node)),
            hearsay=tuple(node for node in roots if not counted[node]),
            cut=cut or not ends,
        )

    def roots(self, model: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The documented roots that the walks of a model end in, and the dead ends whose base nobody states."""
        ends = self.ends(model)
        return (*ends.roots, *ends.hearsay), ends.dead_ends

    def cycle(self, models: Iterable[str]) -> tuple[str, ...]:
        """A circle of weight edges above any of the models, first and last the same; empty where there is none."""
        above: dict[str, set[str]] = {}
        for step in self.edges_above(models):
            above.setdefault(self.key(step.child), set()).add(self.key(step.parent))
        try:
            TopologicalSorter(above).prepare()
        except CycleError as error:
            return tuple(self._spelling[node] for node in error.args[1])
        return ()

    def steps_between(self, child: str, parent: str) -> tuple[Step, ...]:
        """Every statement of one edge."""
        pair = (self.key(child), self.key(parent))
        return tuple(step for step in self._steps if (self.key(step.child), self.key(step.parent)) == pair)

    def edges_above(self, models: Iterable[str]) -> tuple[Step, ...]:
        """Every edge on a way up from any of the models."""
        models = list(models)
        self._add_registry(models)
        above: dict[str, list[Step]] = {}
        for step in self._steps:
            above.setdefault(self.key(step.child), []).append(step)
        queue = [self.key(model) for model in models]
        seen, found = set(queue), []
        while queue:
            for step in above.get(queue.pop(), ()):
                found.append(step)
                if self.key(step.parent) not in seen:
                    seen.add(self.key(step.parent))
                    queue.append(self.key(step.parent))
        return tuple(found)

    def origin(self, model: str) -> str | None:
        """What the registry says of a model: root, earliest-published, derived; None for one it does not know."""
        known = self.registry.models.get(model)
        return known.origin if known is not None else None

    def key(self, model: str) -> str:
        """By what a model is compared: its id, whatever its case."""
        key = model.casefold()
        self._spelling.setdefault(key, model)
        return key

    def _add_registry(self, models: Iterable[str]) -> None:
        """The edges that the registry has above models, and no others: there are far more than a run asks for."""
        first = len(self._steps)
        queue = list(models)
        while queue:
            model = queue.pop()
            if self.key(model) in self._known:
                continue
            self._known.add(self.key(model))
            for edge in self.registry.parents(model):
                self._steps.append(
                    Step(edge.child, edge.parent, edge.relation, Tier.PUBLISHED, edge.grade, edge.source)
                )
                self._vouched.append(True)
                queue.append(edge.parent)
        self._store(first)

    def _store(self, first: int) -> None:
        """Put the edges from a number on into the engine."""
        steps = self._steps[first:]
        self._children.update(self.key(step.child) for step in steps)
        if steps:
            self._connection.execute(
                f"INSERT INTO {self._table} SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[])",
                [
                    list(range(first, len(self._steps))),
                    [self.key(step.child) for step in steps],
                    [self.key(step.parent) for step in steps],
                    [_flags(*each) for each in zip(steps, self._vouched[first:], strict=True)],
                ],
            )

    def _find(self, model: str, stop: frozenset[str]) -> Iterator[Walk]:
        """Recursion over states; then each state's shortest way is followed back along the edges that made it."""
        rows = self._connection.execute(
            f"""
            WITH RECURSIVE walk AS (
              SELECT ?::VARCHAR AS node, 0 AS depth, 0 AS flags, NULL::INTEGER AS edge, NULL::INTEGER AS before
              UNION
              SELECT e.parent, w.depth + 1, w.flags | e.flags, e.id, w.flags
              FROM walk w JOIN {self._table} e ON e.child = w.node
              WHERE w.depth < {DEPTH_LIMIT} AND NOT list_contains(?::VARCHAR[], w.node))
            SELECT node, depth, flags, min(edge), arg_min(before, edge)
            FROM walk GROUP BY node, depth, flags ORDER BY depth, min(edge), flags""",
            [self.key(model), sorted(stop)],
        ).fetchall()
        made_by = {(node, depth, flags): (edge, before) for node, depth, flags, edge, before in rows}
        seen: set[tuple[str, int]] = set()
        for node, depth, flags, _, _ in rows:
            if (node, flags) in seen:
                continue
            seen.add((node, flags))
            steps: list[Step] = []
            at, left, state = node, depth, flags
            while left > 0:
                edge, before = made_by[at, left, state]
                steps.insert(0, self._steps[edge])
                at, left, state = self.key(self._steps[edge].child), left - 1, before
            way = {self.key(model), *(self.key(step.parent) for step in steps)}
            if len(way) == depth + 1:  # round a circle is no way up
                yield Walk(self._spelling.get(node, model), tuple(steps), bool(flags & _HEARSAY))

    def _has_parent(self, node: str) -> bool:
        return self.key(node) in self._children

    def _is_root(self, node: str) -> bool:
        return self.key(node) in self._roots or self.origin(node) in ROOTS

    def _counts(self, node: str) -> bool:
        return self.origin(node) in ROOTS or self._roots.get(self.key(node), False)


def _flags(step: Step, vouched: bool) -> int:
    """What a way takes on by taking an edge: flags only ever add up, so that there are few states."""
    return (
        _STRUCTURAL * (step.relation in STRUCTURAL)
        | _TRAINED * (step.relation not in COPIES)
        | _WEAKER * (confidence_of(step) is not Confidence.HIGH)
        | _WEAKEST * (confidence_of(step) is Confidence.LOW)
        | _HEARSAY * (not vouched)
    )


def confidence_of(step: Step) -> Confidence:
    """How sure one edge is: by its tier, by the grade of a registry row, and by whether it is known to be of weights."""
    vague = step.relation is WeightRelation.UNKNOWN and step.tier >= Tier.PUBLISHED
    if step.tier >= Tier.INFERRED or step.grade == REPORTED or vague:
        return Confidence.LOW
    return Confidence.MEDIUM if step.tier >= Tier.DECLARED else Confidence.HIGH


def weakest(steps: Sequence[Step]) -> Confidence:
    """The confidence of the weakest edge of a path; high for a path without edges."""
    return min((confidence_of(step) for step in steps), key=lambda one: one.rank, default=Confidence.HIGH)
