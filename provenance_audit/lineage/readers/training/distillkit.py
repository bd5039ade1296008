"""DistillKit: `model` learns from `teacher`, which is a model, or a dataset of logits whose maker goes unnamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.readers.base import Speaker, mapping
from provenance_audit.lineage.readers.training.common import datasets, started_from


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """`loss_functions` over a model, with a teacher of some kind."""
    return isinstance(settings.get("model"), str) and "kind" in mapping(settings.get("teacher"))


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, dataset, and the teacher where it is a model."""
    run = {"output_dir": settings.get("output_path"), **mapping(settings.get("training_args"))}
    yield from started_from(say, settings["model"], "/model", run, folder)
    yield from datasets(say, mapping(settings.get("dataset")).get("train_dataset"), "/dataset/train_dataset")
    teacher = mapping(settings["teacher"])
    if teacher["kind"] != "dataset":
        yield from say.maker(teacher.get("path"), "/teacher/path")
