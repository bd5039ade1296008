"""The door of the wing: every source in, one `LineageGraph` out, in which each maker is related to the student."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from provenance_audit.database import Connection
from provenance_audit.findings import AssertionRecord, Confidence, Lineage, MakerRecord, Pair, Relation
from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier
from provenance_audit.lineage.contradictions import Contradiction, contradictions
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import Identity, fine_tune_base, identify
from provenance_audit.lineage.makers import UNRECORDED, Maker, RowMaker, find_makers, generators_outside_rows
from provenance_audit.lineage.manifest import NO_PROMPT, Manifest
from provenance_audit.lineage.readers import command_line, file_names, footer, manifest, rows
from provenance_audit.lineage.registry import Registry, load
from provenance_audit.lineage.relation import Resolution, relate


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that may state something about models. documents: what files say. local: names that are places on disk."""

    student: str | None = None
    teachers: tuple[str, ...] = ()
    teacher_prompt: str | None = None
    manifest: Manifest | None = None
    manifest_path: str = ""
    manifest_named: bool = False
    footers: tuple[tuple[str, str, str], ...] = ()
    makers: tuple[RowMaker, ...] = ()
    maker_column: str = ""
    makers_from: str = "column"
    selectors: tuple[tuple[str, str, str, int], ...] = ()
    files: tuple[str, ...] = ()
    documents: tuple[Assertion, ...] = ()
    local: tuple[str, ...] = ()
    trained_rows: int = 0


class LineageGraph:
    """What was stated, resolved. Built by `gather`."""

    def __init__(
        self, sources: Sources, assertions: Sequence[Assertion], registry: Registry, connection: Connection
    ) -> None:
        self._sources = sources
        self._names = {name.casefold(): f"file:{Path(name).resolve()}" for name in sources.local}
        self._names |= sources.manifest.declared_names() if sources.manifest is not None else {}
        self._registry = registry
        self.assertions = tuple(self._normalised(one) for one in assertions)
        self.assertions += tuple(self._inside_ids())
        self.graph = Graph(connection, self.assertions, registry)
        self.student = self._student()
        self.makers = find_makers(self.assertions, sources.makers, sources.trained_rows, self._identify)

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
        pairs = [self._pair(maker, relate(self.graph, maker.identity, self.student)) for maker in self.makers]
        return tuple(
            sorted(pairs, key=lambda pair: (order.index(pair.relation), -(pair.rows or 0), pair.maker))
        )

    def is_published(self, maker: Maker) -> bool:
        """Whether a maker is a checkpoint as the world knows it: unmodified, so only a prompt can displace it."""
        return maker.identity.id is not None and maker.identity.id in self._registry.models

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where sources disagree: on the student, on the teacher, on the generation prompt, on a base."""
        return contradictions(self.assertions, self._sources.makers, self.graph, self._registry)

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
        return Lineage(self.student.pinned if self.student is not None else None, makers, statements, pairs)

    def _identify(self, raw: str) -> Identity:
        return identify(raw, self._registry, self._names)

    def _normalised(self, one: Assertion) -> Assertion:
        if one.predicate in (Predicate.SYSTEM_PROMPT, Predicate.DATASET, Predicate.TRAINED_ON):
            return one
        subject = one.subject
        if one.predicate in (Predicate.BASE, Predicate.ROOT, Predicate.EQUIVALENT):
            subject = self._identify(subject).id or subject
        return replace(one, subject=subject, object_id=self._identify(one.object).id)

    def _inside_ids(self) -> list[Assertion]:
        """`ft:<base>:…` ids, written by the service, name the base they were tuned from: tier 2."""
        found: dict[str, Assertion] = {}
        for one in self.assertions:
            base = fine_tune_base(one.object_id) if one.object_id is not None else None
            if base is not None and one.object_id is not None and one.object_id not in found:
                found[one.object_id] = Assertion(
                    one.object_id,
                    Predicate.BASE,
                    base,
                    self._identify(base).id,
                    Tier.WRITTEN_BY_TOOL,
                    "model id",
                    f"{one.locator} (inside the id)",
                )
        return list(found.values())

    def _student(self) -> Identity | None:
        """The command line names it over the manifest, the manifest over a configuration, that over what is published."""
        stated = [one for one in self.assertions if one.predicate is Predicate.STUDENT]
        order = (command_line.SOURCE, manifest.SOURCE)
        ranked = sorted(
            stated, key=lambda one: (order.index(one.source) if one.source in order else 2, one.tier)
        )
        return self._identify(ranked[0].object) if ranked else None

    def _pair(self, maker: Maker, resolution: Resolution) -> Pair:
        assert self.student is not None
        mine, theirs = resolution.maker_walk, resolution.student_walk
        path = (*(mine.steps if mine else ()), *(theirs.steps if theirs else ()))
        share = (
            maker.rows / self._sources.trained_rows
            if maker.rows is not None and self._sources.trained_rows
            else None
        )
        return Pair(
            maker=maker.identity.id or maker.raw,
            revision=maker.identity.revision,
            role=maker.role,
            student=self.student.pinned,
            relation=resolution.relation,
            common_ancestor=resolution.common_ancestor,
            path=path,
            depths=(len(mine.steps), len(theirs.steps))
            if resolution.common_ancestor and mine and theirs
            else None,
            displacement=self._displacement(maker, resolution),
            prompt=maker.prompt,
            prompt_counts=maker.prompt_counts,
            rows=maker.rows,
            share=share,
            confidence=Confidence.LOW if maker.inferred else resolution.confidence,
            evidence=resolution.evidence,
            missing=resolution.missing,
        )

    def _displacement(self, maker: Maker, resolution: Resolution) -> str:
        """What separates the maker from the common ancestor: what could be passed on."""
        parts = []
        walk = resolution.maker_walk
        if resolution.relation in (Relation.UNDETERMINED, Relation.NO_KNOWN_RELATION):
            return "not applicable: no common ancestor is known"
        if walk is not None and not walk.copies_only:
            relations = dict.fromkeys(step.relation.replace("_", " ") for step in walk.steps)
            trained = self._trained_on(maker)
            parts.append(" + ".join(relations) + (f" (on {trained})" if trained else ""))
        if maker.prompt == UNRECORDED:
            parts.append("generation prompt unrecorded")
        elif maker.prompt != NO_PROMPT:
            parts.append(f"prompt {maker.prompt}")
        elif not maker.prompt_counts:
            parts.append("no prompt, self-declared")
        return " + ".join(parts) or "none"

    def _trained_on(self, maker: Maker) -> str:
        stated = (one for one in self.assertions if one.predicate is Predicate.TRAINED_ON)
        return ", ".join(one.object for one in stated if self._identify(one.subject).id == maker.identity.id)


def gather(sources: Sources, connection: Connection, registry: Registry | None = None) -> LineageGraph:
    """Read every source and relate each maker to the student. Never stops early: it collects, then resolves."""
    statements = [*command_line.read(sources.student, sources.teachers, sources.teacher_prompt)]
    if sources.manifest is not None:
        statements += manifest.read(sources.manifest, sources.manifest_path, named=sources.manifest_named)
    statements += sources.documents
    statements += footer.read(sources.footers)
    statements += rows.read(
        ((one.value, one.rows) for one in sources.makers),
        sources.maker_column,
        sources.makers_from,
        sources.selectors,
    )
    registry = registry if registry is not None else load()
    if not any(one.predicate is Predicate.MAKER and one.role is Role.GENERATOR for one in statements):
        statements += file_names.read(sources.files, registry)
    return LineageGraph(sources, statements, registry, connection)
