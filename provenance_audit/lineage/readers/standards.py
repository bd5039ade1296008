"""Published documents of a standard form: Croissant with PROV, CycloneDX, SPDX 3, in-toto and SLSA (tier 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, listed, mapping


def croissant(document: Document) -> Iterator[Assertion] | None:
    """`prov:wasDerivedFrom`, `isBasedOn`, and the agents of `prov:wasGeneratedBy`."""
    data = mapping(document.data)
    if "croissant" not in str(data.get("conformsTo", "")).lower() and "recordSet" not in data:
        return None
    return _croissant(document, data)


def _croissant(document: Document, data: Mapping[str, Any]) -> Iterator[Assertion]:
    say = Speaker(document, "Croissant", Tier.PUBLISHED)
    for key in ("prov:wasDerivedFrom", "wasDerivedFrom", "isBasedOn"):
        for number, one in enumerate(listed(data.get(key))):
            yield from say.derived_from(_id(one), f"/{key}/{number}")
    for key in ("prov:wasGeneratedBy", "wasGeneratedBy"):
        for number, activity in enumerate(listed(data.get(key))):
            for agent in listed(mapping(activity).get("prov:wasAssociatedWith")):
                if "Software" in str(mapping(agent).get("@type", "Software")):
                    yield from say.maker(_id(agent), f"/{key}/{number}/prov:wasAssociatedWith")


def cyclonedx(document: Document) -> Iterator[Assertion] | None:
    """Machine-learning models with their `pedigree.ancestors`, and the datasets of their cards."""
    data = mapping(document.data)
    return _cyclonedx(document, data) if data.get("bomFormat") == "CycloneDX" else None


def _cyclonedx(document: Document, data: Mapping[str, Any]) -> Iterator[Assertion]:
    say = Speaker(document, "CycloneDX", Tier.PUBLISHED)
    components = [*listed(data.get("components")), mapping(mapping(data.get("metadata")).get("component"))]
    names = {mapping(one).get("bom-ref"): _component(mapping(one)) for one in components}
    for number, one in enumerate(components):
        component = mapping(one)
        if component.get("type") != "machine-learning-model":
            continue
        me, pointer = _component(component), f"/components/{number}"
        for place, ancestor in enumerate(listed(mapping(component.get("pedigree")).get("ancestors"))):
            yield from say.base(me, _component(mapping(ancestor)), f"{pointer}/pedigree/ancestors/{place}")
        parameters = mapping(mapping(component.get("modelCard")).get("modelParameters"))
        for place, dataset in enumerate(listed(parameters.get("datasets"))):
            inside = mapping(dataset)
            name = names.get(inside.get("ref")) or inside.get("name") or inside.get("ref")
            yield from say.trained_on(name, f"{pointer}/modelCard/modelParameters/datasets/{place}", me)


def spdx(document: Document) -> Iterator[Assertion] | None:
    """SPDX 3: `descendantOf` and `trainedOn` between AI packages and datasets."""
    data = mapping(document.data)
    graph = data.get("@graph")
    return (
        _spdx(document, graph)
        if "spdx" in str(data.get("@context", "")).lower() and isinstance(graph, list)
        else None
    )


def _spdx(document: Document, graph: list[Any]) -> Iterator[Assertion]:
    say = Speaker(document, "SPDX", Tier.PUBLISHED)
    names = {mapping(one).get("spdxId"): mapping(one).get("name") for one in graph}
    for number, one in enumerate(graph):
        kind = str(mapping(one).get("relationshipType", ""))
        child = names.get(mapping(one).get("from"))
        for target in listed(mapping(one).get("to")):
            if kind == "descendantOf" and isinstance(child, str):
                yield from say.base(child, names.get(target, target), f"/@graph/{number}")
            elif kind == "trainedOn" and isinstance(child, str):
                yield from say.trained_on(names.get(target, target), f"/@graph/{number}", child)


def intoto(document: Document) -> Iterator[Assertion] | None:
    """SLSA's `resolvedDependencies`: what a build took in."""
    data = mapping(document.data)
    if "in-toto.io/Statement" not in str(data.get("_type", "")):
        return None
    say = Speaker(document, "in-toto", Tier.PUBLISHED)
    definition = mapping(mapping(data.get("predicate")).get("buildDefinition"))
    return (
        one
        for number, dependency in enumerate(listed(definition.get("resolvedDependencies")))
        for one in say.derived_from(
            mapping(dependency).get("uri") or mapping(dependency).get("name"),
            f"/predicate/buildDefinition/resolvedDependencies/{number}",
        )
    )


def _id(one: Any) -> Any:
    return (
        one
        if isinstance(one, str)
        else mapping(one).get("@id") or mapping(one).get("url") or mapping(one).get("name")
    )


def _component(component: Mapping[str, Any]) -> str:
    """A purl where there is one, else group and name."""
    if isinstance(component.get("purl"), str):
        return str(component["purl"])
    group, name = component.get("group"), component.get("name", "")
    return f"{group}/{name}" if group else str(name)
