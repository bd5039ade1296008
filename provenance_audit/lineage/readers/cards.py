"""Cards: what a README's front matter says of a model or a dataset, and the configurations that tools paste into its body.

A card is published (tier 4); it is often a copy of what a tool wrote. Each writer has its quirks: PEFT's tag
`base_model:adapter:…`, Axolotl's and mergekit's YAML in a fence, a `base_model` that is a local path, or empty with the
parents in the fence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, listed, mapping
from provenance_audit.lineage.readers.checkpoints import is_merge, merge_statements, model_of
from provenance_audit.lineage.readers.training import statements

SOURCE = "card"
_RELATIONS = {one.value: one for one in WeightRelation}
_BASE_KEYS = ("base_model", "base_models", "base_model_sources")
_DATASET_KEYS = ("source_datasets",)


def read(document: Document) -> Iterator[Assertion] | None:
    """The statements of a card; None for another file."""
    return _read(document) if document.path.lower().endswith(".md") else None


def _read(document: Document) -> Iterator[Assertion]:
    say, front = Speaker(document, SOURCE, Tier.PUBLISHED), mapping(document.data)
    me, tags = model_of(document.folder), [tag for tag in listed(front.get("tags")) if isinstance(tag, str)]
    parents: dict[str, str] = {}
    for key in _BASE_KEYS:
        for number, one in enumerate(listed(front.get(key))):
            name = _name(one)
            if name:
                parents.setdefault(name, f"/{key}/{number}" if isinstance(front[key], list) else f"/{key}")
    tagged: dict[str, WeightRelation] = {}
    for number, tag in enumerate(tags):
        if tag.startswith("base_model:"):
            kind, _, name = tag.removeprefix("base_model:").partition(":")
            if kind in _RELATIONS and name:
                tagged[name] = _RELATIONS[kind]
            name = name if kind in _RELATIONS else tag.removeprefix("base_model:")
            if name:
                parents.setdefault(name, f"/tags/{number}")
    relation = _relation(front, tags, len(parents))
    for name, pointer in parents.items():
        yield from say.base(me, name, pointer, tagged.get(name, relation))
    for number, one in enumerate(listed(front.get("datasets"))):
        yield from say.trained_on(_name(one), f"/datasets/{number}", me)
    for key in _DATASET_KEYS:
        for number, one in enumerate(listed(front.get(key))):
            name = _name(one)
            if name and name != "original":
                yield from say.derived_from(name.removeprefix("extended|"), f"/{key}/{number}")
    for number, block in enumerate(document.fenced):
        if is_merge(block):
            yield from merge_statements(document, block, f"yaml block {number}: ")
        elif isinstance(block, dict) and isinstance(block.get("base_model"), str) and "datasets" in block:
            yield from statements(document, block, f"yaml block {number}: ")


def _relation(front: Any, tags: list[str], parents: int) -> WeightRelation:
    """As the Hub infers it: what the card says, an adapter, a quantisation, a merge, else a fine-tune."""
    stated = front.get("base_model_relation")
    if isinstance(stated, str) and stated in _RELATIONS:
        return _RELATIONS[stated]
    if front.get("library_name") == "peft":
        return WeightRelation.ADAPTER
    if parents > 1 or {"merge", "mergekit"} & set(tags):
        return WeightRelation.MERGE
    if {"gguf", "gptq", "awq", "quantized"} & {tag.lower() for tag in tags}:
        return WeightRelation.QUANTIZED
    return WeightRelation.FINETUNE


def _name(one: Any) -> str | None:
    value = one if isinstance(one, str) else mapping(one).get("id") or mapping(one).get("name")
    return value.strip() if isinstance(value, str) and value.strip() else None
