"""`config.json` of transformers: `_name_or_path`, written until 4.49, and the dimensions of the weights.

Dimensions can refute a parent that is claimed; they never prove one.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping, model_of

SOURCE = "config.json"
DIMENSIONS = (
    "hidden_size",
    "intermediate_size",
    "num_attention_heads",
    "num_hidden_layers",
    "num_key_value_heads",
    "vocab_size",
)
# The same by the names of GPT-2, T5 and their kin.
_ALSO = {
    "n_embd": "hidden_size", "d_model": "hidden_size", "n_inner": "intermediate_size", "d_ff": "intermediate_size",
    "n_head": "num_attention_heads", "num_heads": "num_attention_heads", "n_layer": "num_hidden_layers",
    "num_layers": "num_hidden_layers",
}  # fmt: skip


def recognise(document: Document) -> bool:
    """A `config.json` that says what kind of model it configures."""
    data = mapping(document.data)
    return document.name == SOURCE and ("model_type" in data or "architectures" in data)


def read(document: Document) -> Iterator[Assertion]:
    """What the model was loaded from when it was saved, and its dimensions."""
    data, me = mapping(document.data), model_of(document.folder)
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    relation = WeightRelation.QUANTIZED if data.get("quantization_config") else WeightRelation.FINETUNE
    yield from say.base(me, data.get("_name_or_path"), "/_name_or_path", relation)
    # A multimodal model keeps the dimensions of its language model one level below.
    pointer = "/text_config" if isinstance(data.get("text_config"), dict) else ""
    inside = mapping(data.get("text_config")) if pointer else data
    keys = {_ALSO.get(key, key): key for key, value in inside.items() if type(value) is int}
    sizes = {name: inside[keys[name]] for name in DIMENSIONS if name in keys}
    yield from say.shape(me, sizes, f"{pointer}/{keys[next(iter(sizes))]}" if sizes else pointer)
