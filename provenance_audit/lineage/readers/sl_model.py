"""The `model.json` of subliminal-learning experiments: an id, and its `parent_model`, again and again."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping

SOURCE = "model.json"
DEPTH = 40
_KEYS = frozenset({"id", "type", "parent_model"})


def recognise(document: Document) -> bool:
    """Nothing but an id, a type and a parent."""
    data = mapping(document.data)
    return isinstance(data.get("id"), str) and "type" in data and not data.keys() - _KEYS


def read(document: Document) -> Iterator[Assertion]:
    """Each model, and the one that it was tuned from."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    child, pointer = mapping(document.data), ""
    for _ in range(DEPTH):
        parent = mapping(child.get("parent_model"))
        if not isinstance(parent.get("id"), str):
            return
        pointer += "/parent_model"
        yield from say.base(child["id"], parent["id"], f"{pointer}/id")
        child = parent
