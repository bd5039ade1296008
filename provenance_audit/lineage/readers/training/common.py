"""What the readers of training configurations share: the start of a run, its results, and its lists of datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, WeightRelation
from provenance_audit.lineage.readers.base import Speaker, entries, listed, mapping, pinned, place_of

# Builders of `datasets`: with one of these as the path, the files are the dataset.
BUILDERS = frozenset({"json", "csv", "parquet", "arrow", "text", "pandas"})
_DATASET_NAMES = ("path", "id", "dataset_name", "repo_id", "dataset_path", "name")
_ADAPTER_KEYS = ("lora_r", "lora_rank", "lora_config", "peft_config", "lora", "peft", "lora_parameters")
_ADAPTERS = frozenset({"lora", "qlora", "dora", "oft", "qoft", "llama-adapter", "ia3"})


def started_from(
    say: Speaker, model: Any, pointer: str, settings: Mapping[str, Any], folder: str
) -> Iterator[Assertion]:
    """The student, and that the results of the run come from it: the repository it is pushed to, the directory on disk."""
    yield from say.student(model, pointer)
    relation = WeightRelation.ADAPTER if _trains_adapter(settings) else WeightRelation.FINETUNE
    for result in results(settings, folder):
        yield from say.base(result, model, pointer, relation)


def results(settings: Mapping[str, Any], folder: str) -> Iterator[str]:
    """The models that a run makes. A directory counts if it is there."""
    pushed, directory = settings.get("hub_model_id"), settings.get("output_dir")
    if isinstance(pushed, str) and "/" in pushed:
        yield pushed.strip()
    if isinstance(directory, str) and directory.strip():
        yield from filter(None, [place_of(directory, folder)])


def datasets(say: Speaker, value: Any, pointer: str, subject: str = "training") -> Iterator[Assertion]:
    """Datasets as a name, a mapping, or a list of either; each with the revision that it is pinned to."""
    for place, one in entries(value, pointer):
        if isinstance(one, str):
            yield from say.trained_on(one, place, subject)
            continue
        inside = mapping(one)
        key = next((key for key in _DATASET_NAMES if isinstance(inside.get(key), str)), None)
        if key is None or inside[key] in BUILDERS:
            for file in listed(inside.get("data_files")):
                yield from say.trained_on(file, f"{place}/data_files", subject)
        else:
            yield from say.trained_on(pinned(inside[key], inside.get("revision")), f"{place}/{key}", subject)


def _trains_adapter(settings: Mapping[str, Any]) -> bool:
    kind = settings.get("adapter") or settings.get("finetuning_type") or settings.get("fine_tune_type")
    return (
        (isinstance(kind, str) and kind.casefold() in _ADAPTERS)
        or settings.get("use_peft") is True
        or (kind is None and any(settings.get(key) for key in _ADAPTER_KEYS))
    )
