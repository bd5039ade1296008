"""The header of a GGUF file: `general.base_model.*`, `general.source.*`, `general.dataset.*`, and the dimensions.

llama.cpp's converter copies all of these from the card beside the weights (gguf, metadata.py), so the header is no second
witness to what the card says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers import cards
from provenance_audit.lineage.readers.base import Speaker, hub_id, mapping, model_of

SOURCE = "GGUF header"
_NUMBERED = re.compile(r"general\.(base_model|dataset)\.(\d+)\.\w+")
# By the names of config.json; the key is `<architecture>.` and this.
_DIMENSIONS = {
    "attention.head_count": "num_attention_heads", "attention.head_count_kv": "num_key_value_heads",
    "block_count": "num_hidden_layers", "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size", "vocab_size": "vocab_size",
}  # fmt: skip


def recognise(document: Document) -> bool:
    """A header of that format."""
    return "gguf.version" in mapping(document.data)


def read(document: Document) -> Iterator[Assertion]:
    """What the file was converted from, what that was tuned from, and on what. The model is the file; so is its directory's."""
    data, me = document.data, f"file:{Path(document.path).resolve()}"
    tool = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    yield from tool.base(model_of(document.folder), me, "the file", WeightRelation.MIRROR)
    copied = Speaker(document, SOURCE, Tier.PUBLISHED, derived_from=cards.SOURCE)
    for kind, number in dict.fromkeys(match.groups() for key in data if (match := _NUMBERED.fullmatch(key))):
        name, pointer = _numbered(data, f"general.{kind}.{number}")
        if kind == "base_model":
            yield from copied.base(me, name, pointer)
        else:
            yield from copied.trained_on(name, pointer, me)
    for key in ("general.source.repo_url", "general.source.url", "general.source.huggingface.repository"):
        if data.get(key):
            yield from copied.base(me, data[key], key, WeightRelation.QUANTIZED)
            break
    for number, name in enumerate(data.get("general.datasets") or ()):  # until 2024
        yield from copied.trained_on(name, f"general.datasets/{number}", me)
    architecture = data.get("general.architecture")
    sizes = {name: data.get(f"{architecture}.{key}") for key, name in _DIMENSIONS.items()}
    yield from tool.shape(
        me, {name: size for name, size in sizes.items() if type(size) is int}, f"{architecture}.*"
    )


def _numbered(data: Mapping[str, Any], prefix: str) -> tuple[Any, str]:
    """The id of a numbered parent: its repository, else organisation and name, in which spaces stand for hyphens."""
    for key in (f"{prefix}.repo_url", f"{prefix}.url"):
        if isinstance(data.get(key), str) and hub_id(data[key]) != data[key]:
            return data[key], key
    name, organization = data.get(f"{prefix}.name"), data.get(f"{prefix}.organization")
    if isinstance(name, str) and isinstance(organization, str):
        return f"{organization.replace(' ', '-')}/{name.replace(' ', '-')}", f"{prefix}.name"
    return data.get(f"{prefix}.repo_url", name), f"{prefix}.name"
