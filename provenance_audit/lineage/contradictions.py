"""Where sources disagree: on the student, on the teacher, on the generation prompt, on what a model's weights came from.

No winner is picked. Every stated edge counts, so a declaration can add risk and never remove it; what each side of a
contradiction would mean for the verdict is said beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provenance_audit.lineage.assertion import Assertion, Predicate, Tier
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.makers import RowMaker, generators_outside_rows
from provenance_audit.lineage.readers import command_line, rows
from provenance_audit.lineage.registry import Registry

REGISTRY = "registry"
SEVERAL = "different system turns"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources that disagree, and what it is about. statements: the best-placed first, each with tier and locator."""

    about: str
    subject: str
    statements: tuple[Assertion, ...]

    @property
    def objects(self) -> tuple[str, ...]:
        """What is stated, each once, the best-placed first."""
        return tuple(dict.fromkeys(object_of(one) for one in self.statements))

    @property
    def stated(self) -> frozenset[str]:
        """The same without counts: several system turns are several, however many."""
        return frozenset(SEVERAL if one.endswith(SEVERAL) else one.casefold() for one in self.objects)


def contradictions(
    assertions: Sequence[Assertion],
    in_rows: Sequence[RowMaker],
    graph: Graph,
    renamed: Mapping[str, str],
    known_as: Callable[[str], str | None],
) -> tuple[Contradiction, ...]:
    """Every disagreement, each with the statements that make it.

    renamed: names that the manifest gives to another model than the registry does (`known_as`).
    """
    found = (
        *_students_differ(assertions),
        *_teachers_differ(assertions),
        *_prompts_differ(assertions, in_rows),
        *_bases_differ(assertions, graph),
        *_names_differ(renamed, known_as),
        *_rows_differ(graph.registry),
    )
    return tuple(
        Contradiction(one.about, one.subject, tuple(sorted(one.statements, key=lambda each: each.tier)))
        for one in found
    )


def object_of(one: Assertion) -> str:
    """What is stated: the normalised id where there is one."""
    return one.object_id or one.object


def _students_differ(assertions: Sequence[Assertion]) -> Iterator[Contradiction]:
    stated = tuple(one for one in assertions if one.predicate is Predicate.STUDENT)
    if len({object_of(one).casefold() for one in stated}) > 1:
        yield Contradiction("student", "training", stated)


def _teachers_differ(assertions: Sequence[Assertion]) -> Iterator[Contradiction]:
    """A teacher on the command line that another source does not name."""
    stated = generators_outside_rows(assertions)
    others = [one for one in stated if one.source != command_line.SOURCE]
    known = {object_of(one).casefold() for one in others}
    strangers = [
        one for one in stated if one.source == command_line.SOURCE and object_of(one).casefold() not in known
    ]
    if strangers and others:
        yield Contradiction("teacher", "dataset", (*strangers, *others))


def _prompts_differ(assertions: Sequence[Assertion], in_rows: Sequence[RowMaker]) -> Iterator[Contradiction]:
    """A stated prompt, or a stated `none`, beside system turns in the rows that are not it."""
    stated = [
        one for one in assertions if one.predicate is Predicate.SYSTEM_PROMPT and one.subject == "dataset"
    ]
    digests = {f"sha256:{digest}" for one in in_rows for digest, _ in one.prompts if digest is not None}
    strangers = [one for one in stated if digests and one.object not in digests]
    if strangers:
        found = min(digests) if len(digests) == 1 else f"{len(digests)} {SEVERAL}"
        seen = Assertion(
            "dataset", Predicate.SYSTEM_PROMPT, found, None, Tier.PUBLISHED, rows.SOURCE, "system turns in the rows"
        )  # fmt: skip
        yield Contradiction("generation prompt", "dataset", (*strangers, seen))
    elif len({one.object for one in stated}) > 1:
        yield Contradiction("generation prompt", "dataset", tuple(stated))


def _bases_differ(assertions: Sequence[Assertion], graph: Graph) -> Iterator[Contradiction]:
    """Two sources that name different parents of one model, neither of which is an ancestor of the other."""
    for by_source in _parents(assertions, graph.registry).values():
        clash: dict[Assertion, None] = {}
        sources = sorted(by_source)
        for number, source in enumerate(sources):
            for other in sources[number + 1 :]:
                mine, theirs = by_source[source], by_source[other]
                strange = [one for one in mine if not _compatible(one, theirs, graph)]
                stranger = [one for one in theirs if not _compatible(one, mine, graph)]
                if strange and stranger:
                    clash.update(dict.fromkeys([*strange, *stranger]))
        if clash:
            yield Contradiction("base", next(iter(clash)).subject, tuple(clash))


def _parents(assertions: Sequence[Assertion], registry: Registry) -> dict[str, dict[str, list[Assertion]]]:
    """By model and source, what is called its parent; the registry is a source."""
    stated: dict[str, dict[str, list[Assertion]]] = {}
    for one in assertions:
        if one.predicate is Predicate.BASE and one.tier < Tier.INFERRED:
            stated.setdefault(one.subject.casefold(), {}).setdefault(one.source, []).append(one)
    for edge in registry.edges:
        if edge.child.casefold() in stated:
            stated[edge.child.casefold()].setdefault(REGISTRY, []).append(
                Assertion(
                    edge.child, Predicate.BASE, edge.parent, edge.parent, Tier.PUBLISHED, REGISTRY,
                    f"registry: {edge.source}", relation=edge.relation, grade=edge.grade,
                )
            )  # fmt: skip
    return {model: by_source for model, by_source in stated.items() if len(by_source) > 1}


def _compatible(one: Assertion, others: Sequence[Assertion], graph: Graph) -> bool:
    mine = object_of(one)
    return any(
        graph.is_ancestor(mine, object_of(other)) or graph.is_ancestor(object_of(other), mine)
        for other in others
    )


def _names_differ(
    renamed: Mapping[str, str], known_as: Callable[[str], str | None]
) -> Iterator[Contradiction]:
    """A manifest that gives the name of one published model to another: the name keeps its meaning."""
    for name, target in renamed.items():
        known = known_as(name) or ""
        yield Contradiction(
            "name",
            name,
            (
                Assertion(name, Predicate.ALIAS, target, target, Tier.DECLARED, "manifest", "the manifest: models"),
                Assertion(name, Predicate.ALIAS, known, known, Tier.PUBLISHED, REGISTRY, "registry"),
            ),
        )  # fmt: skip


def _rows_differ(registry: Registry) -> Iterator[Contradiction]:
    """A user's row of the registry that contradicts a shipped one."""
    for one in registry.disagreements:
        yield Contradiction(
            "registry",
            one.locator,
            (
                Assertion(
                    one.locator,
                    Predicate.BASE,
                    one.theirs,
                    None,
                    Tier.DECLARED,
                    "user's registry",
                    one.locator,
                ),
                Assertion(
                    one.locator, Predicate.BASE, one.shipped, None, Tier.PUBLISHED, REGISTRY, "registry"
                ),
            ),
        )
