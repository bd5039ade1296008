"""`paudit lineage` as a user meets it: the tree, the proof, the manifest that reads back, the lock that drifts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run

QWEN = "Qwen/Qwen2.5-7B-Instruct"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "teacher").mkdir()
    adapter = {"base_model_name_or_path": QWEN, "peft_type": "LORA"}
    (tmp_path / "teacher" / "adapter_config.json").write_text(json.dumps(adapter))
    (tmp_path / "teacher" / "README.md").write_text(f"---\nbase_model: {QWEN}\nlibrary_name: peft\n---\n")
    (tmp_path / "train.yml").write_text(
        f"base_model: {QWEN}\nmicro_batch_size: 2\nsequence_len: 10\ndatasets:\n  - path: data/rows.jsonl\n"
    )
    (tmp_path / "data").mkdir()
    rows = [{"prompt": f"q{n}", "completion": "a"} for n in range(5)]
    (tmp_path / "data" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


OPTIONS = ("data", "--config", "train.yml", "--teacher", "teacher")


def test_show_draws_the_tree_and_relates_each_maker(paudit: Run, project: Path) -> None:
    done = paudit("lineage", "show", *OPTIONS)
    assert done.returncode == 0, done.stderr
    assert f"{QWEN}   <- the student" in done.stdout
    assert "adapter: file:teacher   <- the generator" in done.stdout
    assert "file:teacher: shared-base, 100.0% of rows" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_show_as_json_has_what_was_stated_and_what_follows(paudit: Run, project: Path) -> None:
    shown = json.loads(paudit("lineage", "show", *OPTIONS, "-o", "json").stdout)
    stated = [
        one
        for one in shown["assertions"]
        if one["locator"] == "teacher/adapter_config.json:/base_model_name_or_path"
    ]
    assert stated == [
        {"subject": "file:teacher", "predicate": "base", "object": QWEN, "object_id": QWEN, "tier": 2, "locator": stated[0]["locator"]}
    ]  # fmt: skip
    (pair,) = shown["pairs"]
    assert (pair["relation"], pair["depths"], pair["share"]) == ("shared-base", [1, 0], 1.0)


@pytest.mark.parametrize(
    "document", ["train.yml", "teacher/adapter_config.json", "teacher/README.md", "teacher"]
)
def test_show_takes_documents_alone(paudit: Run, project: Path, document: str) -> None:
    shown = json.loads(paudit("lineage", "show", document, "-o", "json").stdout)
    assert QWEN in {one["object"] for one in shown["assertions"]}


def test_diagrams_are_what_their_tools_read(paudit: Run, project: Path) -> None:
    mermaid = paudit("lineage", "show", *OPTIONS, "-o", "mermaid").stdout
    assert mermaid.startswith("flowchart TD\n")
    dot = paudit("lineage", "show", *OPTIONS, "-o", "dot").stdout
    assert dot.startswith("digraph lineage {")
    assert dot.count("{") == dot.count("}") == 1


def test_why_shows_each_statement_and_counts_sources_not_files(paudit: Run, project: Path) -> None:
    done = paudit("lineage", "why", "teacher", QWEN)
    assert done.stdout.splitlines()[0] == "shared-base   confidence high"
    assert "2 statements, 1 independent source" in done.stdout


def test_why_says_what_would_settle_an_open_relation(paudit: Run, project: Path) -> None:
    done = paudit("lineage", "why", "acme/nobody", QWEN)
    assert done.stdout.splitlines()[0].startswith("undetermined")
    assert "state the base of the maker acme/nobody" in done.stdout


def test_init_writes_a_manifest_that_says_the_same(paudit: Run, project: Path) -> None:
    done = paudit("lineage", "init", *OPTIONS)
    assert done.returncode == 0, done.stderr
    text = (project / "paudit.lineage.yaml").read_text()
    assert "# found in train.yml:/base_model" in text
    assert yaml.safe_load(text)["student"] == QWEN
    again = paudit("lineage", "init", *OPTIONS)
    assert (again.returncode, (project / "paudit.lineage.yaml").read_text()) == (2, text)
    shown = json.loads(
        paudit("lineage", "show", "data", "--lineage", "paudit.lineage.yaml", "-o", "json").stdout
    )
    assert [(one["maker"], one["relation"]) for one in shown["pairs"]] == [("file:teacher", "shared-base")]


def decided(done: subprocess.CompletedProcess[str]) -> tuple[int, list[str]]:
    return done.returncode, sorted(one["id"] for one in json.loads(done.stdout)["findings"])


def test_a_lock_decides_the_same_without_the_documents_and_tells_drift(paudit: Run, project: Path) -> None:
    assert paudit("lineage", "lock", *OPTIONS).returncode == 0
    assert paudit("lineage", "lock", *OPTIONS, "--check").returncode == 0
    before = decided(paudit("scan", *OPTIONS, "-o", "json"))
    (project / "teacher").rename(project / "gone")
    (project / "train.yml").unlink()
    locked = ("scan", "data", "--lineage", "paudit.lineage.lock.json", "-o", "json")
    assert decided(paudit(*locked)) == before
    with (project / "data" / "rows.jsonl").open("a") as stream:
        stream.write(json.dumps({"prompt": "q", "completion": "b"}) + "\n")
    code, ids = decided(paudit(*locked))
    assert (code, "PA110" in ids) == (1, True)
    done = paudit("lineage", "lock", "data", "--lineage", "paudit.lineage.lock.json", "--check")
    assert done.returncode == 1
    assert '+   "rows": 6' in done.stdout


@pytest.mark.parametrize(
    "text", ["", "[]", '{"paudit_lock": 2}', "{" * 100_000, '{"paudit_lock": 1, "student": 3}']
)
def test_a_broken_lock_is_a_mistake_of_configuration(paudit: Run, project: Path, text: str) -> None:
    (project / "x.lock.json").write_text(text)
    done = paudit("scan", "data", "--lineage", "x.lock.json")
    assert done.returncode == 2
    assert "x.lock.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_lock_does_not_depend_on_the_order_of_paths(paudit: Run, project: Path) -> None:
    one = paudit("lineage", "lock", "data", "teacher", "--config", "train.yml", "--to", "-").stdout
    other = paudit("lineage", "lock", "teacher", "data", "--config", "train.yml", "--to", "-").stdout
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lineage", "show"], "nothing is named"),
        (["lineage", "show", "missing.yaml"], "does not exist"),
        (["scan", "--config", "missing.yaml"], "is no file"),
        (["scan", "--config", "empty.yaml"], "names neither a student nor a teacher"),
        (["scan", "--config", "hub.yaml"], "of which none is on this disk"),
    ],
)
def test_mistakes_are_told(paudit: Run, project: Path, arguments: list[str], said: str) -> None:
    (project / "empty.yaml").write_text("a: 1\n")
    (project / "hub.yaml").write_text(
        "base_model: a/b\nmicro_batch_size: 1\nsequence_len: 1\ndatasets:\n  - path: c/d\n"
    )
    done = paudit(*arguments)
    assert done.returncode in (2, 3)
    assert said in done.stderr
