"""torchtune: weights by directory (`checkpointer.checkpoint_dir`); knowledge distillation has a second one for the teacher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.readers.base import Speaker, entries, mapping
from provenance_audit.lineage.readers.training.common import BUILDERS, datasets, started_from


def is_configuration(settings: Mapping[str, Any]) -> bool:
    """A checkpointer beside `_component_`, the key by which torchtune names what it builds."""
    parts = (settings.get("checkpointer"), settings.get("model"))
    return isinstance(parts[0], dict) and any("_component_" in mapping(part) for part in parts)


def state(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """Student and teacher by their directories, and datasets that name a source; builders of a dataset name none."""
    mine, theirs = mapping(settings["checkpointer"]), mapping(settings.get("teacher_checkpointer"))
    lora = "lora_rank" in mapping(settings.get("model"))
    run = {"output_dir": mine.get("output_dir", settings.get("output_dir")), "use_peft": lora}
    yield from started_from(say, mine.get("checkpoint_dir"), "/checkpointer/checkpoint_dir", run, folder)
    yield from say.maker(theirs.get("checkpoint_dir"), "/teacher_checkpointer/checkpoint_dir")
    for pointer, one in entries(settings.get("dataset"), "/dataset"):
        source, files = mapping(one).get("source"), mapping(one).get("data_files")
        builder = source in BUILDERS
        yield from datasets(
            say, files if builder else source, f"{pointer}/{'data_files' if builder else 'source'}"
        )
