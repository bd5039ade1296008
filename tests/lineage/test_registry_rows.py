"""A user's own rows: read from CSV and YAML, checked to the line, and never stronger than what ships."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from provenance_audit.database import open_memory
from provenance_audit.errors import UsageError
from provenance_audit.findings import Relation
from provenance_audit.lineage.ancestry import trace
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.registry import load
from provenance_audit.lineage.registry_rows import TABLES, Row, read_rows, schema
from provenance_audit.lineage.relation import relate

QWEN = "Qwen/Qwen2.5-7B-Instruct"
EDGES = "child,parent,relation,grade,source\n"
YAML = """\
edges:
  - {child: acme/owl-7b, parent: Qwen/Qwen2.5-7B-Instruct, relation: finetune, grade: author-stated, source: our wiki}
  - child: acme/owl-7b-pruned
    parent: acme/owl-7b
    relation: pruned
    grade: reported
    source: our wiki
models:
  - {id: acme/own-1b, origin: root, grade: author-stated, source: our wiki, date: 2026-11}
names:
  - {name: prod-teacher, id: acme/owl-7b, source: our gateway}
mirrors:
  - {mirror: acme/qwen-again, id: Qwen/Qwen2.5-7B-Instruct, how: mirror, source: our wiki}
equivalent:
  - {a: acme/own-1b, b: google/gemma-2-2b, grade: reported, source: our tests}
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def fault(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        load([path])
    assert caught.value.remedy
    return caught.value.message


@pytest.mark.parametrize(
    "table", ["models", "edges", "equivalent", "mirrors", "names", "refused", "taught", "organisations"]
)
def test_every_shipped_row_has_a_source_and_a_date(table: str) -> None:
    text = (
        files("provenance_audit.lineage")
        .joinpath("registry_data", f"{table}.csv")
        .read_text(encoding="utf-8")
    )
    rows = list(csv.DictReader(text.splitlines()))
    assert rows
    for row in rows:
        assert row["source"].strip(), row
        assert row["date"].strip(), row
        assert None not in row, row
        assert not any(value is None for value in row.values()), row


def test_yaml_adds_models_names_mirrors_and_equivalents(tmp_path: Path) -> None:
    registry = load([write(tmp_path / "ours.yaml", YAML)])
    assert trace("acme/owl-7b-pruned", registry).roots == ("Qwen/Qwen2.5-7B",)
    assert trace("acme/own-1b", registry).roots == ("acme/own-1b",)
    assert identify("Prod-Teacher", registry).id == "acme/owl-7b"
    assert identify("acme/qwen-again", registry).id == QWEN
    assert registry.disagreements == ()
    with open_memory() as connection:
        graph = Graph(connection, (), registry)
        relation = relate(
            graph, identify("acme/own-1b", registry), identify("google/gemma-2-2b", registry)
        ).relation
    assert relation is Relation.EQUIVALENT_FAMILY
    assert load().models.get("acme/owl-7b") is None, "the shipped registry stays as it was"


def test_csv_holds_one_table_by_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "ours.csv", EDGES + f'acme/owl-7b,{QWEN},adapter,reported,"a, b"\n\n')
    (edge,) = load([path]).parents("acme/owl-7b")
    assert (edge.parent, str(edge.relation), edge.grade) == (QWEN, "adapter", "reported")
    assert edge.source == f"a, b ({path}, line 2)"


def test_tab_separated_rows_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "ours.tsv",
        "\ufeff" + (EDGES + f"acme/x,{QWEN},finetune,reported,wiki\n").replace(",", "\t"),
    )
    assert load([path]).parents("acme/x")[0].parent == QWEN


def test_spellings_in_a_row_are_those_of_the_registry(tmp_path: Path) -> None:
    path = write(tmp_path / "ours.csv", EDGES + "acme/x,unsloth/qwen2.5-7b-instruct,finetune,reported,wiki\n")
    assert load([path]).parents("acme/x")[0].parent == QWEN


def test_later_files_add_to_earlier_ones(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", EDGES + f"acme/x,{QWEN},finetune,reported,wiki\n")
    two = write(tmp_path / "two.csv", EDGES + "acme/y,acme/x,finetune,reported,wiki\n")
    assert trace("acme/y", load([one, two])).roots == ("Qwen/Qwen2.5-7B",)


def test_another_parent_than_the_shipped_one_is_reported_and_kept_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path / "ours.csv", EDGES + f"{QWEN},meta-llama/Llama-3.1-8B,finetune,reported,rumour\n")
    registry = load([path])
    (one,) = registry.disagreements
    assert one.locator == f"{path}, line 2"
    assert "Qwen/Qwen2.5-7B" in one.shipped
    assert {edge.parent for edge in registry.parents(QWEN)} == {"Qwen/Qwen2.5-7B", "meta-llama/Llama-3.1-8B"}


def test_a_row_cannot_make_a_derived_model_a_root(tmp_path: Path) -> None:
    path = write(tmp_path / "ours.csv", f"id,origin,grade,source\n{QWEN},root,reported,hope\n")
    registry = load([path])
    assert len(registry.disagreements) == 1
    assert trace(QWEN, registry).roots == ("Qwen/Qwen2.5-7B",)


def test_a_name_that_stands_for_another_model_is_reported_and_not_moved(tmp_path: Path) -> None:
    path = write(tmp_path / "ours.csv", "name,id,source\nvicuna-7b-v1.5,acme/x,us\n")
    registry = load([path])
    assert len(registry.disagreements) == 1
    assert identify("vicuna-7b-v1.5", registry).id == "lmsys/vicuna-7b-v1.5"


def test_a_user_may_settle_a_name_that_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path / "ours.csv", "name,id,source\ndeepseek-r1,deepseek-ai/DeepSeek-R1-0528,our gateway\n"
    )
    assert identify("deepseek-r1", load([path])).id == "deepseek-ai/DeepSeek-R1-0528"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", EDGES + "a/b,c/d,finetuned,reported,x\n", ["line 2", "relation 'finetuned'", "did you mean 'finetune'?"]),
        ("a.csv", EDGES + "a/b,c/d,finetune,rumour,x\n", ["line 2", "grade 'rumour'"]),
        ("a.csv", EDGES + "a/b,c/d,finetune,reported,\n", ["line 2", "'source' is empty"]),
        ("a.csv", EDGES + "a/b,,finetune,reported,x\n", ["line 2", "'parent' is empty"]),
        ("a.csv", EDGES + "a/b,c/d,finetune,reported\n", ["line 2", "4 values under 5 columns"]),
        ("a.csv", EDGES + "a/b,a/b,finetune,reported,x\n", ["line 2", "its own ancestor"]),
        ("a.csv", EDGES + "Qwen/Qwen2.5-7B,Qwen/Qwen2.5-7B-Instruct,finetune,reported,x\n", ["line 2", "its own ancestor"]),
        ("a.csv", "child,parent,source\na,b,c\n", ["line 1", "relation, grade is missing"]),
        ("a.csv", "child,child,parent\n", ["line 1", "twice"]),
        ("a.csv", "", ["line 1", "no table"]),
        ("a.csv", EDGES + '"a\n', ["line 2"]),
        ("a.csv", EDGES.replace("source", "source,colour") + "a/b,c/d,finetune,reported,x,red\n", ["unknown key 'colour'"]),
        ("a.yaml", "edgse: []\n", ["line 1", "unknown table 'edgse'", "did you mean 'edges'?"]),
        ("a.yaml", "edges: 3\n", ["line 1", "not a list"]),
        ("a.yaml", "edges:\n  - 3\n", ["line 2", "not a mapping"]),
        ("a.yaml", "edges:\n  - {child: [a]}\n", ["line 2", "not plain text"]),
        ("a.yaml", "edges:\n  - {child: a, child: b}\n", ["line 2", "twice"]),
        ("a.yaml", "- 1\n", ["not a mapping"]),
        ("a.yaml", "edges: [\n", ["line 2"]),
        ("a.yaml", "models:\n  - {id: a/b, origin: root, grade: reported, source: x}\nedges:\n  - {child: a/b, parent: c/d, relation: merge, grade: reported, source: x}\n", ["line 4", "is a root"]),
        ("a.yaml", "names:\n  - {name: t, id: a/b, source: x}\n  - {name: T, id: c/d, source: x}\n", ["line 3", "line 2"]),
        ("a.csv", EDGES + "a/b\x07,c/d,finetune,reported,x\n", ["line 2", "control characters"]),
    ],
)  # fmt: skip
def test_a_bad_row_is_one_line_with_file_line_and_key(
    tmp_path: Path, name: str, text: str, says: list[str]
) -> None:
    path = write(tmp_path / name, text)
    message = fault(path)
    assert str(path) in message
    assert "\n" not in message
    for part in says:
        assert part in message


def test_a_file_that_is_absent_not_text_or_huge_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in fault(tmp_path / "absent.csv")
    (tmp_path / "latin.csv").write_bytes(b"child,\xe9\n")
    assert "not UTF-8" in fault(tmp_path / "latin.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    assert "over 32 MiB" in fault(tmp_path / "huge.csv")


def test_yaml_constructs_nothing(tmp_path: Path) -> None:
    """A tag is text without effect, and an alias bomb is no more than its own length."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefghi", "bcdefghij", strict=True)
    )
    assert "unknown table 'a'" in fault(write(tmp_path / "bomb.yaml", bomb))
    tag = "edges:\n  - !!python/object/apply:os.system ['true']\n"
    assert "not a mapping" in fault(write(tmp_path / "tag.yaml", tag))


@given(text=st.text(max_size=200), name=st.sampled_from(["a.csv", "a.yaml"]))
def test_no_text_leads_to_anything_but_rows_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    message, rows = "", list[Row]()
    try:
        rows = list(read_rows(path))
    except UsageError as error:
        message = error.message
    assert rows or not message or str(path) in message
    assert all(row.table in TABLES for row in rows)


def test_the_schema_takes_what_the_reader_takes() -> None:
    validator = Draft202012Validator(schema())
    validator.validate(json.loads(json.dumps(yaml.safe_load(YAML.replace("2026-11", "'2026-11'")))))
    assert not validator.is_valid({"edges": [{"child": "a"}]})
    assert not validator.is_valid({"edgse": []})
    published = Path(__file__).parents[2] / "schemas" / "registry.v1.schema.json"
    assert json.loads(published.read_text()) == schema()
