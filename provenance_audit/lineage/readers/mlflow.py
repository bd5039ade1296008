"""MLflow's `MLmodel`: the `source_model_name` of its transformers flavour.

`metadata.base_model_name`, which Azure's registry writes, names the model itself, not a parent.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, escape, mapping, model_of, pinned

SOURCE = "MLmodel"


def recognise(document: Document) -> bool:
    """By name."""
    return document.name == SOURCE and "flavors" in mapping(document.data)


def read(document: Document) -> Iterator[Assertion]:
    """What the logged pipeline was loaded from."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    for flavor, settings in mapping(mapping(document.data).get("flavors")).items():
        inside = mapping(settings)
        relation = WeightRelation.ADAPTER if inside.get("peft_adaptor") else WeightRelation.FINETUNE
        source = pinned(inside.get("source_model_name"), inside.get("source_model_revision"))
        pointer = f"/flavors/{escape(flavor)}/source_model_name"
        yield from say.base(model_of(document.folder), source, pointer, relation)
