"""What lies beside weights: `adapter_config.json`, `config.json`, merge recipes, MLflow's `MLmodel`, headers of GGUF files.

The subject is the directory that holds the file: what its weights came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, listed, mapping

ADAPTER, CONFIG, MERGE, MLFLOW, GGUF = (
    "adapter_config.json",
    "config.json",
    "mergekit",
    "MLmodel",
    "GGUF header",
)


def model_of(folder: str) -> str:
    """The id of the model that a directory holds: its place. What it is called proves nothing."""
    return f"file:{Path(folder).resolve()}"


def adapter(document: Document) -> Iterator[Assertion] | None:
    """PEFT's `base_model_name_or_path`, with its revision."""
    if document.name != ADAPTER or not isinstance(document.data, dict):
        return None
    say = Speaker(document, ADAPTER, Tier.WRITTEN_BY_TOOL)
    key = next(
        (k for k in ("base_model_name_or_path", "base_model", "model") if document.data.get(k)),
        "base_model_name_or_path",
    )
    base, revision = document.data.get(key), document.data.get("revision")
    pinned = (
        f"{base}@{revision}"
        if isinstance(base, str) and isinstance(revision, str) and revision != "main"
        else base
    )
    return say.base(model_of(document.folder), pinned, f"/{key}", WeightRelation.ADAPTER)


def config(document: Document) -> Iterator[Assertion] | None:
    """`_name_or_path`, which transformers wrote until 4.50."""
    if document.name != CONFIG or "model_type" not in mapping(document.data):
        return None
    say = Speaker(document, CONFIG, Tier.WRITTEN_BY_TOOL)
    return say.base(model_of(document.folder), document.data.get("_name_or_path"), "/_name_or_path")


def merge(document: Document) -> Iterator[Assertion] | None:
    """A mergekit recipe, also of a mixture of experts."""
    data = mapping(document.data)
    if is_merge(data.get("genome")):  # mergekit-evolve
        return merge_statements(document, data["genome"], "/genome")
    return merge_statements(document, data) if is_merge(data) else None


def is_merge(data: Any) -> bool:
    """Whether a mapping is a mergekit recipe."""
    return isinstance(data, dict) and ("merge_method" in data or ("experts" in data and "base_model" in data))


def merge_statements(document: Document, data: Mapping[str, Any], prefix: str = "") -> Iterator[Assertion]:
    """The inputs of a merge, wherever the recipe was kept; each once."""
    say = Speaker(document, MERGE, Tier.WRITTEN_BY_TOOL)
    seen: set[str] = set()
    relation = WeightRelation.EXPANDED if "experts" in data else WeightRelation.MERGE
    for pointer, reference in _references(data):
        name = _reference(reference)
        for part in name.split("+") if name else ():
            if part and part not in seen:
                seen.add(part)
                yield from say.base(model_of(document.folder), part, prefix + pointer, relation)


def mlflow(document: Document) -> Iterator[Assertion] | None:
    """MLflow's `source_model_name` (of transformers' flavour); `base_model_name` of its metadata names the model itself."""
    flavors = mapping(mapping(document.data).get("flavors"))
    if document.name != MLFLOW or not flavors:
        return None
    return _mlflow(document, flavors)


def _mlflow(document: Document, flavors: Mapping[str, Any]) -> Iterator[Assertion]:
    say = Speaker(document, MLFLOW, Tier.WRITTEN_BY_TOOL)
    for flavor, settings in flavors.items():
        inside = mapping(settings)
        name, revision = inside.get("source_model_name"), inside.get("source_model_revision")
        pinned = f"{name}@{revision}" if isinstance(name, str) and isinstance(revision, str) else name
        relation = WeightRelation.ADAPTER if inside.get("peft_adaptor") else WeightRelation.FINETUNE
        yield from say.base(
            model_of(document.folder), pinned, f"/flavors/{flavor}/source_model_name", relation
        )


def gguf(document: Document) -> Iterator[Assertion] | None:
    """`general.base_model.*` and `general.dataset.*` (copied from the card, so tier 4), and what the file was converted from."""
    if "gguf.version" not in mapping(document.data):
        return None
    return _gguf(document)


def _gguf(document: Document) -> Iterator[Assertion]:
    say, data = Speaker(document, GGUF, Tier.PUBLISHED), document.data
    me = f"file:{Path(document.path).resolve()}"
    for key, value in data.items():
        if match := re.fullmatch(r"general\.base_model\.(\d+)\.repo_url", key):
            yield from say.base(me, _hub_id(value), f"{key}", WeightRelation.FINETUNE)
        elif match := re.fullmatch(r"general\.base_model\.(\d+)\.name", key):
            organisation = data.get(f"general.base_model.{match[1]}.organization")
            if f"general.base_model.{match[1]}.repo_url" not in data and isinstance(organisation, str):
                yield from say.base(me, f"{organisation}/{str(value).replace(' ', '-')}", key)
        elif key == "general.source.repo_url" or (
            key == "general.source.url" and "general.source.repo_url" not in data
        ):
            yield from say.base(me, _hub_id(value), key, WeightRelation.QUANTIZED)
        elif re.fullmatch(r"general\.dataset\.(\d+)\.repo_url", key):
            yield from say.trained_on(_hub_id(value), key, me)


def _hub_id(url: Any) -> Any:
    return (
        re.sub(r"^https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?:datasets/)?", "", url)
        if isinstance(url, str)
        else url
    )


def _references(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every place of a recipe where a model may stand."""
    yield "/base_model", data.get("base_model")
    for number, model in enumerate(listed(data.get("models"))):
        yield f"/models/{number}/model", mapping(model).get("model") if isinstance(model, dict) else model
    for key, inner in (("experts", "source_model"), ("shared_experts", "source_model")):
        for number, expert in enumerate(listed(data.get(key))):
            yield f"/{key}/{number}/{inner}", mapping(expert).get(inner)
    slices = [("/slices", listed(data.get("slices")))]
    for name, module in mapping(data.get("modules")).items():
        slices.append((f"/modules/{name}/slices", listed(mapping(module).get("slices"))))
        for number, model in enumerate(listed(mapping(module).get("models"))):
            yield f"/modules/{name}/models/{number}/model", mapping(model).get("model")
    for pointer, many in slices:
        for number, one in enumerate(many):
            for place, source in enumerate(listed(mapping(one).get("sources"))):
                yield f"{pointer}/{number}/sources/{place}/model", mapping(source).get("model")


def _reference(value: Any) -> str | None:
    """mergekit's `path[@revision][+lora]`, or the same as a mapping."""
    if isinstance(value, str):
        return value
    inside = mapping(value)
    model = inside.get("model", inside.get("path"))
    if isinstance(model, dict):
        path, revision = model.get("path"), model.get("revision")
        model = f"{path}@{revision}" if revision else path
    lora = _reference(inside.get("lora")) if inside.get("lora") else None
    return f"{model}+{lora}" if isinstance(model, str) and lora else model if isinstance(model, str) else None
