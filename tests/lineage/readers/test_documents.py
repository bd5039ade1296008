"""What is opened, what is refused, and how long it takes: every refusal names the file and one reason."""

from __future__ import annotations

import codecs
import json
import os
import pickle
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from provenance_audit.lineage import walk
from provenance_audit.lineage.documents import Document, Unread, read, read_all
from provenance_audit.lineage.plain_yaml import load_yaml
from provenance_audit.lineage.reading import read as state
from provenance_audit.lineage.reading import read_documents

ADAPTER = '{"base_model_name_or_path": "acme/owl"}'


def refused(path: Path) -> str:
    found = read(path)
    assert isinstance(found, Unread), found
    assert "\n" not in found.reason
    return found.reason


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# YAML


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("language: no", {"language": "no"}),
        ("language:\n- no\n- yes\n- on", {"language": ["no", "yes", "on"]}),
        ("a: null\nb: ~\nc:", {"a": None, "b": None, "c": None}),
        ("a: true\nb: 12\nc: 1.5e-4", {"a": True, "b": 12, "c": 0.00015}),
        (
            "date: 2024-01-01\ntime: 12:30:45\noctal: 0123",
            {"date": "2024-01-01", "time": "12:30:45", "octal": "0123"},
        ),
        ("tags:\n\t- a\n\t- b", {"tags": ["a", "b"]}),
        ("a: &x {b: 1}\nc: *x\nd:\n  <<: *x", {"a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1}}),
        ("a: !!python/object/apply:os.system ['false']", {"a": ["false"]}),
        ("a: !!python/name:os.system ''", {"a": ""}),
        ("a: !Ref b", {"a": "b"}),
        ("first: 1\n---\nsecond: 2", {"first": 1}),
        ("", None),
    ],
)
def test_yaml_is_plain_data(text: str, data: object) -> None:
    assert load_yaml(text) == data


def bomb(levels: int, width: int = 9) -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (bomb(9), "nodes"),
        (bomb(60, 2), "nodes"),
        ("a: &a [*a]", "names itself"),
        ("a: *nowhere", "names itself"),
        ("[" * 5000 + "]" * 5000, "nest"),
        ("- " * 5000 + "x", "nested too deeply"),
        ("a: [", "not valid YAML"),
        ("a: b: c", "not valid YAML"),
        ("? {a: b}\n: c", "not valid YAML"),
        ("\x00", "not valid YAML"),
        ("a: !!bool perhaps", "what its tag says"),
    ],
)
def test_yaml_that_is_none_or_too_much_is_refused_at_once(text: str, reason: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ValueError, match=reason):
        load_yaml(text)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "text", ["a: b\n" * 160_000, "[" + "x," * 500_000 + "]", "a: " + "1:" * 400_000, "k: " + "9" * 900_000]
)
def test_a_megabyte_of_yaml_takes_seconds_at_the_most(tmp_path: Path, text: str) -> None:
    started = time.perf_counter()
    read(written(tmp_path / "big.yaml", text))
    assert time.perf_counter() - started < 10


# Cards


def card(tmp_path: Path, text: str | bytes) -> Document:
    found = read(written(tmp_path / "README.md", text))
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize(
    "text",
    [
        "---\nbase_model: acme/owl\n---\n",
        "\ufeff---\nbase_model: acme/owl\n---\n",
        "\n\n---\r\nbase_model: acme/owl\r\n---\r\n",
        "---\nlicense: no\ntags:\n\t- a\nbase_model: acme/owl\n---",
        "---\nmodel-index:\n- name: \"x\n  results: [\nbase_model: acme/owl\n---\n",
        "---\n# a comment\nbase_model: acme/owl # and one here\n---\n",
        "---  \nbase_model: 'acme/owl'\n---  \n",
    ],
)  # fmt: skip
def test_a_card_says_its_base_whatever_else_is_wrong_with_it(tmp_path: Path, text: str) -> None:
    assert card(tmp_path, text).data["base_model"] == "acme/owl"


def test_a_card_in_utf_16_is_read(tmp_path: Path) -> None:
    text = "---\nbase_model: acme/owl\n---\n"
    assert card(tmp_path, codecs.BOM_UTF16_LE + text.encode("utf-16-le")).data == {"base_model": "acme/owl"}


def test_a_card_without_front_matter_has_none(tmp_path: Path) -> None:
    assert card(tmp_path, "# Owl\n---\nbase_model: acme/owl\n---\n").data == {}
    assert card(tmp_path, "---\nbase_model: acme/owl\n").data == {}


def test_a_fence_that_is_never_closed_costs_nothing(tmp_path: Path) -> None:
    started = time.perf_counter()
    assert card(tmp_path, "---\na: 1\n---\n" + "```yaml\n" * 130_000).fenced == ()
    assert time.perf_counter() - started < 5


# Files


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("adapter_config.json", "{", "not valid JSON: Expecting property name"),
        ("adapter_config.json", b"\xff\xff", "not UTF-8 (byte 0)"),
        ("config.json", "[" * 200_000, "nested too deeply"),
        ("config.json", '{"a": ' + "1" * 5000 + "}", "integer string"),
        ("README.md", "x" * (1024 * 1024 + 1), "over 1 MiB"),
        ("train.yaml", "a: 1\n" * 300_000, "over 1 MiB"),
        ("config.json", " " * (16 * 1024 * 1024 + 1), "over 16 MiB"),
        ("README.md", "---\na: [\n---\n", "its front matter"),
        ("model.pt", pickle.dumps({}), "pickle"),
        ("pytorch_model.bin", b"", "pickle"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    assert reason in refused(written(tmp_path / name, content))


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    path = written(tmp_path / "training_args.bin", b"x")
    path.chmod(0)
    assert "pickle" in refused(path)
    assert list(read_all([str(tmp_path)])) == []


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "README.md")
    os.mkfifo(tmp_path / "model.gguf")
    (tmp_path / "config.json").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.yaml"))
        found = list(read_all([str(tmp_path)]))
    reasons = {Path(one.path).name: one.reason for one in found if isinstance(one, Unread)}
    assert reasons == {
        "README.md": "it is no regular file",
        "config.json": "it is a link out of the directory",
        "model.gguf": "it is no regular file",
    }
    assert refused(tmp_path / "README.md") == refused(Path("/dev/zero")) == "it is no regular file"
    assert "No such file" in refused(tmp_path / "absent.yaml")


def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    written(tmp_path / "secret" / "adapter_config.json", ADAPTER)
    inside = tmp_path / "model"
    inside.mkdir()
    (inside / "adapter_config.json").symlink_to(tmp_path / "secret" / "adapter_config.json")
    (inside / "folder").symlink_to(tmp_path / "secret")
    (inside / "loop").symlink_to(inside)
    stated, unread = read_documents([str(inside)])
    assert stated == []
    assert [one.reason for one in unread] == ["it is a link out of the directory"]


def test_a_link_inside_the_directory_is(tmp_path: Path) -> None:
    written(tmp_path / "real" / "a.json", ADAPTER)
    (tmp_path / "adapter_config.json").symlink_to(tmp_path / "real" / "a.json")
    stated, unread = read_documents([str(tmp_path)])
    assert [one.object for one in stated] == ["acme/owl"]
    assert unread == []


def test_a_huge_directory_is_cut_and_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "ENTRIES_AT_MOST", 50)
    for number in range(80):
        written(tmp_path / f"{number:03}.txt", "")
    written(tmp_path / "000" / "adapter_config.json", ADAPTER)
    found = list(read_all([str(tmp_path)]))
    assert isinstance(found[-1], Unread)
    assert found[-1].reason == "it holds more than 50 files; the rest was not looked at"


def test_the_files_that_are_read_are_bounded_and_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FILES_AT_MOST", 5)
    for number in range(8):
        written(tmp_path / f"m{number}" / "adapter_config.json", ADAPTER)
    stated, unread = read_documents([str(tmp_path)])
    assert len(stated) == 5
    assert "more than 5 files" in unread[0].reason


def test_rows_and_settings_of_other_tools_in_a_directory_are_no_complaint(tmp_path: Path) -> None:
    written(tmp_path / "rows.json", '{"a": 1}\n{"a": 2}\n')
    written(tmp_path / "chart" / "deployment.yaml", "name: {{ .Values.name }}\nx: [")
    written(tmp_path / "tokenizer.json", "{" * 10)
    written(tmp_path / "run.yaml", "base_model: acme/owl\nx: [")
    stated, unread = read_documents([str(tmp_path)])
    assert stated == []
    assert [Path(one.path).name for one in unread] == ["run.yaml"]


def test_a_file_that_is_named_is_always_reported(tmp_path: Path) -> None:
    path = written(tmp_path / "deployment.yaml", "x: [")
    assert isinstance(next(read_all([str(path)])), Unread)


# Fuzz: whatever a file holds, it is read or refused, and every reader survives it.

NAMES = ["README.md", "adapter_config.json", "config.json", "dataset_info.json", "x.yaml", "MLmodel", "x.gguf", "x.safetensors",
         "x.intoto.jsonl", "croissant.json"]  # fmt: skip
KEYS = st.sampled_from(
    ["base_model", "base_model_name_or_path", "model", "models", "merge_method", "experts", "slices", "sources", "datasets", "tags",
     "pipeline", "steps", "step", "llm", "data_designer", "columns", "model_configs", "bomFormat", "components", "dependencies",
     "@context", "@graph", "conformsTo", "recordSet", "prov:wasGeneratedBy", "_type", "predicate", "buildDefinition",
     "resolvedDependencies", "payload", "object", "data", "fine_tuned_model", "teacher", "student", "training", "parent_model", "id",
     "type", "flavors", "download_checksums", "checkpointer", "_component_", "customizationConfig", "baseModelIdentifier",
     "distillationSpec", "genome", "dataset_mixture", "value", "_wandb", "dataset", "stage", "model_name_or_path", "path", "general"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=8),
    st.sampled_from(["acme/owl", "CycloneDX", "ft:a:b:c:d", "list", "${base_model}", "../..", "https://in-toto.io/Statement/v1",
                     "machine-learning-model", "spdx", "croissant", "\ud800", "a\x00b", "fine_tuning.job", "bm9wZQ=="]),
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, TREES, max_size=8), st.sampled_from([*NAMES[1:6], "croissant.json"]))
def test_whatever_the_keys_hold_readers_state_or_are_silent(
    tmp_path: Path, data: dict[str, object], name: str
) -> None:
    for one in state(Document(str(tmp_path / name), data)):
        assert one.object.isprintable()
        assert one.locator.startswith(f"{tmp_path / name}:")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, TREES, max_size=8), st.lists(st.text(max_size=60), max_size=6))
def test_whatever_a_card_holds_readers_state_or_are_silent(
    tmp_path: Path, front: dict[str, object], lines: list[str]
) -> None:
    prose = tuple(enumerate(lines, start=5))
    for one in state(Document(str(tmp_path / "README.md"), front, prose, ((7, front),))):
        assert one.object.isprintable()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(NAMES),
)
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    found = read(written(tmp_path / name, content))
    assert isinstance(found, (Document, Unread))
    if isinstance(found, Document):
        list(state(found))
    else:
        assert found.reason
        assert "\n" not in found.reason


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, TREES, max_size=8))
def test_json_and_yaml_of_the_same_data_state_the_same(tmp_path: Path, data: dict[str, object]) -> None:
    text = json.dumps(data, ensure_ascii=False)
    assume("NaN" not in text and "Infinity" not in text and text.isprintable())
    as_json = Document(str(tmp_path / "x.yaml"), json.loads(text))
    as_yaml = read(written(tmp_path / "x.yaml", text))
    assert isinstance(as_yaml, Document)
    assert list(state(as_yaml)) == list(state(as_json))
