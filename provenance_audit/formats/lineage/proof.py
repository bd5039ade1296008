"""`paudit lineage why`: how a maker is related to a student, with every way and every statement that proves it."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import Proof, Relation, Step, Way
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.lines import Line, labelled, written
from provenance_audit.formats.words import TIER_WORDS

WAYS_AT_MOST = 8


def render(proof: Proof, look: Look) -> str:
    """The relation first, then each way up to a common ancestor, then what would settle what is open."""
    return written(list(_lines(proof, look)), look)


def _lines(proof: Proof, look: Look) -> Iterator[Line]:
    open_ = proof.relation in (Relation.UNDETERMINED, Relation.NO_KNOWN_RELATION)
    sure = "" if open_ else f"   confidence {proof.confidence}"
    yield [(str(proof.relation), "bold"), (sure, "")]
    yield from labelled("maker", for_terminal(proof.maker), look)
    yield from labelled("student", for_terminal(proof.student), look)
    for how in dict.fromkeys(proof.how):
        yield from labelled("", for_terminal(how), look)
    yield []
    for number, way in enumerate(proof.ways[:WAYS_AT_MOST], 1):
        yield from _way(number, way, proof, look)
    if len(proof.ways) > WAYS_AT_MOST:
        yield [(f"and {len(proof.ways) - WAYS_AT_MOST:,} more ways", "")]
        yield []
    if open_:
        yield from labelled("because", for_terminal(proof.evidence), look)
        for model, roots in proof.ends:
            yield from labelled(
                "", for_terminal(f"{model}: {', '.join(roots) or 'no documented root'}"), look
            )
    if proof.relation is Relation.NO_KNOWN_RELATION:
        yield from labelled(
            "", "no shared base is documented; transfer across bases has been reported all the same", look
        )
    if proof.missing:
        yield from labelled("to settle", for_terminal(proof.missing), look)


def _way(number: int, way: Way, proof: Proof, look: Look) -> Iterator[Line]:
    place = for_terminal(way.common_ancestor) if way.common_ancestor else "an equivalence"
    yield [
        (f"{number}. {way.relation} by way of {place}", "bold"),
        (
            f"   confidence {way.confidence}; {len(way.up)} up from the maker, {len(way.down)} from the student",
            "",
        ),
    ]
    for steps, who in ((way.up, "maker"), (way.down, "student")):
        if not steps and way.common_ancestor is not None:
            yield from labelled(who, "is it", look)
        for step in steps:
            yield from labelled(who, for_terminal(f"{step.child} <- {step.relation} of {step.parent}"), look)
            yield from _witnesses(step, proof, look)
    if way.common_ancestor is None:
        yield from labelled("stated", for_terminal(way.evidence), look)
    yield []


def _witnesses(step: Step, proof: Proof, look: Look) -> Iterator[Line]:
    statements, origins = proof.witnesses[step.child, step.parent]
    for one in statements:
        graded = f", {one.grade}" if one.grade else ""
        relation = "" if one.relation == step.relation else f" (as {one.relation})"
        text = f"  {TIER_WORDS[one.tier]}, tier {one.tier}{graded}{relation}: {one.source}"
        yield from labelled("", for_terminal(text), look)
    if len(statements) > 1:
        word = "source" if origins == 1 else "sources"
        yield from labelled("", f"  {len(statements)} statements, {origins} independent {word}", look)
