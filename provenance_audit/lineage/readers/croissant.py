"""Croissant 1.0 and 1.1: what a dataset was derived from, and by which agents its parts were made (PROV-O, schema.org).

The responsible-AI vocabulary is free text: a tool that annotated is a hint (tier 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, listed, mapping

SOURCE = "Croissant"
DEPTH = 8
PARTS_AT_MOST = 5000
_DERIVED = ("wasDerivedFrom", "isBasedOn")
_PREFIXES = ("prov:", "sc:", "schema:", "https://schema.org/", "http://www.w3.org/ns/prov#", "")
# Where records and files are described, which carry the same vocabulary as the dataset.
_PARTS = ("distribution", "recordSet", "field", "subField")
_ANNOTATING = "rai:machineAnnotationTools"
# A model in free text: a word or a few, with a number among them (`GPT-4o`, `Llama 3 70B`).
_NAME = re.compile(r"(?=.*\d)[\w./:\-]+(?: [\w./:\-]+){0,3}")


def recognise(document: Document) -> bool:
    """What it conforms to, or a record set."""
    data = mapping(document.data)
    return "croissant" in str(data.get("conformsTo", "")).casefold() or (
        "recordSet" in data and "@context" in data
    )


def read(document: Document) -> Iterator[Assertion]:
    """The dataset, and then its parts."""
    say = Speaker(document, SOURCE, Tier.PUBLISHED)
    for pointer, part in _parts(mapping(document.data)):
        for name in _DERIVED:
            for place, one in _values(part, name, pointer):
                yield from say.derived_from(_id(one), place)
        for place, agent in _values(part, "wasAttributedTo", pointer):
            yield from _agent(say, agent, place)
        for place, activity in _values(part, "wasGeneratedBy", pointer):
            for name in ("wasAssociatedWith", "isAssociatedWith"):
                for inner, agent in _values(mapping(activity), name, place):
                    yield from _agent(say, agent, inner)
            for inner, used in _values(mapping(activity), "used", place):
                yield from say.derived_from(_id(used), inner)
    hint = Speaker(document, SOURCE, Tier.INFERRED)
    for place, text in entries(mapping(document.data).get(_ANNOTATING), f"/{_ANNOTATING}"):
        if isinstance(text, str) and _NAME.fullmatch(text[:100]):
            yield from hint.maker(text, place, Role.ANNOTATOR)


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The document, its files, record sets and fields, with their pointers."""
    waiting: list[tuple[str, Mapping[str, Any], int]] = [("", data, 0)]
    seen = 0
    while waiting and seen < PARTS_AT_MOST:
        pointer, part, depth = waiting.pop(0)
        seen += 1
        yield pointer, part
        if depth < DEPTH:
            for key in _PARTS:
                below = entries(part.get(key), f"{pointer}/{key}")
                waiting.extend((place, one, depth + 1) for place, one in below if isinstance(one, dict))


def _values(part: Mapping[str, Any], name: str, pointer: str) -> Iterator[tuple[str, Any]]:
    for prefix in _PREFIXES:
        if prefix + name in part:
            key = prefix + name
            yield from entries(part[key], f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")


def _agent(say: Speaker, agent: Any, pointer: str) -> Iterator[Assertion]:
    """A software agent is a maker; a person, an organisation, or an agent of no type that is described elsewhere, is none."""
    kinds = [str(kind) for kind in listed(mapping(agent).get("@type"))]
    if any("SoftwareAgent" in kind or "SoftwareApplication" in kind for kind in kinds):
        yield from say.maker(_id(agent), pointer)


def _id(one: Any) -> Any:
    """What an entity is known by outside the document: where it is, else its URL, its id, its name."""
    if isinstance(one, str):
        return one
    keys = (
        "prov:atLocation",
        "prov:locatedAt",
        "url",
        "sc:url",
        "contentUrl",
        "@id",
        "name",
        "sc:name",
        "prov:label",
    )
    return next((mapping(one)[key] for key in keys if isinstance(mapping(one).get(key), str)), None)
