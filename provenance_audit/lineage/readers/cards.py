"""Model cards: the front matter of a README, and what the tools that write cards paste or say below it.

A card is published (tier 4). Its `base_model` is most often the name that the loaded model had, which PEFT also writes into
`adapter_config.json`: where that lies beside the card, the card is no second witness. Each writer has its quirks: PEFT's tag
`base_model:adapter:…`, a URL or a list, an empty list with the parents in a recipe below, a local path, a template that was
never filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers import adapter_config, card_prose, dataset_card, mergekit, training
from provenance_audit.lineage.readers.base import Speaker, entries, listed, mapping, model_of
from provenance_audit.lineage.readers.training import axolotl

SOURCE = "card"
_RELATIONS = {one.value: one for one in WeightRelation}
_BASE_KEYS = ("base_model", "base_models", "base_model_sources", "finetuned_from", "model_link")
_DATASET_KEYS = ("datasets", "dataset", "dataset_sources")
_TEACHER_KEYS = ("distilled_from", "teacher", "teacher_model", "teacher_models")
_QUANTIZED_TAGS = frozenset({"gguf", "gptq", "awq", "exl2", "quantized", "quantization"})
_DISTILLED_TAGS = frozenset(
    {"distillation", "knowledge-distillation", "distilled", "cross-architecture-distillation"}
)
# Names of builders, which HF's Trainer writes for data that has no name of its own.
_NO_DATASETS = frozenset(
    {"generator", "arrow", "csv", "json", "pandas", "parquet", "text", "imagefolder", "webdataset"}
)


def recognise(document: Document) -> bool:
    """Any card that is not a dataset's."""
    return document.is_card and not dataset_card.recognise(document)


def read(document: Document) -> Iterator[Assertion]:
    """Parents, datasets and teachers, from the front matter first; from the text only what that does not say."""
    front, me = mapping(document.data), model_of(document.folder)
    say = Speaker(document, SOURCE, Tier.PUBLISHED)
    copied = Speaker(document, SOURCE, Tier.PUBLISHED, derived_from=adapter_config.SOURCE)
    adapter = Path(document.folder, adapter_config.SOURCE)
    parents, beneath = _parents(front), adapter_config.base_in(adapter)
    relation = _relation(front, len(parents), beside_adapter=adapter.is_file())
    for name, (pointer, tagged) in parents.items():
        yield from (copied if name == beneath else say).base(me, name, pointer, tagged or relation)
    trained_on: set[str] = set()
    for key in _DATASET_KEYS:
        for pointer, one in entries(front.get(key), f"/{key}"):
            name = _name(one)
            if name and name.casefold() not in _NO_DATASETS:
                trained_on.add(name)
                yield from say.trained_on(name, pointer, me)
    for key in _TEACHER_KEYS:
        for pointer, one in entries(front.get(key), f"/{key}"):
            yield from say.trained_on(_name(one), pointer, me)
    if front:  # a README without front matter documents a project, not the weights beside it
        yield from _pasted(document, me)
        yield from card_prose.read(document, say, me, {*parents, *trained_on}, relation)


def _parents(front: Mapping[str, Any]) -> dict[str, tuple[str, WeightRelation | None]]:
    """By name, where a parent stands and the relation that its tag gives; each once."""
    found: dict[str, tuple[str, WeightRelation | None]] = {}
    for key in _BASE_KEYS:
        for pointer, one in entries(front.get(key), f"/{key}"):
            if name := _name(one):
                found.setdefault(name, (pointer, None))
    for pointer, tag in entries(front.get("tags"), "/tags"):
        if not isinstance(tag, str) or not tag.startswith("base_model:"):
            continue
        kind, _, name = tag.removeprefix("base_model:").partition(":")
        relation = _RELATIONS.get(kind) if name else None
        name = (name if relation else tag.removeprefix("base_model:")).strip()
        place = found.get(name, (pointer, None))[0]
        if name:
            found[name] = (place, relation)
    return found


def _relation(front: Mapping[str, Any], parents: int, *, beside_adapter: bool) -> WeightRelation:
    """As the Hub infers it where the card does not say: adapter, quantised, merge, else fine-tune.

    A card about distillation names the teacher as often as the parent under `base_model`: there it stays unknown.
    """
    stated = front.get("base_model_relation")
    tags = {tag.casefold() for tag in listed(front.get("tags")) if isinstance(tag, str)}
    if isinstance(stated, str) and stated in _RELATIONS:
        return _RELATIONS[stated]
    if tags & _DISTILLED_TAGS:
        return WeightRelation.UNKNOWN
    if front.get("library_name") == "peft" or beside_adapter:
        return WeightRelation.ADAPTER
    if front.get("quantized_by") or tags & _QUANTIZED_TAGS:
        return WeightRelation.QUANTIZED
    if parents > 1 or {"merge", "mergekit"} & tags:
        return WeightRelation.MERGE
    return WeightRelation.FINETUNE


def _pasted(document: Document, me: str) -> Iterator[Assertion]:
    """The recipe that mergekit pastes into a card, and the configuration that Axolotl does."""
    for line, block in document.fenced:
        if mergekit.is_recipe(block):
            yield from mergekit.inputs(_quoting(document, mergekit.SOURCE, line), me, block, "")
        elif isinstance(block, dict) and axolotl.is_configuration(block):
            yield from axolotl.of_result(_quoting(document, training.SOURCE, line), me, block)


def _quoting(document: Document, source: str, line: int) -> Speaker:
    return Speaker(document, SOURCE, Tier.PUBLISHED, source, lambda pointer: f"{line}: {pointer}")


def _name(one: Any) -> str:
    """A name as it is written; empty for what names nothing."""
    values = (one, *(mapping(one).get(key) for key in ("id", "repo_url", "name", "path")))
    return next((value.strip() for value in values if isinstance(value, str)), "")
