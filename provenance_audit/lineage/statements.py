"""Statements with every name in them resolved, and those that a name makes of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from provenance_audit.lineage.assertion import Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.identity import Identity, fine_tune_base

_ABOUT_MODELS = (Predicate.BASE, Predicate.ROOT, Predicate.EQUIVALENT, Predicate.SHAPE)
_ABOUT_DATA = (Predicate.SYSTEM_PROMPT, Predicate.DATASET, Predicate.TRAINED_ON, Predicate.SHAPE)

Identify = Callable[[str], Identity]


def resolved_statements(assertions: Iterable[Assertion], identify: Identify) -> tuple[Assertion, ...]:
    """The same statements, each about the models that its names stand for, and those that follow from names alone."""
    normalised = [_normalised(one, identify) for one in assertions]
    stated = [*normalised, *_inside_ids(normalised, identify)]
    return tuple(dict.fromkeys([*stated, *_called_like(stated, identify)]))


def _normalised(one: Assertion, identify: Identify) -> Assertion:
    subject = one.subject
    if one.predicate in _ABOUT_MODELS:
        subject = identify(subject).id or subject
    if one.predicate in _ABOUT_DATA:
        return replace(one, subject=subject)
    # A place on disk was found by whoever read the document that names it.
    stated = one.object_id if one.object_id is not None else one.object
    return replace(one, subject=subject, object_id=identify(stated).id)


def _inside_ids(assertions: Iterable[Assertion], identify: Identify) -> Iterator[Assertion]:
    """`ft:<base>:…` ids, written by the service, name the base they were tuned from: tier 2."""
    seen: set[str] = set()
    for one in assertions:
        for id in (one.object_id, one.subject if one.predicate is Predicate.BASE else None):
            base = fine_tune_base(id) if id is not None else None
            if id is not None and base is not None and id not in seen:
                seen.add(id)
                yield Assertion(
                    id, Predicate.BASE, base, identify(base).id, Tier.WRITTEN_BY_TOOL, "model id",
                    f"{one.locator} (inside the id)",
                )  # fmt: skip


def _called_like(assertions: Iterable[Assertion], identify: Identify) -> Iterator[Assertion]:
    """What a place or an unresolved name is called like: tier 5, which warns and decides nothing."""
    for one in assertions:
        if one.predicate in (Predicate.STUDENT, Predicate.MAKER, Predicate.BASE):
            found = identify(one.reference)
            if found.hint is not None:
                yield Assertion(
                    found.id or one.object, Predicate.BASE, found.hint, found.hint, Tier.INFERRED, "name",
                    f"{one.locator} (called like it)", relation=WeightRelation.UNKNOWN, named=one.named,
                )  # fmt: skip
