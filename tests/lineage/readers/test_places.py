"""Names that are places on disk, copies that are no second witness, and cards that say what the files beside them do not."""

from __future__ import annotations

import json
from pathlib import Path

from provenance_audit.lineage.assertion import Assertion, Predicate, WeightRelation
from provenance_audit.lineage.reading import read_documents

TREES = Path(__file__).parents[1] / "trees"


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def bases(*paths: Path) -> list[Assertion]:
    stated, _ = read_documents([str(path) for path in paths])
    return [one for one in stated if one.predicate is Predicate.BASE]


def test_a_merge_of_merges_is_followed_to_the_merges_that_are_on_disk() -> None:
    final, slerp = TREES / "merges" / "final", TREES / "merges" / "slerp"
    found = bases(final)
    assert ("../slerp", f"file:{slerp}") in {(one.object, one.object_id) for one in found}
    assert {one.object for one in found if one.subject == f"file:{slerp}"} == {
        "HuggingFaceH4/zephyr-7b-beta",
        "teknium/OpenHermes-2.5-Mistral-7B@main",
    }
    assert [one.object_id for one in found if one.subject == f"file:{slerp}"] == [None, None]


def test_merges_that_name_each_other_are_read_once(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        write(
            tmp_path / name / "mergekit_config.yml", f"merge_method: linear\nmodels:\n- model: ../{other}\n"
        )
    assert [(one.subject, one.object) for one in bases(tmp_path / "a")] == [
        (f"file:{tmp_path}/a", "../b"),
        (f"file:{tmp_path}/b", "../a"),
    ]


def test_of_a_directory_that_is_only_referred_to_nothing_below_it_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a" / "adapter_config.json", {"base_model_name_or_path": str(tmp_path / "b")})
    write(tmp_path / "b" / "config.json", {"model_type": "llama", "_name_or_path": "acme/owl"})
    write(tmp_path / "b" / "old" / "adapter_config.json", {"base_model_name_or_path": "acme/never"})
    write(tmp_path / "b" / "train.yaml", "base_model: acme/never\ndatasets: []\n")
    assert [one.object for one in bases(tmp_path / "a")] == [str(tmp_path / "b"), "acme/owl"]


def test_a_directory_without_weights_is_no_model(tmp_path: Path) -> None:
    write(tmp_path / "models" / "notes.txt", "")
    write(tmp_path / "adapter_config.json", {"base_model_name_or_path": "models/"})
    assert [one.object_id for one in bases(tmp_path)] == [None]


def test_a_name_without_a_slash_is_never_a_place(tmp_path: Path) -> None:
    write(tmp_path / "gpt2" / "config.json", {"model_type": "gpt2"})
    write(tmp_path / "adapter_config.json", {"base_model_name_or_path": "gpt2"})
    assert [one.object_id for one in bases(tmp_path)] == [None]


def test_a_card_that_says_what_the_adapter_says_is_no_second_witness(tmp_path: Path) -> None:
    write(tmp_path / "adapter_config.json", {"base_model_name_or_path": "acme/owl-8b"})
    write(tmp_path / "README.md", "---\nbase_model: acme/owl-8b\n---\n")
    assert {one.source: one.derived_from for one in bases(tmp_path)} == {
        "card": "adapter_config.json",
        "adapter_config.json": "",
    }


def test_a_card_that_says_otherwise_is_one_and_stays_an_adapters(tmp_path: Path) -> None:
    write(tmp_path / "adapter_config.json", {"base_model_name_or_path": "acme/owl-8b"})
    write(tmp_path / "README.md", "---\nbase_model: acme/owl-32b\n---\n")
    found = {one.source: (one.object, one.derived_from, one.relation) for one in bases(tmp_path)}
    assert found == {
        "card": ("acme/owl-32b", "", WeightRelation.ADAPTER),
        "adapter_config.json": ("acme/owl-8b", "", WeightRelation.ADAPTER),
    }


def test_the_teacher_of_a_card_is_a_data_edge_never_a_weight_edge(tmp_path: Path) -> None:
    write(tmp_path / "README.md", "---\nbase_model: acme/small\nteacher_model: acme/large\n---\n")
    stated, _ = read_documents([str(tmp_path)])
    assert [(one.predicate, one.object) for one in stated] == [
        (Predicate.BASE, "acme/small"),
        (Predicate.TRAINED_ON, "acme/large"),
    ]


def test_the_same_place_by_two_names_is_read_twice_and_stated_once(tmp_path: Path) -> None:
    path = write(tmp_path / "adapter_config.json", {"base_model_name_or_path": "acme/owl"})
    assert len(bases(path, tmp_path, path)) == 1
