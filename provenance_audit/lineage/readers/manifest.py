"""What the lineage manifest says: tier 3. `named` when the user pointed at it, not when it merely lay beside the data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier, WeightRelation
from provenance_audit.lineage.manifest import NO_PROMPT, Generation, Manifest, Model

SOURCE = "manifest"


def read(manifest: Manifest, path: str, *, named: bool) -> Iterator[Assertion]:
    """Every statement of a manifest, with the JSON pointer where it stands."""

    def state(subject: str, predicate: Predicate, object: str, pointer: str, **more: Any) -> Assertion:
        return Assertion(
            subject, predicate, object, None, Tier.DECLARED, SOURCE, f"{path}:{pointer}", named=named, **more
        )

    if isinstance(manifest.student, str):
        yield state("training", Predicate.STUDENT, manifest.student, "/student")
    elif manifest.student is not None:
        student = manifest.student.id or "student"
        pinned = f"{student}@{manifest.student.revision}" if manifest.student.revision else student
        yield state("training", Predicate.STUDENT, pinned, "/student/id")
        yield from _model(manifest.student, student, "/student", state)
    if manifest.teacher is not None:
        yield state("dataset", Predicate.MAKER, manifest.teacher, "/teacher", role=Role.GENERATOR)
    if manifest.system_prompt is not None:
        prompt = prompt_digest(manifest.system_prompt)
        yield state(manifest.teacher or "dataset", Predicate.SYSTEM_PROMPT, prompt, "/system_prompt")
    for key, model in manifest.models.items():
        yield from _model(model, model.id or key, f"/models/{_pointer(key)}", state)
    for number, generation in enumerate(manifest.generations):
        pointer = f"/generations/{number}"
        some = generation.select != "all"
        place = f"{pointer}/model"
        yield state("dataset", Predicate.MAKER, generation.model, place, role=generation.role, some_rows=some)
        prompt_of = _prompt_of(generation)
        if prompt_of is not None:
            yield state(generation.model, Predicate.SYSTEM_PROMPT, prompt_of, f"{pointer}/system_prompt")
    for number, step in enumerate(manifest.filters):
        if step.model is not None:
            # What selects rows shapes them: a filter model is a maker.
            yield state("dataset", Predicate.MAKER, step.model, f"/filters/{number}/model", role=Role.RANKER)
    if manifest.dataset is not None:
        for number, source in enumerate(manifest.dataset.sources):
            yield state("dataset", Predicate.DATASET, source, f"/dataset/sources/{number}")


def prompt_digest(text: str) -> str:
    """`none`, or the SHA-256 of a system prompt; one given as a digest stays as it is."""
    if text == NO_PROMPT or text.startswith("sha256:"):
        return text.lower()
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _pointer(key: str) -> str:
    """A key as a JSON pointer writes it (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _model(model: Model, id: str, pointer: str, state: Any) -> Iterator[Assertion]:
    for number, parent in enumerate(model.base):
        base = f"{parent.id}@{parent.revision}" if parent.revision else parent.id
        relation = parent.relation
        yield state(id, Predicate.BASE, base, f"{pointer}/base/{number}", relation=WeightRelation(relation))
    if model.is_root:
        yield state(id, Predicate.ROOT, id, f"{pointer}/is_root")
    for number, other in enumerate(model.equivalent_to):
        yield state(id, Predicate.EQUIVALENT, other, f"{pointer}/equivalent_to/{number}")
    for key in ("distilled_from", "trained_on"):
        for number, other in enumerate(getattr(model, key)):
            yield state(id, Predicate.TRAINED_ON, other, f"{pointer}/{key}/{number}")
    prompt = _prompt_of(model)
    if prompt is not None:
        yield state(id, Predicate.SYSTEM_PROMPT, prompt, f"{pointer}/system_prompt")


def _prompt_of(one: Model | Generation) -> str | None:
    if one.system_prompt_sha256 is not None:
        return f"sha256:{one.system_prompt_sha256}"
    return prompt_digest(one.system_prompt) if one.system_prompt is not None else None
