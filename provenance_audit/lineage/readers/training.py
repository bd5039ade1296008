"""Training configurations: Axolotl, LLaMA-Factory, TRL and its kin (alignment-handbook, open-r1), torchtune, and others.

They name the student's base and the dataset, and distillation configurations name the teacher (tier 2: the tool reads
them as it runs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, listed, mapping

SOURCE = "training config"

# Keys under which tools name the model that training starts from, in the order of trust.
STUDENT_KEYS = (
    "student_model_name_or_path",
    "student_model",
    "student_hf_path",
    "student",
    "base_model",
    "model_name_or_path",
    "pretrained_model_name_or_path",
    "model_path",
    "model_name",
    "model",
)
_TRAINS = frozenset(
    [
        "datasets",
        "dataset",
        "dataset_name",
        "dataset_mixture",
        "train_dataset",
        "training",
        "output_dir",
        "finetuning_type",
        "stage",
        "learning_rate",
        "num_train_epochs",
        "num_epochs",
        "micro_batch_size",
        "checkpointer",
        "sequence_len",
        "adapter",
        "loss_functions",
        "distillation",
        "trainer",
        "teacher",
        "teacher_model",
        "distill",
        "kd",
        "peft_config",
        "lora_r",
        "optimizer",
        "export_dir",
        "infer_backend",
        "template",
        "data",
        "train_dataset_name",
        "lora_config",
        "batch_size",
        "epochs",
    ]
)
_TEACHER = re.compile(r"(?:^|_)teacher", re.I)
_TEACHER_VALUE = re.compile(
    r"(?:^|_)(?:name_or_path|model|name|path|id|hf_path|dir|teacher|preferred_model|fallback_model)$", re.I
)
_NOT_A_MODEL = re.compile(
    r"_component_|tokenizer|template|prompt|url|device|dtype|class|type|revision|kwargs|checkpoint_files",
    re.I,
)
DEPTH = 5


def read(document: Document) -> Iterator[Assertion] | None:
    """The statements of a training configuration; None for a document that is none."""
    data = document.data
    if document.path.endswith((".json", ".md", ".gguf", ".safetensors")) or not isinstance(data, dict):
        return None
    keys = {str(key) for key in data}
    named = any(key in keys for key in STUDENT_KEYS) or any(_TEACHER.search(key) for key in keys)
    if not (keys & _TRAINS or any(_TEACHER.search(str(key)) for key in _keys(data))) or not (
        named or "checkpointer" in keys or any(_TEACHER.search(key) for key in _keys(data))
    ):
        return None
    if "bomFormat" in keys or "merge_method" in keys or "flavors" in keys:
        return None
    return _read(document, data)


def statements(document: Document, data: Mapping[str, Any], prefix: str = "") -> Iterator[Assertion]:
    """The statements of a configuration, wherever it was kept: also inside a card."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    student, pointer = _student(data)
    revision = data.get("revision_of_model") or data.get("model_revision")
    if student is not None:
        pinned = f"{student}@{revision}" if isinstance(revision, str) and revision != "main" else student
        yield from say.student(pinned, prefix + pointer)
        for key in ("hub_model_id", "finetuned_model", "output_dir"):
            if isinstance(data.get(key), str) and "/" in data[key] and not data[key].startswith("${"):
                yield from say.base(data[key], student, prefix + pointer)
                break
    yield from _datasets(say, data, prefix)
    for pointer, value, role in _teachers(data):
        yield from say.maker(value, prefix + pointer, role)


def _read(document: Document, data: Mapping[str, Any]) -> Iterator[Assertion]:
    yield from statements(document, data)


def _student(data: Mapping[str, Any]) -> tuple[str | None, str]:
    for key in STUDENT_KEYS:
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return value, f"/{key}"
    for section in ("model", "student", "student_model", "args", "training", "model_args"):
        inside = mapping(data.get(section))
        for key in (*STUDENT_KEYS, "path", "name", "id"):
            value = inside.get(key)
            if isinstance(value, str) and value.strip() and not _TEACHER.search(key):
                return value, f"/{section}/{key}"
    # torchtune names a builder and a directory of weights.
    directory = mapping(data.get("checkpointer")).get("checkpoint_dir")
    if isinstance(directory, str):
        return directory, "/checkpointer/checkpoint_dir"
    return None, ""


def _datasets(say: Speaker, data: Mapping[str, Any], prefix: str) -> Iterator[Assertion]:
    for key in ("datasets", "pretraining_dataset"):
        for number, one in enumerate(listed(data.get(key))):
            path = one if isinstance(one, str) else mapping(one).get("path") or mapping(one).get("name")
            yield from say.trained_on(path, f"{prefix}/{key}/{number}")
    for key in ("dataset_name", "dataset", "train_dataset", "dataset_id"):
        value = data.get(key)
        if isinstance(value, str):
            # LLaMA-Factory lists several by comma; what each stands for is in dataset_info.json.
            for one in value.split(","):
                yield from say.trained_on(one, f"{prefix}/{key}")
        elif isinstance(value, dict):
            yield from say.trained_on(value.get("source") or value.get("path"), f"{prefix}/{key}/source")
    mixture = data.get("dataset_mixture") or data.get("dataset_mixer")
    if isinstance(mixture, dict):
        inside = mixture.get("datasets")
        if isinstance(inside, list):
            for number, one in enumerate(inside):
                yield from say.trained_on(
                    mapping(one).get("id"), f"{prefix}/dataset_mixture/datasets/{number}/id"
                )
        else:
            for name in mixture:
                yield from say.trained_on(name, f"{prefix}/dataset_mixer/{name}")


def _teachers(data: Any) -> Iterator[tuple[str, str, Role]]:
    """Everything called a teacher, a reward model or a rewriter, wherever it stands."""
    for pointer, key, value in _leaves(data):
        parts = [part for part in pointer.split("/") if part]
        if not isinstance(value, str) or not value.strip() or _NOT_A_MODEL.search(parts[-1]):
            continue
        if any(_TEACHER.search(part) for part in parts):
            if _TEACHER_VALUE.search(key):
                yield pointer, value, Role.GENERATOR
        elif key in ("reward_model", "reward_model_path"):
            yield pointer, value, Role.REWARD
        elif key in ("rewriter_model_name", "rewriter_model"):
            yield pointer, value, Role.REWRITER


def _leaves(data: Any, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, str, Any]]:
    if isinstance(data, dict) and depth < DEPTH:
        for key, value in data.items():
            place = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if isinstance(value, dict):
                yield from _leaves(value, place, depth + 1)
            else:
                yield place, str(key), value


def _keys(data: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(data, dict) and depth < DEPTH:
        for key, value in data.items():
            yield str(key)
            yield from _keys(value, depth + 1)
