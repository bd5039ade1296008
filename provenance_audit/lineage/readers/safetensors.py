"""The header of a safetensors file: the dimensions that its tensors have, computed from bytes (tier 1).

They can refute a base: a LoRA whose `q_proj` takes 2048 numbers does not fit weights of 4096. The metadata is almost always
`{"format": "pt"}`, and names no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping, model_of

SOURCE = "safetensors header"
_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks)\.(\d{1,4})\.")
_SHARD = re.compile(r"-\d+-of-\d+\.safetensors$")
# (ending of a tensor's name, dimension of it, what that is by the names of config.json)
_MEANINGS = (
    ("embed_tokens.weight", 0, "vocab_size"), ("embed_tokens.weight", 1, "hidden_size"),
    ("embed_in.weight", 0, "vocab_size"), ("embed_in.weight", 1, "hidden_size"),
    ("wte.weight", 0, "vocab_size"), ("wte.weight", 1, "hidden_size"),
    ("q_proj.lora_A.weight", 1, "hidden_size"), ("up_proj.lora_B.weight", 0, "intermediate_size"),
)  # fmt: skip


def recognise(document: Document) -> bool:
    """A header of that format."""
    return mapping(document.data).get("safetensors") is True


def read(document: Document) -> Iterator[Assertion]:
    """The dimensions of the tensors. The layers are counted only where one file holds them all."""
    shapes = mapping(document.data["shapes"])
    whole = not _SHARD.search(document.name)
    sizes = dict(_sizes(shapes))
    layers = [int(match[1]) for name in shapes if (match := _LAYER.search(name))]
    if layers and whole and not any(".lora_" in name for name in shapes):
        sizes["num_hidden_layers"] = max(layers) + 1
    say = Speaker(document, SOURCE, Tier.COMPUTED)
    for model in dict.fromkeys((model_of(document.folder), f"file:{Path(document.path).resolve()}")):
        yield from say.shape(model, sizes, "header")


def _sizes(shapes: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, shape in shapes.items():
        for ending, place, meaning in _MEANINGS:
            if (
                name.endswith(ending)
                and isinstance(shape, list)
                and len(shape) == 2
                and type(shape[place]) is int
            ):
                yield meaning, shape[place]
