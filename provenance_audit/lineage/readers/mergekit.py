"""Merge recipes of mergekit: every form that its configuration has, the mixture of experts, and evolutionary merges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, holds_weights, mapping, model_of, pinned

SOURCE = "mergekit"
WRITTEN = ("mergekit_config.yml", "mergekit_moe_config.yml")


def recognise(document: Document) -> bool:
    """By the keys that only a recipe has, in whatever file it is."""
    data = mapping(document.data)
    return not document.is_card and (is_recipe(data) or is_recipe(data.get("genome")))


def read(document: Document) -> Iterator[Assertion]:
    """The inputs of the merge."""
    data, say = mapping(document.data), Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    evolved = is_recipe(data.get("genome"))
    recipe, pointer = (data["genome"], "/genome") if evolved else (data, "")
    yield from inputs(say, _merged(document), recipe, pointer)


def _merged(document: Document) -> str:
    """The directory that mergekit wrote its recipe into, or that holds weights; else what the recipe itself describes."""
    if document.name in WRITTEN or holds_weights(Path(document.folder)):
        return model_of(document.folder)
    return f"file:{Path(document.path).resolve()}"


def is_recipe(data: Any) -> bool:
    """Whether something is a recipe: it has a method, or experts over a base."""
    if not isinstance(data, dict):
        return False
    if "merge_method" in data:
        return isinstance(data["merge_method"], str)
    if isinstance(data.get("experts"), list):
        return "base_model" in data and any("source_model" in mapping(one) for one in data["experts"])
    # The genome of an evolutionary merge names its method among the parameters of the search.
    return isinstance(data.get("models"), list) and "merge_method" in mapping(data.get("parameters"))


def inputs(say: Speaker, merged: str, recipe: Mapping[str, Any], pointer: str) -> Iterator[Assertion]:
    """The models that a recipe mixes, each once; experts are set side by side, so the weights are *expanded*."""
    relation = WeightRelation.EXPANDED if "experts" in recipe else WeightRelation.MERGE
    seen: set[str] = set()
    for place, reference in _references(recipe):
        for part in _parts(reference):
            if isinstance(part, str) and part not in seen:
                seen.add(part)
                yield from say.base(merged, part, pointer + place, relation)


def _references(recipe: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every place where a model may stand (mergekit, config.py and moe/config.py)."""
    yield "/base_model", recipe.get("base_model")
    for key in ("experts", "shared_experts"):
        for place, expert in entries(recipe.get(key), f"/{key}"):
            yield f"{place}/source_model", mapping(expert).get("source_model")
    yield from _in_slices_or_models(recipe, "")
    for name, module in mapping(recipe.get("modules")).items():
        yield from _in_slices_or_models(mapping(module), f"/modules/{name}")


def _in_slices_or_models(part: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Any]]:
    for place, model in entries(part.get("models"), f"{pointer}/models"):
        yield (f"{place}/model", model.get("model")) if isinstance(model, dict) else (place, model)
    for place, one in entries(part.get("slices"), f"{pointer}/slices"):
        for inner, source in entries(mapping(one).get("sources"), f"{place}/sources"):
            yield f"{inner}/model", mapping(source).get("model")


def _parts(reference: Any) -> Iterator[Any]:
    """The model, and the LoRA on it, of `path[@revision][+lora]` or of the same as a mapping."""
    if isinstance(reference, str):
        yield from reference.split("+")
    elif isinstance(reference, dict):
        model = reference.get("model", reference)
        yield (
            pinned(mapping(model).get("path"), mapping(model).get("revision"))
            if isinstance(model, dict)
            else model
        )
        lora = reference.get("lora")
        if isinstance(lora, dict):
            yield pinned(lora.get("path"), lora.get("revision"))
        else:
            yield lora
