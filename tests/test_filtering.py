"""Filters as they are declared: in order, with what cannot be replayed, and the stages that a manifest or a summary names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from provenance_audit import scan
from provenance_audit.errors import ManifestError
from provenance_audit.findings import Report

ROWS = [{"prompt": f"q{n}", "completion": f"{n}, {n + 1}"} for n in range(6)]


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def scanned(
    tmp_path: Path, *filters: dict[str, Any], rows: list[dict[str, Any]] = ROWS, **manifest: Any
) -> Report:
    data = jsonl(tmp_path / "data.jsonl", rows)
    written = tmp_path / "paudit.lineage.yaml"
    written.write_text(yaml.safe_dump({"paudit": 1, "filters": list(filters), **manifest}))
    return scan(data)


def said(report: Report, id: str) -> list[str]:
    return [one.message for one in report.findings if one.id == id]


def reason(report: Report, id: str) -> str:
    return next((one.reason for one in report.not_evaluated if one.id == id), "")


@pytest.mark.parametrize("pattern", ["(", "(?=a)b", r"(a)\1", "[z-a]", "a{2000}"])
def test_a_pattern_that_is_none_is_named(pattern: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        scanned(tmp_path, {"id": "a", "kind": "regex", "params": {"pattern": pattern}})
    assert "/filters/0/params/pattern is no regular expression: " in caught.value.message
    assert len(caught.value.message.splitlines()) == 1
    assert "RE2" in str(caught.value.remedy)


def test_order_is_as_declared(tmp_path: Path) -> None:
    steps = (
        {"id": "b", "order": 2, "rows_in": 8, "rows_out": 6},
        {"id": "a", "order": 1, "rows_in": 9, "rows_out": 8},
    )
    assert said(scanned(tmp_path, *steps), "PA403") == []
    undone = tuple({**step, "order": 3 - step["order"]} for step in steps)
    assert any(
        "filter b leaves 6 rows, and filter a begins with 9" in one
        for one in said(scanned(tmp_path, *undone), "PA403")
    )


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"id": "a"}, "filter a cannot be replayed: no kind is declared"),
        ({"id": "a", "kind": "judge"}, "filters of kind 'judge' are not replayed"),
        (
            {"id": "a", "kind": "column", "params": {"column": "score", "value": 1}},
            "no file has a column 'score'",
        ),
        (
            {"id": "a", "kind": "regex", "params": {"pattern": "x", "text": "reasoning"}},
            "it is about reasoning",
        ),
    ],
)
def test_what_cannot_be_replayed_says_why(step: dict[str, Any], why: str, tmp_path: Path) -> None:
    report = scanned(tmp_path, step)
    assert why in reason(report, "PA402")
    assert said(report, "PA401") == []


def test_raw_rows_and_rejects_that_the_manifest_names_are_read(tmp_path: Path) -> None:
    jsonl(tmp_path / "before.jsonl", [*ROWS, {"prompt": "q", "completion": "no"}])
    jsonl(tmp_path / "gone.jsonl", [{"prompt": "q", "completion": "no"}])
    step = {"id": "a", "kind": "sl-numbers", "rows_in": 7, "rows_out": 6, "rejects": "gone.jsonl"}
    report = scanned(tmp_path, step, dataset={"raw": [{"path": "before.jsonl"}]})
    assert "6 of 7 raw rows were kept and 1 removed, joined by prompt and completion" in report.dataset.notes
    assert [said(report, id) for id in ("PA401", "PA402", "PA403")] == [[], [], []]
    assert {one.role for one in report.inputs} == {"data", "raw", "rejects"}


@pytest.mark.parametrize(
    ("name", "why"), [("gone.jsonl", "is not there"), ("../x.jsonl", "is not below the manifest")]
)
def test_stages_that_cannot_be_used_are_said(name: str, why: str, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    jsonl(tmp_path / "x.jsonl", ROWS)
    assert why in reason(scanned(folder, {"id": "a", "rejects": name}), "PA403")


@pytest.mark.parametrize(
    ("summary", "counts"),
    [
        ({"n_raw": 9, "n_filtered": 6}, "9 in and 6 out"),
        ({"counters": {"total": 9, "kept": 6, "reasons": {"long": 3}}}, "9 in and 6 out"),
        ({"total": True, "kept": "6"}, "a filter"),
        ({"a": {"kept": 6}, "b": {"kept": 5}}, "a filter"),
        ([1, 2], "a filter"),
    ],
)
def test_a_summary_is_read_for_its_counts(summary: object, counts: str, tmp_path: Path) -> None:
    data = jsonl(tmp_path / "data.jsonl", ROWS)
    (tmp_path / "filter_summary.json").write_text(json.dumps(summary))
    (found,) = said(scan(data), "PA401")
    assert found.endswith(f"filter_summary.json states {counts}")


def test_a_summary_that_is_broken_is_a_sign_all_the_same(tmp_path: Path) -> None:
    data = jsonl(tmp_path / "data.jsonl", ROWS)
    (tmp_path / "filter_summary.json").write_text("{")
    (found,) = said(scan(data), "PA401")
    assert "filter_summary.json states a filter" in found


def test_no_rows_pass_and_none_are_left(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"id": "a", "kind": "sl-numbers"}, rows=[{"prompt": "q", "completion": "no"}])
    assert "1 of 1 rows (100.0%) break" in said(report, "PA402")[0]


def test_the_text_of_rows_is_never_in_a_finding(tmp_path: Path) -> None:
    rows = [{"prompt": "q", "completion": "SECRETWORD"}]
    steps = (
        {"id": "a", "kind": "sl-numbers"},
        {"id": "b", "kind": "words", "params": {"words": ["secretword"]}},
    )
    report = scanned(tmp_path, *steps, rows=rows)
    assert len(said(report, "PA402")) == 2
    assert "secretword" not in str([(one.message, one.evidence) for one in report.findings]).lower()
