"""SPDX 3 with its AI and Dataset profiles: `descendantOf`, `ancestorOf`, `trainedOn` and `generates` between packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, mapping

SOURCE = "SPDX"


def recognise(document: Document) -> bool:
    """JSON-LD of SPDX 3."""
    data = mapping(document.data)
    return "spdx" in str(data.get("@context", "")).casefold() and isinstance(data.get("@graph"), list)


def read(document: Document) -> Iterator[Assertion]:
    """The relationships between what the graph describes."""
    say = Speaker(document, SOURCE, Tier.PUBLISHED)
    elements = {id: one for one in document.data["@graph"] if (id := _id(mapping(one))) is not None}
    for number, one in enumerate(document.data["@graph"]):
        kind, source = mapping(one).get("relationshipType"), mapping(one).get("from")
        origin = _element(source, elements)
        for pointer, target in entries(mapping(one).get("to"), f"/@graph/{number}/to"):
            other = _element(target, elements)
            if not isinstance(origin, str) or not isinstance(other, str):
                continue
            if kind == "descendantOf":
                yield from say.base(origin, other, pointer)
            elif kind == "ancestorOf":
                yield from say.base(other, origin, pointer)
            elif kind == "trainedOn":
                yield from say.trained_on(other, pointer, origin)
            elif (
                kind == "generates"
                and _is(elements, source, "AIPackage")
                and _is(elements, target, "DatasetPackage")
            ):
                yield from say.maker(origin, f"/@graph/{number}/from")


def _id(element: Mapping[str, Any]) -> str | None:
    id = element.get("spdxId", element.get("@id"))
    return id if isinstance(id, str) else None


def _element(reference: Any, elements: Mapping[str, Any]) -> Any:
    """What an element is known by: its purl, its name, else where it can be fetched."""
    inside = mapping(reference) or mapping(elements.get(reference) if isinstance(reference, str) else None)
    for key in ("software_packageUrl", "packageUrl"):
        if isinstance(inside.get(key), str):
            return inside[key]
    return inside.get("name") or reference


def _is(elements: Mapping[str, Any], reference: Any, kind: str) -> bool:
    element = mapping(elements.get(reference) if isinstance(reference, str) else reference)
    return str(element.get("type", element.get("@type", ""))).endswith(kind)
