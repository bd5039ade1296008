"""TRL's command line and what is built on it (alignment-handbook, open-r1): also its distillation, GKD and GOLD."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role
from provenance_audit.lineage.readers.base import Speaker, escape, mapping, pinned
from provenance_audit.lineage.readers.training.common import datasets, started_from

_DATA = ("dataset_name", "dataset_mixture", "dataset_mixer", "datasets", "dataset_id_or_path", "dataset_id")
_REWARDS = ("reward_model_path", "reward_model_name_or_path")


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """`model_name_or_path` beside a dataset by one of its keys, or beside a teacher's."""
    return isinstance(settings.get("model_name_or_path"), str) and (
        any(key in settings for key in _DATA) or "teacher_model_name_or_path" in settings
    )


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, datasets, teacher, and the reward model that selects."""
    student = pinned(settings["model_name_or_path"], settings.get("model_revision"))
    yield from started_from(say, student, "/model_name_or_path", settings, folder)
    for key in ("dataset_name", "datasets", "dataset_id_or_path", "dataset_id"):
        yield from datasets(say, settings.get(key), f"/{key}")
    for key in ("dataset_mixture", "dataset_mixer"):
        mixture = settings.get(key)
        inside = mapping(mixture).get("datasets")
        if isinstance(inside, list):
            yield from datasets(say, inside, f"/{key}/datasets")
        elif isinstance(mixture, dict):  # of the handbook until 2025: shares by name
            for name in mixture:
                yield from say.trained_on(name, f"/{key}/{escape(name)}")
        else:
            yield from datasets(say, mixture, f"/{key}")
    yield from teacher(say, settings, "")
    for key in _REWARDS:
        yield from say.maker(settings.get(key), f"/{key}", Role.REWARD)


def teacher(say: Speaker, settings: Mapping[str, Any], pointer: str) -> Iterator[Assertion]:
    """The teacher by name, else the server that it answers from, which hides who it is."""
    name = pinned(settings.get("teacher_model_name_or_path"), settings.get("teacher_model_revision"))
    if isinstance(name, str):
        yield from say.maker(name, f"{pointer}/teacher_model_name_or_path")
    else:
        yield from say.maker(settings.get("teacher_model_server_url"), f"{pointer}/teacher_model_server_url")
