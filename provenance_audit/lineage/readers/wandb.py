"""A Weights & Biases run's `config.yaml`, `key: {value: …}`: the settings of the run, and the model's own configuration.

HF's callback logs `model.config`, which still has the `_name_or_path` that transformers no longer writes to disk.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.lineage.assertion import Assertion, Predicate, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers import training
from provenance_audit.lineage.readers.base import Speaker, mapping

SOURCE = "W&B config"


def recognise(document: Document) -> bool:
    """W&B's own key, or values that are all wrapped."""
    data = mapping(document.data)
    wrapped = [
        one
        for key, one in data.items()
        if "value" in mapping(one) and not mapping(one).keys() - {"value", "desc"}
    ]
    return "_wandb" in data or (bool(wrapped) and len(wrapped) == len(data))


def read(document: Document) -> Iterator[Assertion]:
    """What the training tool's settings state; where they name no student, the name of the model as it was loaded."""
    settings = {
        key: mapping(one).get("value") for key, one in mapping(document.data).items() if key != "_wandb"
    }
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL, locate=_inside_values)
    stated = list(training.statements(say, settings, document.folder))
    if not any(one.predicate is Predicate.STUDENT for one in stated):
        yield from say.student(settings.get("_name_or_path"), "/_name_or_path")
    yield from stated


def _inside_values(pointer: str) -> str:
    _, key, *rest = pointer.split("/")
    return "/".join(["", key, "value", *rest])
