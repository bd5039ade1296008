"""NVIDIA NeMo: Automodel (`model.pretrained_model_name_or_path`), its distillation, ModelOpt's, and NeMo-RL's policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.readers.base import Speaker, mapping
from provenance_audit.lineage.readers.training.common import started_from

_AUTOMODEL = "pretrained_model_name_or_path"
_DATA = ("dataset_name", "path_or_dataset_id", "path_or_dataset")


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """A model under one of the sections that these have."""
    return (
        isinstance(mapping(settings.get("model")).get(_AUTOMODEL), str)
        or isinstance(mapping(settings.get("args")).get("student_hf_path"), str)
        or isinstance(mapping(settings.get("policy")).get("model_name"), str)
    )


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, teacher, dataset."""
    args = mapping(settings.get("args"))
    run = {**settings, **{key: args[key] for key in ("output_dir",) if key in args}}
    for section, key in (("model", _AUTOMODEL), ("args", "student_hf_path"), ("policy", "model_name")):
        model = mapping(settings.get(section)).get(key)
        yield from started_from(say, model, f"/{section}/{key}", run, folder)
    for section, key in (
        ("teacher_model", _AUTOMODEL),
        ("args", "teacher_hf_path"),
        ("teacher", "model_name"),
    ):
        yield from say.maker(mapping(settings.get(section)).get(key), f"/{section}/{key}")
    for key in _DATA:
        yield from say.trained_on(mapping(settings.get("dataset")).get(key), f"/dataset/{key}")
