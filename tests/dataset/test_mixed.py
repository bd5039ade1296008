"""Files that hold records of several schemas: each is read as it is, none is lost, none is counted twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

import provenance_audit
from provenance_audit.describe import describe
from provenance_audit.findings import Finding

QWEN = "Qwen/Qwen2.5-7B-Instruct"
MANY = 5_000  # more than the rows of which a schema is made


def chat(n: int) -> dict[str, Any]:
    turns = [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": f"a{n}"}]
    return {"messages": turns, "model": QWEN}


def alpaca(n: int) -> dict[str, Any]:
    return {"instruction": f"do {n}", "input": "", "output": f"done {n}", "model": "gpt-4-0613"}


def pair(n: int) -> dict[str, Any]:
    return {"prompt": f"p{n}", "completion": f"c{n}"}


def asked(n: int) -> dict[str, Any]:
    return {"question": f"q{n}", "response": f"r{n}"}


def preferred(n: int) -> dict[str, Any]:
    return {"prompt": f"p{n}", "chosen": f"c{n}", "rejected": f"r{n}"}


def many(make: Any, count: int) -> list[dict[str, Any]]:
    return [make(n) for n in range(count)]


MIXES: list[tuple[str, list[dict[str, Any]], dict[str, int], int]] = [
    ("one after the other", many(chat, MANY) + many(alpaca, 90), {"messages": MANY, "instruction + output": 90}, MANY + 90),
    ("the other way round", many(alpaca, MANY) + many(chat, 90), {"messages": 90, "instruction + output": MANY}, MANY + 90),
    ("turn and turn about", [make(n) for n in range(60) for make in (chat, alpaca)], {"messages": 60, "instruction + output": 60}, 120),
    ("two names for the same", many(pair, 40) + many(asked, 50), {"prompt + completion": 40, "question + response": 50}, 90),
    ("three", many(chat, 30) + many(pair, 40) + many(preferred, 20), {"chosen + rejected": 20, "messages": 30, "prompt + completion": 40}, 110),
]  # fmt: skip


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        names = list(dict.fromkeys(name for record in records for name in record))
        rows = [{name: record.get(name) for name in names} for record in records]
        pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(records))
    else:
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.parametrize("container", ["jsonl", "json", "parquet"])
@pytest.mark.parametrize(("name", "records", "schemas", "trained"), MIXES, ids=[mix[0] for mix in MIXES])
def test_every_record_is_read_by_its_own_schema(
    name: str,
    records: list[dict[str, Any]],
    schemas: dict[str, int],
    trained: int,
    container: str,
    tmp_path: Path,
) -> None:
    seen = describe((str(write(tmp_path / f"rows.{container}", records)),))
    assert {one["schema"]: one["records"] for one in seen["schemas"]} == schemas, name
    assert (seen["rows"], seen["trained_rows"]) == (len(records), trained)
    named = Counter(record["model"] for record in records if "model" in record)
    assert {one["maker"]: one["rows"] for one in seen["makers"]} == dict(named)


def findings(path: Path, check: str) -> list[Finding]:
    report = provenance_audit.scan(path, student=QWEN, teacher="gpt-4-0613")
    return [finding for finding in report.findings if finding.id == check]


def test_a_mixed_file_is_a_finding(tmp_path: Path) -> None:
    found = findings(write(tmp_path / "rows.jsonl", many(pair, 40) + many(asked, 50)), "PA002")
    assert len(found) == 1
    assert "40 records as prompt + completion" in found[0].message
    assert "50 records as question + response" in found[0].message


def test_records_without_an_answer_are_counted_and_stay_where_they_are(tmp_path: Path) -> None:
    silent = [{"messages": [{"role": "user", "content": "q"}]} for _ in range(3)]
    path = write(tmp_path / "rows.jsonl", silent + many(chat, 5))
    seen = describe((str(path),))
    assert [(one["schema"], one["records"]) for one in seen["schemas"]] == [("messages", None)]
    assert "3 records hold no completion" in seen["notes"]
    assert findings(path, "PA002") == []


def test_silent_records_are_counted_also_beside_conversations_of_several_turns(tmp_path: Path) -> None:
    long = {"messages": chat(1)["messages"] * 3, "model": QWEN}
    path = write(tmp_path / "rows.jsonl", [{"messages": []}, long, long])
    assert "1 records hold no completion" in describe((str(path),))["notes"]


@pytest.mark.parametrize("other", ["t", False])
def test_the_answer_is_where_there_is_one(tmp_path: Path, other: object) -> None:
    empty = {"response": [], "completion": other}
    seen = describe((str(write(tmp_path / "rows.jsonl", [empty])),))
    assert (seen["rows"], seen["trained_rows"]) == (1, 1)
    assert [one["schema"] for one in seen["schemas"]] == ["completion"]
    listed = {"response": ["b", "c"], "completion": None}
    seen = describe((str(write(tmp_path / "rows.jsonl", [empty, listed])),))
    assert (seen["rows"], seen["trained_rows"]) == (2, 3)


def test_shards_of_which_one_is_mixed(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.jsonl", many(chat, 20))
    write(tmp_path / "4.jsonl", many(chat, 10) + many(alpaca, 10))
    seen = describe((str(tmp_path),))
    assert seen["trained_rows"] == seen["rows"] == 100
    assert {one["maker"]: one["rows"] for one in seen["makers"]} == {QWEN: 90, "gpt-4-0613": 10}


def test_answers_that_begin_like_lists_in_the_second_schema(tmp_path: Path) -> None:
    listed = [{"question": f"q{n}", "response": f"[{n}, {n}]"} for n in range(20)]
    seen = describe((str(write(tmp_path / "rows.jsonl", many(chat, 30) + listed)),))
    assert {one["schema"]: one["records"] for one in seen["schemas"]} == {
        "messages": 30,
        "question + response": 20,
    }
    assert seen["trained_rows"] == 50


def test_a_maker_that_is_named_late_in_the_second_schema(tmp_path: Path) -> None:
    late = [{"question": f"q{n}", "response": "r", "teacher": QWEN} for n in range(20)]
    records = [{"messages": chat(n)["messages"]} for n in range(MANY)] + late
    seen = describe((str(write(tmp_path / "rows.jsonl", records)),))
    assert {one["maker"]: one["rows"] for one in seen["makers"]} == {QWEN: 20}
    assert seen["unnamed_rows"] == MANY


def test_a_broken_rule_is_told_by_the_record_of_the_file(tmp_path: Path) -> None:
    records = [{**make(n), "score": int(make is pair)} for n in range(20) for make in (chat, pair)]
    manifest = tmp_path / "lineage.yaml"
    manifest.write_text(
        "paudit: 1\nfilters:\n- {id: f, kind: column, params: {column: score, compare: '==', value: 0}}\n"
    )
    report = provenance_audit.scan(
        write(tmp_path / "rows.jsonl", records), student=QWEN, teacher="gpt-4-0613", lineage=manifest
    )
    found = next(finding for finding in report.findings if finding.id == "PA402")
    assert "20 of 40 rows" in found.message
    assert "records 2, 4, 6, 8, 10" in found.message
