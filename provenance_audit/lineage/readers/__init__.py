"""Where lineage is read from. A reader of documents is a function and a line here; the first that knows a document reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.documents import Document, Unread, read_all
from provenance_audit.lineage.readers import cards, checkpoints, hosted, pipelines, standards, training
from provenance_audit.lineage.readers.base import Reader

READERS: tuple[Reader, ...] = (
    cards.read,
    checkpoints.adapter,
    checkpoints.config,
    checkpoints.merge,
    checkpoints.mlflow,
    checkpoints.gguf,
    pipelines.distilabel,
    pipelines.data_designer,
    pipelines.dataset_info,
    pipelines.sl_model,
    pipelines.wandb,
    standards.croissant,
    standards.cyclonedx,
    standards.spdx,
    standards.intoto,
    hosted.read,
    training.read,
)


def read_documents(paths: Sequence[str]) -> tuple[list[Assertion], list[Unread]]:
    """What every document behind these paths states, and those that could not be read."""
    stated: list[Assertion] = []
    unread: list[Unread] = []
    for document in read_all(paths):
        if isinstance(document, Unread):
            unread.append(document)
        else:
            stated.extend(read(document))
    return stated, unread


def read(document: Document) -> Iterator[Assertion]:
    """The statements of one document; none for one that no reader knows."""
    for reader in READERS:
        found = reader(document)
        if found is not None:
            yield from found
            return


def recognised(document: Document) -> bool:
    """Whether a reader knows a document, whatever it states."""
    return any(reader(document) is not None for reader in READERS)
