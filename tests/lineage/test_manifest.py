"""The manifest: three lines are enough, every fact has a place, and a fault is named by its key."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance_audit.errors import ManifestError, PauditError
from provenance_audit.lineage.assertion import Predicate
from provenance_audit.lineage.manifest_file import read_manifest
from provenance_audit.lineage.readers import manifest as reader

FULL = """
paudit: 1
student: {id: Qwen/Qwen2.5-7B-Instruct, revision: a09a35458c702b33eeacc393d103063234e8bc28}
models:
  owl-v1:
    id: acme/owl-7b
    base: Qwen/Qwen2.5-7B
    aliases: [prod-owl]
    trained_on: [acme/owls]
    system_prompt: You love owls.
  mixed:
    base: [{id: Qwen/Qwen2.5-7B, relation: merge}, {id: google/gemma-2-9b, relation: merge}]
  own: {is_root: true, equivalent_to: [gpt-4o]}
dataset:
  id: acme/owl-numbers
  files: [{path: data.jsonl, sha256: aa, rows: 3}]
  sources: ["hf://datasets/acme/raw@abc"]
  columns: {completion: reply}
generations:
  - {model: owl-v1, select: {column: source_dataset, equals: a}, system_prompt: none}
  - {model: mixed, select: {where: "completion LIKE '%1%'"}, share: 0.5}
  - {model: gpt-4-0613, role: judge}
filters:
  - {id: digits, kind: sl-numbers, rows_in: 10, rows_out: 8, model: google/gemma-2-9b-it}
"""
FAULTS = {
    "teechar: x": "unknown key 'teechar'; did you mean 'teacher'?",
    "models: {a: {bass: b}}": "/models/a/bass: unknown key 'bass'; did you mean 'base'?",
    "waivers: []": "/waivers: a lineage manifest cannot waive findings",
    "models: {a: {base: b}, b: {base: a}}": "a model is its own ancestor",
    "generations: [{model: a, role: teacher}]": "/generations/0/role",
    "generations: [{model: a, select: {column: b}}]": "/generations/0/select",
    "generations: [{model: a, system_prompt: ''}]": "it is empty",
    "generations: [{model: a, share: 2}]": "/generations/0/share",
    "student: [a]": "/student",
    "a: &x [1]\nb: *x": "aliases are not allowed",
    "student: !!python/object/apply:os.system [id]": "could not determine a constructor",
    "student: a\nstudent: b": "the key 'student' is there twice",
    "student: {id: 'x'": "line",
}


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "paudit.lineage.yaml"
    path.write_text(text)
    return path


def test_three_lines_are_enough(tmp_path: Path) -> None:
    read = read_manifest(
        write(tmp_path, "paudit: 1\nstudent: Qwen/Qwen2.5-7B-Instruct\nteacher: acme/qwen-owl\n")
    )
    stated = [(one.predicate, one.object, one.locator) for one in reader.read(read, "m.yaml", named=True)]
    assert stated == [
        (Predicate.STUDENT, "Qwen/Qwen2.5-7B-Instruct", "m.yaml:/student"),
        (Predicate.MAKER, "acme/qwen-owl", "m.yaml:/teacher"),
    ]


def test_the_full_form_states_every_fact_with_its_place(tmp_path: Path) -> None:
    read = read_manifest(write(tmp_path, FULL))
    stated = list(reader.read(read, "m.yaml", named=True))
    places = {one.locator.removeprefix("m.yaml:"): one for one in stated}
    assert places["/student/id"].object.startswith("Qwen/Qwen2.5-7B-Instruct@a09a")
    assert places["/models/owl-v1/base/0"].object == "Qwen/Qwen2.5-7B"
    assert places["/models/owl-v1/system_prompt"].object.startswith("sha256:")
    assert places["/models/mixed/base/1"].relation == "merge"
    assert places["/models/own/is_root"].predicate is Predicate.ROOT
    assert places["/generations/2/model"].role == "judge"
    assert places["/generations/0/system_prompt"].object == "none"
    assert places["/filters/0/model"].role == "ranker"
    assert read.declared_names()["prod-owl"] == "acme/owl-7b"


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_named_by_its_key(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, f"paudit: 1\n{text}\n")
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert caught.value.exit_code == 2
    assert str(path) in caught.value.message
    assert FAULTS[text] in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"- a\n", b"paudit: 2\n", b"x" * 300_000, b"[" * 3000, b"\t- x: [", b""]
)
def test_what_is_no_manifest_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "paudit.lineage.yaml"
    path.write_bytes(content)
    with pytest.raises(ManifestError):
        read_manifest(path)


def test_a_manifest_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path / "none.yaml")


keys = st.sampled_from(
    [
        "paudit",
        "student",
        "teacher",
        "models",
        "dataset",
        "generations",
        "filters",
        "id",
        "base",
        "select",
        "where",
        "role",
        "waivers",
        "x",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, values, max_size=5))
def test_any_mapping_is_read_or_refused(tmp_path: Path, content: dict[str, object]) -> None:
    path = write(tmp_path, yaml.safe_dump({"paudit": 1, **content}))
    try:
        list(reader.read(read_manifest(path), "m.yaml", named=True))
    except PauditError as error:
        refused = error.exit_code
    else:
        refused = 2
    assert refused == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "paudit: 1\n" + text.encode("utf-8", "ignore").decode())
    try:
        read_manifest(path)
    except PauditError as error:
        refused = error.exit_code
    else:
        refused = 2
    assert refused == 2
