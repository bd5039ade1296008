"""The registry's facts: consistent, cited, and right where it is easy to be wrong."""

from __future__ import annotations

import pytest

from provenance_audit.database import open_memory
from provenance_audit.findings import Relation
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.registry import ROOTS, Registry, load
from provenance_audit.lineage.relation import relate

GRADES = {"author-stated", "weight-tested", "reported"}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def relation(maker: str, student: str) -> Relation:
    with open_memory() as connection:
        graph = Graph(connection, (), load())
        return relate(graph, identify(maker, load()), identify(student, load())).relation


def roots(model: str) -> tuple[str, ...]:
    with open_memory() as connection:
        id = identify(model, load()).id
        assert id is not None
        return Graph(connection, (), load()).roots(id)[0]


def test_every_row_is_cited_and_graded(registry: Registry) -> None:
    for row in (*registry.models.values(), *registry.edges, *registry.equivalences):
        assert row.source, row
        assert row.grade in GRADES, row
    assert len(registry.models) >= 60


def test_every_name_in_an_edge_is_a_model(registry: Registry) -> None:
    for edge in registry.edges:
        assert {edge.child, edge.parent} <= registry.models.keys(), edge
    for row in registry.equivalences:
        assert {row.a, row.b} <= registry.models.keys(), row
    for target, _ in registry.mirrors.values():
        assert target in registry.models


def test_what_is_derived_has_a_parent_and_a_root_has_none(registry: Registry) -> None:
    children = {edge.child for edge in registry.edges}
    for model in registry.models.values():
        if model.origin in ROOTS:
            assert model.id not in children, model.id


def test_no_model_is_its_own_ancestor(registry: Registry) -> None:
    parents: dict[str, set[str]] = {}
    for edge in registry.edges:
        parents.setdefault(edge.child, set()).add(edge.parent)
    for start in parents:
        seen, todo = set(), set(parents[start])
        while todo:
            one = todo.pop()
            assert one != start
            if one not in seen:
                seen.add(one)
                todo |= parents.get(one, set())


def test_a_name_stands_for_one_model(registry: Registry) -> None:
    for name, id in registry.names.items():
        assert name == name.casefold()
        assert id in registry.models


@pytest.mark.parametrize(
    ("model", "root"),
    [
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "Qwen/Qwen2.5-Math-7B"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "meta-llama/Llama-3.1-8B"),
        ("vicuna-7b-v1.3", "huggyllama/llama-7b"),
        ("vicuna-7b-v1.5", "meta-llama/Llama-2-7b-hf"),
        ("zephyr-7b-beta", "mistralai/Mistral-7B-v0.1"),
    ],
)
def test_a_walk_leads_to_the_right_family(model: str, root: str) -> None:
    with open_memory() as connection:
        graph, id = Graph(connection, (), load()), identify(model, load()).id
        assert id is not None
        assert graph.is_ancestor(root, id)


@pytest.mark.parametrize(
    ("maker", "student", "expected"),
    [
        ("vicuna-7b-v1.3", "vicuna-7b-v1.5", Relation.NO_KNOWN_RELATION),
        ("vicuna-7b-v1.1", "vicuna-7b-v1.3", Relation.SHARED_BASE),
        ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-14B-Instruct", Relation.NO_KNOWN_RELATION),
        ("openlm-research/open_llama_7b", "huggyllama/llama-7b", Relation.NO_KNOWN_RELATION),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "Qwen/Qwen2.5-7B-Instruct", Relation.SHARED_BASE),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "meta-llama/Llama-3.1-8B-Instruct", Relation.SHARED_BASE),
        ("meta-llama/Llama-3.2-3B", "meta-llama/Llama-3.1-8B", Relation.SHARED_ANCESTOR),
        ("mistralai/Mixtral-8x7B-v0.1", "mistralai/Mistral-7B-v0.1", Relation.SHARED_ANCESTOR),
        ("gpt-4o-2024-08-06", "gpt-4.1-2025-04-14", Relation.EQUIVALENT_FAMILY),
        ("gpt-3.5-turbo-1106", "gpt-4o-2024-08-06", Relation.UNDETERMINED),
        ("gpt-4o-2024-08-06", "meta-llama/Llama-3.1-8B", Relation.NO_KNOWN_RELATION),
        ("acme/unheard-of-7b", "meta-llama/Llama-3.1-8B", Relation.UNDETERMINED),
    ],
)  # fmt: skip
def test_the_traps(maker: str, student: str, expected: Relation) -> None:
    assert relation(maker, student) is expected
    assert relation(student, maker) is expected
