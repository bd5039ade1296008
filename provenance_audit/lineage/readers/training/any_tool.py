"""Settings of tools that are not known by name: what people write for scripts of their own, read by what keys are called.

Asked for: a teacher, or a model beside keys that only a run has, so that an evaluation or a server is not taken for training.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role
from provenance_audit.lineage.readers.base import Speaker, escape, mapping, pinned
from provenance_audit.lineage.readers.training.common import datasets, started_from

# Keys under which a run names the model that it starts from, the plainest first.
_STUDENT_KEYS = (
    "student_model_name_or_path", "student_model", "student_model_name", "student_hf_path", "student_path", "student",
    "base_model", "base_model_name", "model_name_or_path", "pretrained_model_name_or_path", "pretrained_model_name",
    "pretrained_model", "model_id", "model_path", "model_name", "model",
)  # fmt: skip
_SECTIONS = ("student", "student_model", "model", "args", "training", "model_args", "policy", "actor")
_IN_SECTIONS = (*_STUDENT_KEYS, "path", "name", "id", "hf_path")
_DATASET_KEYS = (
    "datasets",
    "dataset_name",
    "dataset",
    "train_dataset",
    "dataset_id",
    "train_dataset_name",
    "dataset_path",
)
_RUN = frozenset(
    ["adapter", "epochs", "finetuning_type", "gradient_accumulation_steps", "learning_rate", "lora", "lora_config", "lora_r",
     "lr", "max_seq_length", "micro_batch_size", "num_epochs", "num_train_epochs", "optimizer", "peft", "peft_config",
     "per_device_train_batch_size", "train_batch_size", "trainer", "training", "training_args", "training_arguments"]
)  # fmt: skip
_GENERATES = frozenset(
    {"temperature", "max_new_tokens", "max_tokens", "generation", "num_predict", "kd", "distillation"}
)
_TEACHER = re.compile(r"(?:^|_)teachers?(?:_|$)", re.I)
_TEACHER_NAMES = re.compile(
    r"(?:^|_)(?:teachers?|models?|name_or_path|model_name|name|path|id|checkpoint|checkpoint_dir|repo_id)$",
    re.I,
)
_NO_MODEL = re.compile(
    r"cache|class|column|component|device|dtype|file|kwargs|log|output|processor|prompt|revision|server|template|tokenizer"
    r"|type|url|_target_",
    re.I,
)
_REWARDS = ("reward_model", "reward_model_path", "reward_model_name", "reward_model_name_or_path")
_REWRITERS = ("rewriter_model", "rewriter_model_name", "paraphraser_model", "paraphrase_model")
DEPTH = 5


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """A run that starts from a model, or something that has a teacher and learns or generates."""
    keys = {str(key) for key in settings}
    has_teacher = next(_teachers(settings), None) is not None
    evidence = bool(keys & _RUN) or any(str(key) in _RUN for one in settings.values() for key in mapping(one))
    if has_teacher:
        return evidence or bool(keys & _GENERATES) or _student(settings)[0] is not None
    return evidence and _student(settings)[0] is not None


def is_distillation(settings: Mapping[str, Any]) -> bool:
    """Whether it names both a teacher and a student."""
    return next(_teachers(settings), None) is not None and _student(settings)[0] is not None


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, datasets, and everyone who is called a teacher, a rewriter or a reward model."""
    student, pointer = _student(settings)
    run = {**settings, **mapping(settings.get("training"))}
    if student is not None:
        yield from started_from(say, student, pointer, run, folder)
    for key in _DATASET_KEYS:
        if student is not None:
            yield from datasets(say, settings.get(key), f"/{key}")
        elif isinstance(settings.get(key), str):  # what a teacher without a student answers
            yield from say.derived_from(settings[key], f"/{key}")
    for place, name in _teachers(settings):
        yield from say.maker(name, place)
    for keys, role in ((_REWARDS, Role.REWARD), (_REWRITERS, Role.REWRITER)):
        for key in keys:
            yield from say.maker(settings.get(key), f"/{key}", role)


def _student(settings: Mapping[str, Any]) -> tuple[str | None, str]:
    for key in _STUDENT_KEYS:
        value = settings.get(key)
        if isinstance(value, str) and value.strip():
            revision = settings.get("model_revision", settings.get("revision"))
            return pinned(value, revision), f"/{key}"
    path = mapping(mapping(settings.get("actor_rollout_ref")).get("model")).get("path")  # verl
    if isinstance(path, str):
        return path, "/actor_rollout_ref/model/path"
    for section in _SECTIONS:
        inside = mapping(settings.get(section))
        for key in _IN_SECTIONS:
            value = inside.get(key)
            if isinstance(value, str) and value.strip():
                return pinned(value, inside.get("revision")), f"/{section}/{key}"
    return None, ""


def _teachers(
    settings: Any, pointer: str = "", depth: int = 0, *, inside: bool = False
) -> Iterator[tuple[str, str]]:
    """(pointer, name) of what stands under a key that is called a teacher's, at most five levels deep."""
    items = settings.items() if isinstance(settings, dict) else enumerate(settings)
    for key, value in items:
        place, called = f"{pointer}/{escape(key)}", str(key)
        taught = inside or _TEACHER.search(called) is not None
        if isinstance(key, str) and _NO_MODEL.search(called):
            continue
        if isinstance(value, (dict, list)) and depth < DEPTH:
            yield from _teachers(value, place, depth + 1, inside=taught)
        elif (
            taught
            and isinstance(value, str)
            and (isinstance(key, int) or _TEACHER_NAMES.search(called))
            and _is_name(value)
        ):
            yield place, value.strip()


def _is_name(value: str) -> bool:
    """A person who teaches has spaces in the name; a model only in a path."""
    return bool(value.strip()) and (" " not in value.strip() or "/" in value or "\\" in value)
