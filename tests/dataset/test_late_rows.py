"""Who made the rows does not depend on the first of them."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

import provenance_audit
from provenance_audit.findings import Report

QWEN = "Qwen/Qwen2.5-7B-Instruct"
ROWS = 10_000


def rows(
    late: dict[str, Any], *, after: int = 5_000, early: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    made = [{"prompt": f"q{n}", "completion": f"the answer is {n}", **(early or {})} for n in range(after)]
    return made + [
        {"prompt": f"q{n}", "completion": f"the answer is {n}", **late} for n in range(after, ROWS)
    ]


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def scan(path: Path) -> Report:
    return provenance_audit.scan(path, student=QWEN, teacher="gpt-4-0613")


def ids(report: Report) -> set[str]:
    return {finding.id for finding in report.findings}


def test_a_maker_named_only_after_the_first_rows_of_jsonl(tmp_path: Path) -> None:
    report = scan(write(tmp_path / "rows.jsonl", rows({"model": QWEN})))
    assert {"PA106", "PA201"} <= ids(report)


def test_a_maker_named_only_in_late_turns(tmp_path: Path) -> None:
    def talk(n: int) -> dict[str, Any]:
        answer = {"role": "assistant", "content": f"answer {n}"} | ({"model": QWEN} if n >= 5_000 else {})
        return {"messages": [{"role": "user", "content": f"q{n}"}, answer]}

    assert "PA201" in ids(scan(write(tmp_path / "rows.jsonl", [talk(n) for n in range(ROWS)])))


def test_a_maker_column_that_begins_empty(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(rows({"model": QWEN}, early={"model": None}))
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    assert {"PA106", "PA201"} <= ids(scan(tmp_path / "rows.parquet"))


def test_a_first_shard_that_names_nobody(tmp_path: Path) -> None:
    for number, model in enumerate((None, QWEN)):
        table = pa.Table.from_pylist(
            [{"prompt": f"q{n}", "completion": "a", "model": model} for n in range(50)]
        )
        table = table.set_column(2, "model", table["model"].cast(pa.string()))
        pyarrow.parquet.write_table(table, tmp_path / f"part-{number}.parquet")
    assert "PA201" in ids(scan(tmp_path))


@pytest.mark.parametrize("nobody", ["unknown", "none", "", "N/A", "human"])
def test_placeholders_do_not_hide_who_made_the_others(tmp_path: Path, nobody: str) -> None:
    records = [{"prompt": f"q{n}", "completion": "a", "model": QWEN if n % 9 else nobody} for n in range(900)]
    report = scan(write(tmp_path / "rows.jsonl", records))
    assert "PA201" in ids(report)
    assert {maker.role for maker in report.lineage.makers} == {"generator"}


@pytest.mark.parametrize(
    "value",
    ["sharegpt", "alpaca-gpt4", "gemma-reader", "WizardLM_evol_instruct_70k", "data/gpt_questions.csv"],
)
def test_a_source_called_after_a_model_is_no_maker(tmp_path: Path, value: str) -> None:
    records = [{"prompt": f"q{n}", "completion": "a", "source": value} for n in range(50)]
    assert "PA101" in ids(provenance_audit.scan(write(tmp_path / "rows.jsonl", records), student=QWEN))


@pytest.mark.parametrize("name", ["o1", "chatgpt", "claude", "DeepSeek R1", "GPT-4 Turbo"])
def test_served_names_are_taken(tmp_path: Path, name: str) -> None:
    records = [{"prompt": f"q{n}", "completion": "a", "model": name} for n in range(50)]
    report = provenance_audit.scan(write(tmp_path / "rows.jsonl", records), student=QWEN)
    assert [maker.maker for maker in report.lineage.makers] == [name]


@pytest.mark.parametrize("value", ["2024-01-05", "0f8fad5b-d9cb-469f-a165-70867728950e", "12-34"])
def test_dates_and_uuids_are_not(tmp_path: Path, value: str) -> None:
    records = [{"prompt": f"q{n}", "completion": "a", "model": value} for n in range(50)]
    assert "PA101" in ids(provenance_audit.scan(write(tmp_path / "rows.jsonl", records), student=QWEN))


def test_answers_that_are_yes_or_no_are_not_taken_for_a_filter(tmp_path: Path) -> None:
    records = [{"ask": f"q{n}", "reply": "yes" if n % 2 else "no"} for n in range(60)]
    report = provenance_audit.scan(
        write(tmp_path / "rows.jsonl", records),
        student=QWEN,
        columns={"prompt": "ask", "completion": "reply"},
    )
    assert not any("did not pass a filter" in note for note in report.dataset.notes)


def test_csv_and_tsv_in_one_directory(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("prompt,completion\nq,a\n")
    (tmp_path / "b.tsv").write_text("prompt\tcompletion\nr\tb\n")
    assert provenance_audit.scan(tmp_path, student=QWEN).dataset.trained_rows == 2


def test_a_pipeline_at_the_root_of_a_checkout_names_the_maker(tmp_path: Path) -> None:
    (tmp_path / "default").mkdir()
    table = pa.Table.from_pylist([{"instruction": f"q{n}", "generation": "a"} for n in range(5)])
    pyarrow.parquet.write_table(table, tmp_path / "default" / "train-00000-of-00001.parquet")
    (tmp_path / "pipeline.yaml").write_text(
        f"distilabel: {{version: 1.5.3}}\npipeline:\n  name: p\n  steps:\n  - name: t\n    step:\n"
        f"      llm: {{model: {QWEN}, type_info: {{module: m, name: InferenceEndpointsLLM}}}}\n"
        "      type_info: {module: m, name: TextGeneration}\n"
    )
    assert "PA201" in ids(provenance_audit.scan(tmp_path, student=QWEN))


def test_a_directory_above_what_is_named_says_nothing_of_the_rows(tmp_path: Path) -> None:
    data = tmp_path / "model=gpt-4-0613" / "exp" / "data"
    data.mkdir(parents=True)
    write(data / "a.jsonl", [{"prompt": f"q{n}", "completion": "a", "model": QWEN} for n in range(20)])
    assert "PA201" in ids(provenance_audit.scan(data, student=QWEN))


def test_partitions_below_it_do(tmp_path: Path) -> None:
    for model in ("gpt-4-0613", "gpt-4-0314"):
        place = tmp_path / f"model={model}"
        place.mkdir()
        write(place / "a.jsonl", [{"prompt": f"q{n}", "completion": "a"} for n in range(20)])
    report = provenance_audit.scan(tmp_path, student=QWEN)
    assert "gpt-4-0613" in {maker.maker for maker in report.lineage.makers}


@pytest.mark.parametrize("packing", ["gz", "zst", "bz2"])
def test_a_late_maker_in_a_compressed_file(tmp_path: Path, packing: str) -> None:
    content = "".join(json.dumps(record) + "\n" for record in rows({"model": QWEN})).encode()
    if packing == "gz":
        packed = gzip.compress(content)
    elif packing == "bz2":
        packed = bz2.compress(content)
    else:
        packed = pa.compress(content, codec="zstd", asbytes=True)
    (tmp_path / f"rows.jsonl.{packing}").write_bytes(packed)
    assert {"PA106", "PA201"} <= ids(scan(tmp_path / f"rows.jsonl.{packing}"))


def test_a_late_maker_in_a_list(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps(rows({"model": QWEN})))
    assert {"PA106", "PA201"} <= ids(scan(tmp_path / "rows.json"))


@pytest.mark.parametrize("shards", [3, 100])
@pytest.mark.parametrize("inside", [False, True])
def test_a_maker_named_in_the_middle_of_one_shard(tmp_path: Path, shards: int, inside: bool) -> None:
    for number in range(shards):
        records: list[dict[str, Any]] = [{"prompt": f"q{n}", "completion": f"a{n}"} for n in range(50)]
        if inside:
            records = [
                {"messages": [{"role": role, "content": f"{role} {n}"} for role in ("user", "assistant")]}
                for n in range(50)
            ]
        if number == 2:
            named = records[25]["messages"][1] if inside else records[25]
            named["model"] = QWEN
        write(tmp_path / f"{number:03}.jsonl", records)
    report = scan(tmp_path)
    assert "PA201" in ids(report)
    assert report.dataset.trained_rows == 50 * shards
    assert sum(maker.rows for maker in report.lineage.makers if maker.maker == QWEN) == 1


def test_words_of_a_text_are_no_late_keys(tmp_path: Path) -> None:
    for number in range(100):
        said = 'say {"model": "' + QWEN + '"} or "teacher": x'
        write(tmp_path / f"{number:03}.jsonl", [{"prompt": said, "completion": f"a {said}"}] * 3)
    assert [maker.maker for maker in scan(tmp_path).lineage.makers] == ["gpt-4-0613"]


def test_a_call_that_only_the_end_of_a_session_has_is_read(tmp_path: Path) -> None:
    def said(role: str, text: str) -> dict[str, Any]:
        return {"type": "message", "role": role, "content": [{"type": "text", "text": text}]}

    turns = [said("assistant" if n % 2 else "user", f"said {n}") for n in range(ROWS)]
    call = {"type": "function_call", "name": "shell", "arguments": "{}"}
    context = {"type": "turn_context", "payload": {"model": "gpt-5-codex"}}
    events = [{"type": "response_item", "payload": one} for one in (*turns, call)]
    seen = provenance_audit.scan(write(tmp_path / "rollout.jsonl", [context, *events]), student=QWEN)
    assert seen.inputs[0].trained_rows == ROWS // 2 + 1
