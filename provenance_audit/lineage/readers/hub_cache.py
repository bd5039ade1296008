"""The Hub's cache on disk: `models--ORG--NAME/refs/main` and `snapshots/<commit>` say what a directory is, to the commit.

The Hub's client lays it out as it downloads (huggingface_hub, file_download.py), so it is tier 2 and needs no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping, pinned
from provenance_audit.lineage.walk import is_commit

SOURCE = "Hub cache"


def recognise(document: Document) -> bool:
    """A snapshot, or a ref of a cached repository."""
    return "hub_cache" in mapping(document.data)


def read(document: Document) -> Iterator[Assertion]:
    """The directory is a copy of that repository at that commit; so is the repository's directory, by its `main`."""
    say, path = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL), Path(document.path)
    model = pinned(document.data["hub_cache"], document.data["commit"])
    if path.parent.name == "refs":
        if path.name == "main" and is_commit(document.data["commit"]):
            yield from say.base(f"file:{path.parent.parent.resolve()}", model, "1", WeightRelation.MIRROR)
    else:
        yield from say.base(f"file:{path.resolve()}", model, "the directory", WeightRelation.MIRROR)
