"""CycloneDX ML-BOMs, 1.5 to 1.7: models with their pedigree, the datasets of their cards, and what they depend on.

A model that depends on a model has some of its weights, or was made with it: the document does not say which, so that
relation is unknown. That an application depends on a model states nothing of lineage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, mapping

SOURCE = "CycloneDX"
DEPTH = 8
_MODEL, _DATA = "machine-learning-model", "data"
# Generators of BOMs put what the standard has no place for into properties.
_BASE_PROPERTY = re.compile(r"(?:.*[:._\-])?base_?models?$", re.I)


def recognise(document: Document) -> bool:
    """By its format key."""
    return mapping(document.data).get("bomFormat") == "CycloneDX"


def read(document: Document) -> Iterator[Assertion]:
    """Statements of each model, then of the dependencies between them."""
    say, data = Speaker(document, SOURCE, Tier.PUBLISHED), mapping(document.data)
    found = list(_components(data))
    by_ref = {one["bom-ref"]: one for _, one in found if isinstance(one.get("bom-ref"), str)}
    for pointer, component in found:
        if component.get("type") == _MODEL:
            yield from _model(say, component, pointer, by_ref)
    for place, one in entries(data.get("dependencies"), "/dependencies"):
        ref = mapping(one).get("ref")
        child = mapping(by_ref.get(ref)) if isinstance(ref, str) else {}
        if child.get("type") != _MODEL:
            continue
        for inner, target in entries(mapping(one).get("dependsOn"), f"{place}/dependsOn"):
            other = mapping(by_ref.get(target)) if isinstance(target, str) else {}
            if other.get("type") == _MODEL:
                yield from say.base(_name(child), _name(other), inner, WeightRelation.UNKNOWN)
            elif other.get("type") == _DATA:
                yield from say.trained_on(_name(other), inner, _name(child))


def _components(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every component, with those nested in it."""
    waiting = [*entries(data.get("components"), "/components")]
    waiting += entries(mapping(data.get("metadata")).get("component"), "/metadata/component")
    depths = {pointer: 0 for pointer, _ in waiting}
    while waiting:
        pointer, one = waiting.pop(0)
        if isinstance(one, dict):
            yield pointer, one
            if depths[pointer] < DEPTH:
                below = list(entries(one.get("components"), f"{pointer}/components"))
                depths |= {place: depths[pointer] + 1 for place, _ in below}
                waiting += below


def _model(
    say: Speaker, component: Mapping[str, Any], pointer: str, by_ref: Mapping[str, Mapping[str, Any]]
) -> Iterator[Assertion]:
    me = _name(component)
    ancestors = entries(mapping(component.get("pedigree")).get("ancestors"), f"{pointer}/pedigree/ancestors")
    for place, ancestor in ancestors:
        yield from say.base(me, _name(mapping(ancestor)), place)
    card = mapping(component.get("modelCard"))
    parameters = mapping(card.get("modelParameters"))
    for place, one in entries(parameters.get("datasets"), f"{pointer}/modelCard/modelParameters/datasets"):
        dataset = mapping(one)
        ref = dataset.get("ref")
        target = by_ref.get(ref) if isinstance(ref, str) else None
        named = _name(target) if target is not None else dataset.get("name") or ref
        yield from say.trained_on(named or mapping(dataset.get("contents")).get("url"), place, me)
    for holder, where in ((component, pointer), (card, f"{pointer}/modelCard")):
        for place, one in entries(holder.get("properties"), f"{where}/properties"):
            if _BASE_PROPERTY.fullmatch(str(mapping(one).get("name", ""))):
                yield from say.base(me, mapping(one).get("value"), place)


def _name(component: Mapping[str, Any]) -> str:
    """The purl where it is one of a model hub; else the group and the name."""
    for key in ("purl", "bom-ref"):
        if isinstance(component.get(key), str) and component[key].startswith("pkg:huggingface/"):
            return str(component[key])
    group, name = component.get("group"), str(component.get("name", ""))
    return f"{group}/{name}" if isinstance(group, str) and group and "/" not in name else name
