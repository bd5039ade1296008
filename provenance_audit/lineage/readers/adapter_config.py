"""`adapter_config.json`: PEFT's `base_model_name_or_path` with its revision, and the files of that name by MLX-LM and LeRobot.

PEFT writes the name that the loaded model had, so it may be a local path, or null where the base was made in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage import documents
from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping, model_of, pinned

SOURCE = "adapter_config.json"
# PEFT; LeRobot; MLX-LM, which writes all its arguments there (its `data` is a directory on disk).
_BASE_KEYS = ("base_model_name_or_path", "base_model", "model")


def recognise(document: Document) -> bool:
    """By name: other tools' adapters carry the same."""
    return document.name == SOURCE and isinstance(document.data, dict)


def read(document: Document) -> Iterator[Assertion]:
    """The base under an adapter."""
    data = mapping(document.data)
    key = _key(data)
    base = pinned(data.get(key), data.get("revision"))
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    yield from say.base(model_of(document.folder), base, f"/{key}", WeightRelation.ADAPTER)


def base_in(path: Path) -> str | None:
    """The base as an adapter's file names it; None where there is no such file or name."""
    found = documents.read(path) if path.is_file() else None
    data = mapping(found.data) if isinstance(found, Document) else {}
    base = data.get(_key(data))
    return base.strip() if isinstance(base, str) else None


def _key(data: Mapping[str, Any]) -> str:
    return next((key for key in _BASE_KEYS if data.get(key)), _BASE_KEYS[0])
