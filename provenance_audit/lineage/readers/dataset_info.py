"""`dataset_info.json` of `datasets`: the `download_checksums` say which files, at which commit, a dataset was made from.

LLaMA-Factory keeps a registry under the same name; it is read where a configuration names an entry of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, escape, mapping

SOURCE = "dataset_info.json"
NAMES = ("dataset_info.json", "dataset_infos.json")
SOURCES_AT_MOST = 100
_HUB = re.compile(r"(hf://datasets/[^/@]+(?:/[^/@]+)?(?:@[^/]+)?)(?:/|$)")


def recognise(document: Document) -> bool:
    """By name; the plural, of older versions, has one entry a configuration."""
    return document.name in NAMES and isinstance(document.data, dict)


def read(document: Document) -> Iterator[Assertion]:
    """The sources, each dataset and commit once, however many files were taken."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    seen: dict[str, str] = {}
    for pointer, info in _infos(document):
        for url in mapping(info.get("download_checksums")):
            match = _HUB.match(str(url))
            seen.setdefault(match[1] if match else str(url), f"{pointer}/download_checksums/{escape(url)}")
    for source, place in list(seen.items())[:SOURCES_AT_MOST]:
        yield from say.derived_from(source, place)


def _infos(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if document.name == "dataset_info.json":
        yield "", mapping(document.data)
    else:
        yield from ((f"/{escape(name)}", mapping(info)) for name, info in mapping(document.data).items())
