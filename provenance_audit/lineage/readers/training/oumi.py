"""Oumi: `model.model_name`, `data.train.datasets[]`, and the teacher of its GKD and GOLD trainers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.readers.base import Speaker, mapping, pinned
from provenance_audit.lineage.readers.training import trl
from provenance_audit.lineage.readers.training.common import datasets, started_from


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """A model's name one level down, beside `training` or the data of a split."""
    return isinstance(mapping(settings.get("model")).get("model_name"), str) and (
        isinstance(settings.get("training"), dict) or "train" in mapping(settings.get("data"))
    )


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, datasets and teacher."""
    model, run = mapping(settings["model"]), mapping(settings.get("training"))
    name = pinned(model["model_name"], model.get("model_revision"))
    adapted = {**run, "peft_config": settings.get("peft") if run.get("use_peft") else None}
    yield from started_from(say, name, "/model/model_name", adapted, folder)
    train = mapping(mapping(settings.get("data")).get("train"))
    yield from datasets(say, train.get("datasets"), "/data/train/datasets")
    for key, section in run.items():
        if isinstance(section, dict):
            yield from trl.teacher(say, section, f"/training/{key}")
