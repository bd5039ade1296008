"""Dataset cards: `source_datasets`, and the model that DataTrove's card names as the one that generated the rows.

No key of the Hub's names a maker; keys that people made up for it are read where the value is a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, mapping, pinned

SOURCE = "dataset card"
_KEYS = frozenset(
    ["annotations_creators", "configs", "dataset_info", "language_creators", "size_categories", "source_datasets",
     "task_categories", "task_ids"]
)  # fmt: skip
_KEYS_OF_MODELS = frozenset({"base_model", "library_name", "pipeline_tag", "datasets", "model-index"})
_MAKER_KEYS = ("generation_model", "generator_model", "teacher", "teacher_model", "teacher_models")
# Kinds of sources that are no dataset.
_NO_SOURCES = frozenset({"original", "extended", "found"})
_DATATROVE = re.compile(r"\* Model: \[`(?P<model>[^`]+)`\]\([^)]*\) \(`(?P<revision>[^`]+)`\)")


def recognise(document: Document) -> bool:
    """A card with keys that only a dataset's has, and none that only a model's has."""
    keys = mapping(document.data).keys()
    return document.is_card and bool(keys & _KEYS) and not keys & _KEYS_OF_MODELS


def read(document: Document) -> Iterator[Assertion]:
    """The datasets that this one was made from, and who generated it."""
    say, front = Speaker(document, SOURCE, Tier.PUBLISHED), mapping(document.data)
    for pointer, one in entries(front.get("source_datasets"), "/source_datasets"):
        name = one.removeprefix("extended|") if isinstance(one, str) else None
        if name and name not in _NO_SOURCES:
            yield from say.derived_from(name, pointer)
    for key in _MAKER_KEYS:
        for pointer, one in entries(front.get(key), f"/{key}"):
            yield from say.maker(one, pointer)
    for line, text in document.prose:
        if match := _DATATROVE.match(text.strip()[:1000]):
            yield from say.maker(pinned(match["model"], match["revision"]), str(line))
