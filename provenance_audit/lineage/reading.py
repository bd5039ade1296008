"""The readers of documents, in the order asked. A new one is a module of `readers` and a line here; the first that knows a document reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.documents import Document, Unread, read_all
from provenance_audit.lineage.readers import (
    adapter_config,
    bedrock,
    cards,
    croissant,
    cyclonedx,
    data_designer,
    dataset_card,
    dataset_info,
    distilabel,
    gguf,
    hub_cache,
    in_toto,
    mergekit,
    mlflow,
    model_config,
    openai_job,
    safetensors,
    sl_model,
    spdx,
    training,
    vertex,
    wandb,
)
from provenance_audit.lineage.readers.base import Reader

# Those that know a file by its name come first, then those that know it by keys, the looser the later.
READERS: tuple[Reader, ...] = (
    hub_cache,
    gguf,
    safetensors,
    dataset_card,
    cards,
    adapter_config,
    model_config,
    dataset_info,
    mlflow,
    croissant,
    cyclonedx,
    spdx,
    in_toto,
    distilabel,
    data_designer,
    sl_model,
    bedrock,
    vertex,
    openai_job,
    mergekit,
    wandb,
    training,
)
PLACES_AT_MOST = 100


def read_documents(paths: Sequence[str]) -> tuple[list[Assertion], list[Unread]]:
    """What every document behind these paths states, and those that could not be read.

    A directory of weights that a document names, and that is there, is read too (a merge of merges): itself, not what is
    below it.
    """
    stated: list[Assertion] = []
    unread: list[Unread] = []
    _collect(read_all(paths), stated, unread)
    seen: set[str] = set()
    looked_at = 0
    while looked_at < len(stated) and len(seen) < PLACES_AT_MOST:
        place = (stated[looked_at].object_id or "").removeprefix("file:")
        looked_at += 1
        if place and place not in seen and (stated[looked_at - 1].object_id or "").startswith("file:"):
            seen.add(place)
            _collect(read_all([place], below=False), stated, unread)
    return list(dict.fromkeys(stated)), list(dict.fromkeys(unread))


def read(document: Document) -> Iterator[Assertion]:
    """The statements of one document; none for one that no reader knows."""
    for reader in READERS:
        if reader.recognise(document):
            yield from reader.read(document)
            return


def recognised(document: Document) -> bool:
    """Whether a reader knows a document, whatever it states."""
    return any(reader.recognise(document) for reader in READERS)


def _collect(documents: Iterator[Document | Unread], stated: list[Assertion], unread: list[Unread]) -> None:
    for document in documents:
        if isinstance(document, Unread):
            unread.append(document)
        else:
            stated.extend(read(document))
