"""LLaMA-Factory: `model_name_or_path`, and names of datasets that its `dataset_info.json` resolves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, WeightRelation
from provenance_audit.lineage.documents import Document, read
from provenance_audit.lineage.readers.base import LEVELS_UP, Speaker, escape, mapping, pinned
from provenance_audit.lineage.readers.training.common import datasets, results, started_from

REGISTRY = "dataset_info.json"
_OWN = frozenset(
    {"stage", "finetuning_type", "template", "infer_backend", "export_dir", "dataset_dir", "cutoff_len"}
)
_OWN_V1 = frozenset({"kernel_config", "dist_config", "sample_backend", "model_class", "cutoff_len"})
_REMOTE = ("hf_hub_url", "ms_hub_url", "om_hub_url", "cloud_file_name", "script_url")


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """Its keys of 0.9, or `model` and `train_dataset` of its version 1."""
    if isinstance(settings.get("model_name_or_path"), str):
        return bool(_OWN & settings.keys())
    return (
        isinstance(settings.get("model"), str)
        and "train_dataset" in settings
        and bool(_OWN_V1 & settings.keys())
    )


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, datasets by name and by what the name stands for, and the reward model."""
    key = "model_name_or_path" if "model_name_or_path" in settings else "model"
    model = pinned(settings[key], settings.get("model_revision"))
    yield from started_from(say, model, f"/{key}", settings, folder)
    for adapter in _names(settings.get("adapter_name_or_path")):
        for result in results(settings, folder):
            yield from say.base(result, adapter, "/adapter_name_or_path", WeightRelation.ADAPTER)
    yield from datasets(say, settings.get("train_dataset"), "/train_dataset")
    names = list(_names(settings.get("dataset")))
    for name in names:
        yield from say.trained_on(name, "/dataset")
    yield from _resolved(say, names, settings.get("dataset_dir"), folder)
    yield from say.maker(settings.get("reward_model"), "/reward_model", Role.REWARD)


def _names(value: Any) -> Iterator[str]:
    many = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    yield from (name.strip() for name in many if isinstance(name, str) and name.strip())


def _resolved(say: Speaker, names: list[str], directory: Any, folder: str) -> Iterator[Assertion]:
    """What names stand for: a dataset on a hub, or a file that is there."""
    found = _registry(directory if isinstance(directory, str) else "data", folder) if names else None
    if found is None:
        return
    for name in names:
        entry = mapping(mapping(found.data).get(name))
        key = next((key for key in _REMOTE if isinstance(entry.get(key), str)), None)
        if key is not None:
            yield from say.trained_on(entry[key], f"/dataset, by {found.path}:/{escape(name)}/{key}")
        elif (
            isinstance(entry.get("file_name"), str)
            and (file := Path(found.folder, entry["file_name"])).exists()
        ):
            yield from say.trained_on(str(file), f"/dataset, by {found.path}:/{escape(name)}/file_name")


def _registry(directory: str, folder: str) -> Document | None:
    """Runs start from a directory above the configuration, and so does `dataset_dir`."""
    start = Path(folder)
    for above in (start, *start.resolve().parents[:LEVELS_UP]):
        path = Path(os.path.normpath(above / directory)) / REGISTRY
        if path.is_file():
            found = read(path)
            return found if isinstance(found, Document) else None
    return None
