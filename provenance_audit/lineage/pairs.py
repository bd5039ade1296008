"""One maker beside the student: how they are related, by what path, and what separates the maker from the shared base."""

from __future__ import annotations

from provenance_audit.findings import Confidence, Pair, Relation
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.makers import UNRECORDED, Maker
from provenance_audit.lineage.manifest import NO_PROMPT
from provenance_audit.lineage.relation import Resolution


def pair_of(
    maker: Maker, student: Identity, resolution: Resolution, *, trained_rows: int, trained_on: str
) -> Pair:
    """A maker beside the student. trained_rows: of the whole dataset. trained_on: the data that the maker was tuned on."""
    mine, theirs = resolution.maker_walk, resolution.student_walk
    path = (*(mine.steps if mine else ()), *(theirs.steps if theirs else ()))
    share = maker.rows / trained_rows if maker.rows is not None and trained_rows else None
    return Pair(
        maker=maker.identity.id or maker.raw,
        revision=maker.identity.revision,
        role=maker.role,
        student=student.pinned,
        relation=resolution.relation,
        common_ancestor=resolution.common_ancestor,
        path=path,
        depths=(len(mine.steps), len(theirs.steps))
        if resolution.common_ancestor and mine and theirs
        else None,
        displacement=_displacement(maker, resolution, trained_on),
        prompt=maker.prompt,
        prompt_counts=maker.prompt_counts,
        rows=maker.rows,
        share=share,
        confidence=Confidence.LOW if maker.inferred else resolution.confidence,
        evidence=resolution.evidence,
        missing=resolution.missing,
    )


def _displacement(maker: Maker, resolution: Resolution, trained_on: str) -> str:
    """What separates the maker from the common ancestor: what could be passed on."""
    parts = []
    walk = resolution.maker_walk
    if resolution.relation in (Relation.UNDETERMINED, Relation.NO_KNOWN_RELATION):
        return "not applicable: no common ancestor is known"
    if walk is not None and not walk.copies_only:
        relations = dict.fromkeys(step.relation.replace("_", " ") for step in walk.steps)
        parts.append(" + ".join(relations) + (f" (on {trained_on})" if trained_on else ""))
    if maker.prompt == UNRECORDED:
        parts.append("generation prompt unrecorded")
    elif maker.prompt != NO_PROMPT:
        parts.append(f"prompt {maker.prompt}")
    elif not maker.prompt_counts:
        parts.append("no prompt, self-declared")
    return " + ".join(parts) or "none"
