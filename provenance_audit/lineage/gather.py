"""The door of the wing: every source in, one `LineageGraph` out, in which each maker is related to the student."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provenance_audit.database import Connection
from provenance_audit.findings import AssertionRecord, Lineage, MakerRecord, Pair, Relation
from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier
from provenance_audit.lineage.graph import Graph, Resolution
from provenance_audit.lineage.identity import Identity, fine_tune_base, identify
from provenance_audit.lineage.manifest import NO_PROMPT, Manifest
from provenance_audit.lineage.readers import command_line, footer, manifest, rows
from provenance_audit.lineage.registry import Registry, load

UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class RowMaker:
    """One value of the maker column (None: rows that name none), its rows, and the system prompts they carry.

    prompts: the SHA-256 of the system turn -> rows; None for rows without one.
    """

    value: str | None
    rows: int
    prompts: tuple[tuple[str | None, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that may state something about models."""

    student: str | None = None
    teachers: tuple[str, ...] = ()
    teacher_prompt: str | None = None
    manifest: Manifest | None = None
    manifest_path: str = ""
    manifest_named: bool = False
    footers: tuple[tuple[str, str, str], ...] = ()
    makers: tuple[RowMaker, ...] = ()
    maker_column: str = ""
    trained_rows: int = 0


@dataclass(frozen=True, slots=True)
class Maker:
    """One model and what it did to which rows. `prompt`: none, sha256:…, unrecorded, or how many were recorded.

    prompt_counts: whether a `none` may lower a severity. rows: None where rows cannot be told apart.
    """

    raw: str
    identity: Identity
    role: Role
    prompt: str
    prompt_counts: bool
    rows: int | None
    sources: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources that disagree: declared beside found, and what it is about."""

    about: str
    subject: str
    statements: tuple[Assertion, ...]


class LineageGraph:
    """What was stated, resolved. Built by `gather`."""

    def __init__(
        self, sources: Sources, assertions: Sequence[Assertion], registry: Registry, connection: Connection
    ) -> None:
        self._sources = sources
        self._names = sources.manifest.declared_names() if sources.manifest is not None else {}
        self._registry = registry
        self.assertions = tuple(self._normalised(one) for one in assertions)
        self.assertions += tuple(self._inside_ids())
        self.graph = Graph(connection, self.assertions, registry)
        self.student = self._student()
        self.makers = self._makers()
        self.resolutions = self._resolve()

    @property
    def unnamed_rows(self) -> int:
        """Trained rows that name no maker."""
        return sum(one.rows for one in self._sources.makers if one.value is None or not one.value.strip())

    @property
    def attributed_from_outside(self) -> tuple[Assertion, ...]:
        """The statements, outside the rows, of who generated them."""
        return tuple(
            one
            for one in self.assertions
            if one.predicate is Predicate.MAKER and one.role is Role.GENERATOR and one.source != rows.SOURCE
        )

    @property
    def declares_makers(self) -> bool:
        """Whether a manifest, or the command line, lists who made the rows."""
        return any(
            one.source in (manifest.SOURCE, command_line.SOURCE) for one in self.attributed_from_outside
        )

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """One row for each maker, human ones left out, worst relation first."""
        if self.student is None:
            return ()
        pairs = [self._pair(maker, resolution) for maker, resolution in self.resolutions]
        order = list(Relation)
        return tuple(
            sorted(pairs, key=lambda pair: (order.index(pair.relation), -(pair.rows or 0), pair.maker))
        )

    def is_published(self, maker: Maker) -> bool:
        """Whether a maker is a checkpoint as the world knows it: unmodified, so only a prompt can displace it."""
        return maker.identity.id is not None and maker.identity.id in self._registry.models

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where sources disagree: on the student, on a base, on the teacher, on the generation prompt."""
        found = [
            self._differing("student", Predicate.STUDENT, "training"),
            self._teachers_differ(),
            self._prompts_differ(),
            *self._bases_differ(),
        ]
        return tuple(one for one in found if one is not None)

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

    # --- reading statements -----------------------------------------------------------------------------------------

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
        """The command line names it over the manifest, the manifest over what is merely published."""
        for source in (command_line.SOURCE, manifest.SOURCE, footer.SOURCE):
            for one in self.assertions:
                if one.predicate is Predicate.STUDENT and one.source == source:
                    return self._identify(one.object)
        return None

    def _makers(self) -> tuple[Maker, ...]:
        makers: dict[tuple[str, Role], Maker] = {}
        by_value = {one.value: one for one in self._sources.makers if one.value is not None}
        rows_name_makers = bool(by_value)
        generators = {(self._identify(one.object).pinned) for one in self.attributed_from_outside}
        for one in self.assertions:
            if one.predicate is not Predicate.MAKER or one.role is None or one.role is Role.HUMAN:
                continue
            identity = self._identify(one.object)
            key = (identity.pinned.casefold(), one.role)
            known = makers.get(key)
            in_rows = by_value.get(one.object) if one.source == rows.SOURCE else None
            count = in_rows.rows if in_rows is not None else None
            if count is None and one.role is Role.GENERATOR and not rows_name_makers and len(generators) == 1:
                count = self._sources.trained_rows
            if known is not None:
                total = None if known.rows is None and count is None else (known.rows or 0) + (count or 0)
                if one.source != rows.SOURCE or not rows_name_makers:
                    total = known.rows if known.rows is not None else count
                makers[key] = replace(known, rows=total, sources=(*known.sources, one))
                continue
            prompt, counts = self._prompt(identity, one, in_rows)
            makers[key] = Maker(one.object, identity, one.role, prompt, counts, count, (one,))
        return tuple(makers.values())

    def _prompt(self, identity: Identity, stated: Assertion, in_rows: RowMaker | None) -> tuple[str, bool]:
        """The generation prompt of a maker, and whether a `none` may lower a severity."""
        if stated.role is Role.GENERATOR:
            recorded = self._prompt_in_rows(in_rows)
            if recorded is not None:
                return recorded
        for one in self.assertions:
            if one.predicate is not Predicate.SYSTEM_PROMPT:
                continue
            about_rows = one.subject == "dataset" and stated.role is Role.GENERATOR
            if about_rows or (one.subject != "dataset" and self._identify(one.subject).id == identity.id):
                return one.object, one.named and one.tier <= Tier.DECLARED
        return UNRECORDED, False

    def _prompt_in_rows(self, in_rows: RowMaker | None) -> tuple[str, bool] | None:
        """System turns in the rows. A NULL means none only where other rows hold one; then it is self-declared."""
        everywhere = [prompt for one in self._sources.makers for prompt in one.prompts]
        here = list(in_rows.prompts) if in_rows is not None else everywhere
        digests = dict.fromkeys(digest for digest, _ in here if digest is not None)
        if len(digests) == 1:
            return f"sha256:{next(iter(digests))}", False
        if digests:
            return f"{len(digests)} different prompts", False
        if any(digest is not None for digest, _ in everywhere):
            return NO_PROMPT, False
        return None

    # --- relating -----------------------------------------------------------------------------------------------------

    def _resolve(self) -> tuple[tuple[Maker, Resolution], ...]:
        if self.student is None:
            return ()
        return tuple((maker, self.graph.resolve(maker.identity, self.student)) for maker in self.makers)

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
            confidence=resolution.confidence,
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

    # --- disagreement ---------------------------------------------------------------------------------------------------

    def _differing(self, about: str, predicate: Predicate, subject: str) -> Contradiction | None:
        stated = [one for one in self.assertions if one.predicate is predicate and one.subject == subject]
        ids = {(one.object_id or one.object).casefold() for one in stated}
        return Contradiction(about, subject, tuple(stated)) if len(ids) > 1 else None

    def _teachers_differ(self) -> Contradiction | None:
        told = [one for one in self.attributed_from_outside if one.source == command_line.SOURCE]
        others = [one for one in self.attributed_from_outside if one.source != command_line.SOURCE]
        ids = {(one.object_id or one.object).casefold() for one in others}
        strangers = [one for one in told if (one.object_id or one.object).casefold() not in ids]
        return Contradiction("teacher", "dataset", (*strangers, *others)) if strangers and others else None

    def _prompts_differ(self) -> Contradiction | None:
        """A stated `none` beside system turns in the rows."""
        stated = [
            one
            for one in self.assertions
            if one.predicate is Predicate.SYSTEM_PROMPT
            and one.subject == "dataset"
            and one.object == NO_PROMPT
        ]
        digests = {digest for one in self._sources.makers for digest, _ in one.prompts if digest is not None}
        if not stated or not digests:
            return None
        found = f"sha256:{min(digests)}" if len(digests) == 1 else f"{len(digests)} different system turns"
        seen = Assertion(
            "dataset",
            Predicate.SYSTEM_PROMPT,
            found,
            None,
            Tier.PUBLISHED,
            rows.SOURCE,
            "system turns in the rows",
        )
        return Contradiction("generation prompt", "dataset", (*stated, seen))

    def _bases_differ(self) -> list[Contradiction]:
        """Two sources that name different parents, neither of which is an ancestor of the other."""
        stated: dict[str, list[Assertion]] = {}
        for one in self.assertions:
            if one.predicate is Predicate.BASE:
                stated.setdefault(one.subject.casefold(), []).append(one)
        for edge in self._registry.edges:
            if edge.child.casefold() in stated:
                stated[edge.child.casefold()].append(
                    Assertion(
                        edge.child, Predicate.BASE, edge.parent, edge.parent, Tier.PUBLISHED, "registry", edge.source,
                        relation=edge.relation, grade=edge.grade,
                    )
                )  # fmt: skip
        found = []
        for assertions in stated.values():
            by_source: dict[str, list[Assertion]] = {}
            for one in assertions:
                by_source.setdefault(one.source, []).append(one)
            clash = [
                (one, other)
                for source, mine in by_source.items()
                for one in mine
                for another, theirs in by_source.items()
                if source < another
                for other in theirs
                if not self._compatible(one, theirs) and not self._compatible(other, mine)
            ]
            if clash:
                both = tuple(dict.fromkeys(one for pair in clash for one in pair))
                found.append(Contradiction("base", assertions[0].subject, both))
        return found

    def _compatible(self, one: Assertion, others: Sequence[Assertion]) -> bool:
        mine = one.object_id or one.object
        return any(
            self.graph.is_ancestor(mine, other.object_id or other.object)
            or self.graph.is_ancestor(other.object_id or other.object, mine)
            for other in others
        )


def gather(sources: Sources, connection: Connection, registry: Registry | None = None) -> LineageGraph:
    """Read every source and relate each maker to the student. Never stops early: it collects, then resolves."""
    statements = [*command_line.read(sources.student, sources.teachers, sources.teacher_prompt)]
    if sources.manifest is not None:
        statements += manifest.read(sources.manifest, sources.manifest_path, named=sources.manifest_named)
    statements += footer.read(sources.footers)
    statements += rows.read(((one.value, one.rows) for one in sources.makers), sources.maker_column)
    return LineageGraph(sources, statements, registry if registry is not None else load(), connection)
