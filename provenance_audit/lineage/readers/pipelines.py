"""What generation pipelines leave beside their rows: distilabel, NeMo Data Designer, `datasets`, subliminal-learning's `model.json`.

Parsed as data: classes that a pipeline names are never imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, listed, mapping
from provenance_audit.lineage.readers.checkpoints import model_of

DEPTH = 40
_JUDGING = ("judge", "ultrafeedback", "prometheus", "quality", "complexity", "reward", "feedback", "rating")


def distilabel(document: Document) -> Iterator[Assertion] | None:
    """The models of a distilabel `pipeline.yaml`, each with the role of its step."""
    steps = mapping(mapping(document.data).get("pipeline")).get("steps")
    return _distilabel(document, steps) if isinstance(steps, list) else None


def _distilabel(document: Document, steps: list[Any]) -> Iterator[Assertion]:
    say = Speaker(document, "distilabel pipeline", Tier.WRITTEN_BY_TOOL)
    for number, entry in enumerate(steps):
        step = mapping(mapping(entry).get("step"))
        llm = mapping(step.get("llm"))
        key = next(
            (name for name in ("model", "model_id", "model_path") if isinstance(llm.get(name), str)), None
        )
        if key is not None:
            kind = str(mapping(step.get("type_info")).get("name", entry.get("name", ""))).lower()
            role = Role.JUDGE if any(word in kind for word in _JUDGING) else Role.GENERATOR
            yield from say.maker(llm[key], f"/pipeline/steps/{number}/step/llm/{key}", role)


def data_designer(document: Document) -> Iterator[Assertion] | None:
    """The models of Data Designer's `builder_config.json`, by the columns they fill."""
    inside = mapping(mapping(document.data).get("data_designer"))
    return _data_designer(document, inside) if "model_configs" in inside else None


def _data_designer(document: Document, inside: Mapping[str, Any]) -> Iterator[Assertion]:
    say = Speaker(document, "Data Designer config", Tier.WRITTEN_BY_TOOL)
    models = {
        mapping(one).get("alias"): mapping(one).get("model") for one in listed(inside.get("model_configs"))
    }
    for number, column in enumerate(listed(inside.get("columns"))):
        kind = str(mapping(column).get("column_type", ""))
        model = models.get(mapping(column).get("model_alias"))
        if kind.startswith("llm"):
            role = Role.JUDGE if "judge" in kind else Role.GENERATOR
            yield from say.maker(model, f"/data_designer/columns/{number}/model_alias", role)


def dataset_info(document: Document) -> Iterator[Assertion] | None:
    """`download_checksums` of `datasets`: which files of which dataset, at which commit, this one was made from."""
    checksums = mapping(document.data).get("download_checksums")
    if document.name != "dataset_info.json":
        return None
    say = Speaker(document, "dataset_info.json", Tier.WRITTEN_BY_TOOL)
    return (
        one
        for key in mapping(checksums)
        for one in say.derived_from(
            str(key), f"/download_checksums/{str(key).replace('~', '~0').replace('/', '~1')}"
        )
    )


def sl_model(document: Document) -> Iterator[Assertion] | None:
    """subliminal-learning's `model.json`: an id, and its `parent_model`, again and again."""
    data = mapping(document.data)
    if (
        not isinstance(data.get("id"), str)
        or "type" not in data
        or data.keys() - {"id", "type", "parent_model"}
    ):
        return None
    return _sl_model(document, data)


def _sl_model(document: Document, data: Mapping[str, Any]) -> Iterator[Assertion]:
    say = Speaker(document, "model.json", Tier.WRITTEN_BY_TOOL)
    pointer, child = "", data
    for _ in range(DEPTH):
        parent = mapping(child.get("parent_model"))
        if not isinstance(parent.get("id"), str):
            return
        pointer += "/parent_model"
        yield from say.base(child["id"], parent["id"], f"{pointer}/id")
        child = parent


def wandb(document: Document) -> Iterator[Assertion] | None:
    """A Weights & Biases run's `config.yaml`: `key: {value: …}`."""
    data = mapping(document.data)
    found = [
        (key, mapping(data.get(key)).get("value"))
        for key in ("_name_or_path", "model_name_or_path")
        if "value" in mapping(data.get(key))
    ]
    if not found:
        return None
    say = Speaker(document, "W&B config", Tier.WRITTEN_BY_TOOL)
    key, value = found[0]
    return (
        *say.student(value, f"/{key}/value"),
        *say.base(model_of(document.folder), value, f"/{key}/value"),
    ).__iter__()
