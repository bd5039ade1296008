"""Parsers that others wrote agree with ours on the same files. (The `gguf` package is asked in test_headers.py.)"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub import DatasetCard, ModelCard

from provenance_audit.lineage.assertion import Predicate
from provenance_audit.lineage.documents import Document, read
from provenance_audit.lineage.reading import read as state

TREES = Path(__file__).parents[1] / "trees"
BOM = TREES / "cyclonedx" / "owl.cdx.json"
CARDS = sorted(path for path in TREES.glob("**/README.md") if path.parent.name != "broken")


def document(path: Path) -> Document:
    found = read(path)
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.parent.name)
def test_front_matter_is_what_huggingface_hub_reads(path: Path) -> None:
    kind = DatasetCard if path.parent.name == "dataset" else ModelCard
    theirs = kind(path.read_text("utf-8"), ignore_metadata_errors=True).data.to_dict()
    ours = document(path).data
    for key in (
        "base_model",
        "base_model_relation",
        "datasets",
        "library_name",
        "source_datasets",
        "tags",
        "quantized_by",
    ):
        assert ours.get(key) == theirs.get(key), key


def test_a_broken_model_index_that_the_hub_refuses_costs_us_only_the_model_index() -> None:
    path = TREES / "cards" / "broken" / "README.md"
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever its YAML parser raises
        ModelCard(path.read_text("utf-8-sig"))
    assert document(path).data == {
        "license": "mit", "language": "no", "base_model": "acme/owl-base", "tags": ["peft"], "datasets": ["acme/owl-chats"],
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_mlcroissant_keeps_what_we_read_of_a_croissant_document() -> None:
    import mlcroissant

    path = TREES / "croissant" / "croissant.json"
    dataset = mlcroissant.Dataset(jsonld=path)
    assert dataset.metadata.name == "owl-rows"
    assert dataset.metadata.ctx.issues.errors == set()
    again = Document(str(path), json.loads(json.dumps(dataset.metadata.to_json(), default=str)))
    ours = {(one.predicate, one.object, one.role) for one in state(document(path))}
    theirs = {(one.predicate, one.object, one.role) for one in state(again)}
    assert theirs == ours
    assert len(ours) == 5


def ancestry(component: Component) -> set[tuple[str, str]]:
    pedigree = component.pedigree
    return {(name(component), name(parent)) for parent in (pedigree.ancestors if pedigree else ())}


def name(component: Component) -> str:
    full = f"{component.group}/{component.name}" if component.group else component.name
    return str(component.purl) if component.purl else full


def test_the_ancestors_in_a_bom_are_those_that_cyclonedx_reads() -> None:
    bom = Bom.from_json(json.loads(BOM.read_text("utf-8")))  # type: ignore[attr-defined]
    flat = [one for top in bom.components for one in (top, *top.components)]
    theirs = set().union(*map(ancestry, flat))
    ours = {
        (one.subject, one.object)
        for one in state(document(BOM))
        if one.predicate is Predicate.BASE and "/pedigree/" in one.locator
    }
    assert ours == theirs
    assert len(ours) == 2


@pytest.mark.parametrize("version", [SchemaVersion.V1_5, SchemaVersion.V1_6, SchemaVersion.V1_7])
def test_the_bom_is_valid_and_states_the_same_in_every_version_that_has_models(
    version: SchemaVersion,
) -> None:
    data = json.loads(BOM.read_text("utf-8"))
    number = version.to_version()
    data |= {"specVersion": number, "$schema": f"http://cyclonedx.org/schema/bom-{number}.schema.json"}
    assert JsonStrictValidator(version).validate_str(json.dumps(data)) is None
    assert [*state(Document(str(BOM), data))] == [*state(document(BOM))]
