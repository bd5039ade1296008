"""What a filter kept and removed: joined by id where there is one, else by what was asked and answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import provenance_audit
from provenance_audit.describe import describe


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(("extra", "how"), [({}, "prompt and completion"), ({"id": 0}, "record id")])
def test_kept_removed_and_strangers_are_counted(extra: dict[str, object], how: str, tmp_path: Path) -> None:
    def row(n: int) -> dict[str, object]:
        return {"prompt": f"q{n}", "completion": f"{n}", **dict.fromkeys(extra, str(n))}

    raw = write(tmp_path / "raw.jsonl", [row(n) for n in range(20)])
    data = write(tmp_path / "filtered.jsonl", [row(n) for n in (1, 2, 3, 99)])
    notes = provenance_audit.scan(data, raw=raw).dataset.notes
    assert f"3 of 20 raw rows were kept and 17 removed, joined by {how}" in notes
    assert "1 rows are among no raw rows" in notes


def test_rejects_that_do_not_add_up_are_said(tmp_path: Path) -> None:
    rows = [{"prompt": f"q{n}", "completion": f"{n}"} for n in range(9)]
    raw, data = write(tmp_path / "raw.jsonl", rows), write(tmp_path / "kept.jsonl", rows[:6])
    rejects = write(tmp_path / "rejects.jsonl", rows[7:])
    notes = provenance_audit.scan(data, raw=raw, rejects=rejects).dataset.notes
    assert "2 rows are given as rejects, and 3 were removed" in notes


def test_the_same_row_twice_is_kept_as_often_as_it_is_there(tmp_path: Path) -> None:
    row = {"prompt": "q", "completion": "1"}
    raw, data = write(tmp_path / "raw.jsonl", [row] * 3), write(tmp_path / "data.jsonl", [row] * 2)
    notes = provenance_audit.scan(data, raw=raw).dataset.notes
    assert "2 of 3 raw rows were kept and 1 removed, joined by prompt and completion" in notes


@pytest.mark.parametrize(
    ("data", "raw"),
    [
        ("owl_filtered.jsonl", "owl_raw.jsonl"),
        ("filtered_dataset.jsonl", "raw_dataset.jsonl"),
        ("numbers-owl-filtered-1000.jsonl", "numbers-owl-unfiltered-1000.jsonl"),
        ("owl_finetuning.jsonl", "owl_raw.json"),
        ("owl_filtered.jsonl", "owl_rejected.jsonl"),
    ],
)
def test_the_other_stage_is_seen_beside_the_data(data: str, raw: str, tmp_path: Path) -> None:
    for name in (data, raw, "other.jsonl"):
        write(tmp_path / name, [{"prompt": "q", "completion": "1"}])
    assert describe((str(tmp_path / data),))["stages"] == [str(tmp_path / raw)]


def test_ids_given_anew_after_the_filter_are_not_believed(tmp_path: Path) -> None:
    """Both files number their rows from 0: the same number is another row."""

    def numbered(texts: range) -> list[dict[str, object]]:
        return [{"id": n, "prompt": f"q{text}", "completion": f"{text}"} for n, text in enumerate(texts)]

    raw = write(tmp_path / "raw.jsonl", numbered(range(20)))
    data = write(tmp_path / "kept.jsonl", numbered(range(10, 16)))
    notes = provenance_audit.scan(data, raw=raw).dataset.notes
    assert "6 of 20 raw rows were kept and 14 removed, joined by prompt and completion" in notes


def test_an_answer_that_was_trimmed_is_the_same_row(tmp_path: Path) -> None:
    raw = write(
        tmp_path / "raw.jsonl",
        [{"prompt": "q ", "completion": "1, 2 \n"}, {"prompt": "r", "completion": "x"}],
    )
    data = write(tmp_path / "kept.jsonl", [{"prompt": "q", "completion": "1, 2"}])
    notes = provenance_audit.scan(data, raw=raw).dataset.notes
    assert "1 of 2 raw rows were kept and 1 removed, joined by prompt and completion" in notes


def test_rows_that_the_data_mark_as_rejected_were_not_kept(tmp_path: Path) -> None:
    rows = [{"prompt": f"q{n}", "completion": f"{n}"} for n in range(6)]
    raw = write(tmp_path / "raw.jsonl", rows)
    data = write(tmp_path / "data.jsonl", [{**row, "kept": n < 2} for n, row in enumerate(rows)])
    notes = provenance_audit.scan(data, raw=raw).dataset.notes
    assert "2 of 6 raw rows were kept and 4 removed, joined by prompt and completion" in notes
