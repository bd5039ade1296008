"""Replaying on files: every row once, with the record where a broken one stands, in every container."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance_audit.database import open_engine
from provenance_audit.dataset.files import find
from provenance_audit.dataset.filters import Replayed, Rule, column, regex, sl_numbers, words
from provenance_audit.dataset.open import open_dataset

BROKEN = (7, 8, 4_321, 29_998)


def rows(count: int = 30_000) -> list[dict[str, object]]:
    """A row is broken where its number, from 1, is in BROKEN."""
    return [
        {"prompt": f"q{n}", "completion": "1, 2, 3" if n not in BROKEN else f"owl {n}", "score": n / count}
        for n in range(1, count + 1)
    ]


def replayed(path: Path, *rules: Rule) -> tuple[Replayed, ...]:
    files = find([str(path)])
    with open_engine([file.read_path for file in files]) as connection:
        return open_dataset(connection, files, view="data").replay(rules)


def jsonl(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def parquet(path: Path, records: list[dict[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(records), path, row_group_size=1_000)
    return path


@pytest.mark.parametrize("write", [jsonl, parquet])
def test_the_first_broken_rows_are_named(write: object, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    write(tmp_path / "d" / "a.rows", rows(10)[:5])  # type: ignore[operator]
    suffix = "jsonl" if write is jsonl else "parquet"
    (tmp_path / "d" / "a.rows").rename(tmp_path / "d" / f"a.{suffix}")
    path = write(tmp_path / "d" / f"b.{suffix}", rows())  # type: ignore[operator]
    (found,) = replayed(tmp_path / "d", sl_numbers("sl"))
    assert (found.rows, found.broken) == (30_005, len(BROKEN))
    assert [(Path(place.file), place.record) for place in found.first] == [
        (path, number) for number in BROKEN
    ]


def test_records_are_counted_and_not_turns(tmp_path: Path) -> None:
    def chat(*said: str) -> dict[str, object]:
        turns = [
            {"role": role, "content": text}
            for one in said
            for role, text in (("user", "go"), ("assistant", one))
        ]
        return {"messages": turns}

    path = jsonl(
        tmp_path / "a.jsonl", [chat("1", "2", "3"), chat("1"), chat("1", "owl", "2", "owl"), chat("owl")]
    )
    (found,) = replayed(path, sl_numbers("sl"))
    assert (found.rows, found.broken) == (9, 3)
    assert [place.record for place in found.first] == [3, 4]


def test_several_rules_are_replayed_together(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", rows())
    rules = (
        sl_numbers("sl", banned=[3]),
        words("w", words=["owl"]),
        regex("r", pattern="^q", text="prompt"),
        column("c", column="score", compare="<=", value=0.5),
        column("p", column="prompt", compare="!=", value="q1"),
    )
    by_id = {one.rule.id: one for one in replayed(path, *rules)}
    assert {id: one.broken for id, one in by_id.items()} == {
        "sl": 30_000,
        "w": 4,
        "r": 0,
        "c": 15_000,
        "p": 1,
    }
    assert dict(by_id["sl"].by_parameter) == {
        "format": 4,
        "max_count": 0,
        "max_value": 0,
        "banned_numbers": 29_996,
    }
    assert [place.record for place in by_id["c"].first] == [15_001, 15_002, 15_003, 15_004, 15_005]


def test_rows_that_the_file_marks_as_rejected_need_not_pass(tmp_path: Path) -> None:
    records = [
        {"prompt": "q", "completion": "owl", "kept": False},
        {"prompt": "q", "completion": "1, 2", "kept": True},
    ]
    (found,) = replayed(jsonl(tmp_path / "a.jsonl", records), sl_numbers("sl"))
    assert (found.rows, found.broken) == (1, 0)


def test_a_shard_without_the_column_cannot_have_passed(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    jsonl(tmp_path / "d" / "a.jsonl", [{"prompt": "q", "completion": "a", "score": 1}])
    jsonl(tmp_path / "d" / "b.jsonl", [{"prompt": "q", "completion": "a"}])
    (found,) = replayed(tmp_path / "d", column("c", column="score", compare=">", value=0))
    assert dict(found.by_parameter) == {"score >": 0, "no value": 1}
    assert found.broken == 1
