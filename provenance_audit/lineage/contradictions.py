"""Where sources disagree: on the student, on the teacher, on the generation prompt, on a base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance_audit.lineage.assertion import Assertion, Predicate, Tier
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.makers import RowMaker, generators_outside_rows
from provenance_audit.lineage.manifest import NO_PROMPT
from provenance_audit.lineage.readers import command_line, rows
from provenance_audit.lineage.registry import Registry


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources that disagree: declared beside found, and what it is about."""

    about: str
    subject: str
    statements: tuple[Assertion, ...]


def contradictions(
    assertions: Sequence[Assertion], in_rows: Sequence[RowMaker], graph: Graph, registry: Registry
) -> tuple[Contradiction, ...]:
    """Every disagreement, each with the statements that make it."""
    return (
        *_students_differ(assertions),
        *_teachers_differ(assertions),
        *_prompts_differ(assertions, in_rows),
        *_bases_differ(assertions, graph, registry),
    )


def _object_of(one: Assertion) -> str:
    return one.object_id or one.object


def _students_differ(assertions: Sequence[Assertion]) -> Iterator[Contradiction]:
    stated = tuple(one for one in assertions if one.predicate is Predicate.STUDENT)
    if len({_object_of(one).casefold() for one in stated}) > 1:
        yield Contradiction("student", "training", stated)


def _teachers_differ(assertions: Sequence[Assertion]) -> Iterator[Contradiction]:
    """A teacher on the command line that another source does not name."""
    stated = generators_outside_rows(assertions)
    others = [one for one in stated if one.source != command_line.SOURCE]
    known = {_object_of(one).casefold() for one in others}
    strangers = [
        one for one in stated if one.source == command_line.SOURCE and _object_of(one).casefold() not in known
    ]
    if strangers and others:
        yield Contradiction("teacher", "dataset", (*strangers, *others))


def _prompts_differ(assertions: Sequence[Assertion], in_rows: Sequence[RowMaker]) -> Iterator[Contradiction]:
    """A stated `none` beside system turns in the rows."""
    stated = [
        one
        for one in assertions
        if one.predicate is Predicate.SYSTEM_PROMPT and one.subject == "dataset" and one.object == NO_PROMPT
    ]
    digests = {digest for one in in_rows for digest, _ in one.prompts if digest is not None}
    if stated and digests:
        found = f"sha256:{min(digests)}" if len(digests) == 1 else f"{len(digests)} different system turns"
        seen = Assertion(
            "dataset", Predicate.SYSTEM_PROMPT, found, None, Tier.PUBLISHED, rows.SOURCE, "system turns in the rows"
        )  # fmt: skip
        yield Contradiction("generation prompt", "dataset", (*stated, seen))


def _bases_differ(
    assertions: Sequence[Assertion], graph: Graph, registry: Registry
) -> Iterator[Contradiction]:
    """Two sources that name different parents of one model, neither of which is an ancestor of the other."""
    for stated in _parents(assertions, registry).values():
        clash = [
            (one, other)
            for one in stated
            for other in stated
            if one.source < other.source
            and not _compatible(one, [each for each in stated if each.source == other.source], graph)
            and not _compatible(other, [each for each in stated if each.source == one.source], graph)
        ]
        if clash:
            both = tuple(dict.fromkeys(one for pair in clash for one in pair))
            yield Contradiction("base", stated[0].subject, both)


def _parents(assertions: Sequence[Assertion], registry: Registry) -> dict[str, list[Assertion]]:
    """By model, what sources and the registry call its parent."""
    stated: dict[str, list[Assertion]] = {}
    for one in assertions:
        if one.predicate is Predicate.BASE:
            stated.setdefault(one.subject.casefold(), []).append(one)
    for edge in registry.edges:
        if edge.child.casefold() in stated:
            stated[edge.child.casefold()].append(
                Assertion(
                    edge.child, Predicate.BASE, edge.parent, edge.parent, Tier.PUBLISHED, "registry", edge.source,
                    relation=edge.relation, grade=edge.grade,
                )
            )  # fmt: skip
    return stated


def _compatible(one: Assertion, others: Sequence[Assertion], graph: Graph) -> bool:
    mine = _object_of(one)
    return any(
        graph.is_ancestor(mine, _object_of(other)) or graph.is_ancestor(_object_of(other), mine)
        for other in others
    )
