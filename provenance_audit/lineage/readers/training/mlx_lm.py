"""MLX-LM's `lora.yaml`: `model` and `data`, which is a directory or a dataset of the Hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.readers.base import Speaker
from provenance_audit.lineage.readers.training.common import datasets, started_from

_OWN = frozenset(
    {"fine_tune_type", "lora_parameters", "iters", "adapter_path", "mask_prompt", "grad_checkpoint"}
)


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """`model` beside several of its own keys."""
    return isinstance(settings.get("model"), str) and len(_OWN & settings.keys()) > 1


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student and dataset."""
    run = {**settings, "output_dir": settings.get("adapter_path")}
    yield from started_from(say, settings["model"], "/model", run, folder)
    yield from datasets(say, settings.get("data"), "/data")
    yield from datasets(say, settings.get("hf_dataset"), "/hf_dataset")
