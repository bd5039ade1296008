"""What was stated about the models, resolved: makers, the student, and how each maker is related to the student."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from provenance_audit.database import Connection
from provenance_audit.findings import (
    AssertionRecord,
    Lineage,
    MakerRecord,
    Pair,
    Proof,
    Relation,
)
from provenance_audit.lineage.assertion import Assertion, Predicate, Tier
from provenance_audit.lineage.contradictions import Contradiction, contradictions, object_of
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import Identity, identify
from provenance_audit.lineage.makers import Maker, find_makers, generators_outside_rows
from provenance_audit.lineage.naming import names_of
from provenance_audit.lineage.pairs import pair_of
from provenance_audit.lineage.proof import proof_of
from provenance_audit.lineage.readers import command_line, manifest, rows
from provenance_audit.lineage.registry import Registry
from provenance_audit.lineage.relation import relate
from provenance_audit.lineage.sources import Sources
from provenance_audit.lineage.statements import resolved_statements


class LineageGraph:
    """What was stated, resolved. Built by `gather`."""

    def __init__(
        self, sources: Sources, assertions: Sequence[Assertion], registry: Registry, connection: Connection
    ) -> None:
        self._sources = sources
        self._registry = registry
        self._connection = connection
        self._names = names_of(
            sources.local, sources.manifest, sources.manifest_path, registry, named=sources.manifest_named
        )
        self._identities: dict[str, Identity] = {}
        self.assertions = resolved_statements((*assertions, *self._names.claimed), self.identify)
        self.graph = Graph(connection, self.assertions, registry)
        self.student = self._student()
        self.makers = find_makers(self.assertions, sources.makers, sources.trained_rows, self.identify)

    @property
    def unnamed_rows(self) -> int:
        """Trained rows that name no maker. The name of a column is a hint, not a statement."""
        if rows.TIERS[self._sources.makers_from] is Tier.INFERRED:
            return self._sources.trained_rows
        return sum(one.rows for one in self._sources.makers if one.value is None or not one.value.strip())

    @property
    def attributed_from_outside(self) -> tuple[Assertion, ...]:
        """The statements, outside the rows, of who generated them."""
        return generators_outside_rows(self.assertions)

    @property
    def declares_makers(self) -> bool:
        """Whether a manifest, or the command line, lists who made the rows."""
        return any(
            one.source in (manifest.SOURCE, command_line.SOURCE) for one in self.attributed_from_outside
        )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """One for each maker, worst relation first; none without a student."""
        if self.student is None:
            return ()
        order = list(Relation)
        pairs = [
            pair_of(
                maker,
                self.student,
                relate(self.graph, maker.identity, self.student),
                trained_rows=self._sources.trained_rows,
                trained_on=self._trained_on(maker),
            )
            for maker in self.makers
        ]
        return tuple(
            sorted(pairs, key=lambda pair: (order.index(pair.relation), -(pair.rows or 0), pair.maker))
        )

    @cached_property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where sources disagree: on the student, the teacher, the generation prompt, a base, a name."""
        return contradictions(
            self.assertions, self._sources.makers, self.graph, self._names.renamed, self._published
        )

    @cached_property
    def cycle(self) -> tuple[str, ...]:
        """A circle of weight edges above the student or a maker."""
        models = (self.student, *(maker.identity for maker in self.makers))
        return self.graph.cycle(one.id for one in models if one is not None and one.id is not None)

    def _models(self) -> list[str]:
        """Every model that is named: the student, the makers, and whatever documents speak of."""
        named = [self.student, *(maker.identity for maker in self.makers)]
        ids = [one.id for one in named if one is not None and one.id is not None]
        return list(
            dict.fromkeys(
                [*ids, *(one.subject for one in self.assertions if one.predicate is Predicate.BASE)]
            )
        )

    @property
    def gaps(self) -> tuple[str, ...]:
        """Repositories of the Hub in which the walks of the student and the makers end, and whose base nobody states."""
        models = (self.student, *(maker.identity for maker in self.makers))
        ids = dict.fromkeys(one.id for one in models if one is not None and one.id is not None)
        ends = dict.fromkeys(end for id in ids for end in self.graph.ends(id).dead_ends)
        return tuple(end for end in ends if end.count("/") == 1 and ":" not in end)

    def identify(self, raw: str) -> Identity:
        """What a name stands for, by the manifest, by what is on disk, and by the registry."""
        if raw not in self._identities:
            found = identify(raw, self._registry, self._names.declared)
            self._identities[raw] = replace(found, id=_from_here(found.id))
        return self._identities[raw]

    def is_published(self, maker: Maker) -> bool:
        """Whether a maker is a checkpoint as the world knows it: unmodified, so only a prompt can displace it."""
        return maker.identity.id is not None and maker.identity.id in self._registry.models

    def proof(self, raw: str) -> Proof:
        """Everything that is known of how a maker is related to the student. Raises ValueError without a student."""
        if self.student is None:
            raise ValueError("no student is named")
        return proof_of(self.graph, self.assertions, self.identify(raw), self.student)

    def effects(self, one: Contradiction) -> tuple[tuple[str, Relation], ...]:
        """What each side of a contradiction, taken alone, would make of the worst relation to the student."""
        if one.about == "student":
            students = [self.identify(stated) for stated in one.objects]
            return tuple(
                (stated, self._worst(self.graph, [maker.identity for maker in self.makers], student))
                for stated, student in zip(one.objects, students, strict=True)
            )
        if self.student is None:
            return ()
        if one.about == "teacher":
            return tuple(
                (stated, self._worst(self.graph, [self.identify(stated)], self.student))
                for stated in one.objects
            )
        if one.about == "base":
            makers = [maker.identity for maker in self.makers]
            return tuple(
                (stated, self._worst(self._without(one, stated), makers, self.student))
                for stated in one.objects
            )
        return ()

    def record(self) -> Lineage:
        """The part of the report that is about models."""
        statements = tuple(
            AssertionRecord(one.subject, one.predicate, one.object, one.object_id, int(one.tier), one.locator)
            for one in self.assertions
        )
        pairs = self.pairs
        walked = dict.fromkeys(step for pair in pairs for step in pair.path if step.grade)
        statements += tuple(
            AssertionRecord(
                step.child, Predicate.BASE, step.parent, step.parent, step.tier, f"registry: {step.source}"
            )
            for step in walked
        )
        makers = tuple(
            MakerRecord(
                one.raw, one.identity.id, one.identity.revision, one.role, one.prompt, one.rows,
                tuple(source.locator for source in one.sources),
            )
            for one in self.makers
        )  # fmt: skip
        student = self.student.pinned if self.student is not None else None
        return Lineage(
            student,
            makers,
            statements,
            pairs,
            self.graph.edges_above(self._models()),
            student_by_hearsay=self._hearsay(),
        )

    def hint(self, model: str) -> str | None:
        """The model that another is called like, where nothing better is known."""
        hints = (
            one for one in self.assertions if one.tier is Tier.INFERRED and one.predicate is Predicate.BASE
        )
        return next((one.object for one in hints if one.subject == model), None)

    def _published(self, name: str) -> str | None:
        return identify(name, self._registry).id

    def _student(self) -> Identity | None:
        """The command line names it over the manifest, the manifest over a configuration, that over what is published."""
        stated = [one for one in self.assertions if one.predicate is Predicate.STUDENT]
        order = (command_line.SOURCE, manifest.SOURCE)
        ranked = sorted(
            stated, key=lambda one: (order.index(one.source) if one.source in order else 2, one.tier)
        )
        return self.identify(ranked[0].reference) if ranked else None

    def _hearsay(self) -> str:
        """Where the student is named, if neither the user nor a tool that the user pointed at names it."""
        stated = [one for one in self.assertions if one.predicate is Predicate.STUDENT]
        vouched = any(one.named and one.tier <= Tier.DECLARED for one in stated)
        return stated[0].locator if stated and not vouched else ""

    def _worst(self, graph: Graph, makers: Sequence[Identity], student: Identity) -> Relation:
        order = list(Relation)
        found = [relate(graph, maker, student).relation for maker in makers]
        return min(found, key=order.index, default=Relation.UNDETERMINED)

    def _without(self, one: Contradiction, kept: str) -> Graph:
        """The graph as if only one of the contradicting statements had been made."""
        dropped = {
            (each.subject.casefold(), object_of(each).casefold())
            for each in one.statements
            if object_of(each) != kept
        }
        left = [
            each
            for each in self.assertions
            if each.predicate is not Predicate.BASE
            or (each.subject.casefold(), object_of(each).casefold()) not in dropped
        ]
        edges = tuple(
            edge
            for edge in self._registry.edges
            if (edge.child.casefold(), edge.parent.casefold()) not in dropped
        )
        return Graph(self._connection, left, replace(self._registry, edges=edges), table="lineage_edge_if")

    def _trained_on(self, maker: Maker) -> str:
        stated = (one for one in self.assertions if one.predicate is Predicate.TRAINED_ON)
        return ", ".join(one.object for one in stated if self.identify(one.subject).id == maker.identity.id)


def _from_here(id: str | None) -> str | None:
    """A place on disk as seen from the working directory, so that a finding about it is the same on every machine."""
    if id is None or not id.startswith("file:/"):
        return id
    here, place = Path.cwd().resolve(), Path(id.removeprefix("file:"))
    return f"file:{place.relative_to(here).as_posix()}" if place.is_relative_to(here) else id
