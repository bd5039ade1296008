"""Axolotl: `base_model` and `datasets[].path`; its knowledge distillation names a server, not the teacher behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, WeightRelation
from provenance_audit.lineage.readers.base import Speaker, pinned
from provenance_audit.lineage.readers.training.common import datasets, results, started_from

_TRAINED_ON = ("datasets", "pretraining_dataset")
_OWN = frozenset(
    {
        "micro_batch_size",
        "sequence_len",
        "sample_packing",
        "pretraining_dataset",
        "chat_template",
        "val_set_size",
    }
)


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """`base_model` beside a list of datasets, or beside keys that only Axolotl has."""
    if not isinstance(settings.get("base_model"), str):
        return False
    return isinstance(settings.get("datasets"), list) or len(_OWN & settings.keys()) > 1


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student, datasets, and the server of a teacher."""
    base = pinned(settings["base_model"], settings.get("revision_of_model"))
    yield from started_from(say, base, "/base_model", settings, folder)
    for result in results(settings, folder):
        yield from say.base(result, settings.get("lora_model_dir"), "/lora_model_dir", WeightRelation.ADAPTER)
    for key in _TRAINED_ON:
        yield from datasets(say, settings.get(key), f"/{key}")
    yield from say.maker(settings.get("kd_online_server_base_url"), "/kd_online_server_base_url")


def of_result(say: Speaker, model: str, settings: Mapping[str, Any]) -> Iterator[Assertion]:
    """The same settings, as the card of the model that they made quotes them."""
    relation = WeightRelation.ADAPTER if settings.get("adapter") else WeightRelation.FINETUNE
    base = pinned(settings["base_model"], settings.get("revision_of_model"))
    yield from say.base(model, base, "/base_model", relation)
    for key in _TRAINED_ON:
        yield from datasets(say, settings.get(key), f"/{key}", model)
