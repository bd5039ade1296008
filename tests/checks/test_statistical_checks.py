"""What the comparison with a control says of seeded worlds, and what it does not depend on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provenance_audit import scan
from provenance_audit.findings import Confidence, Report
from tests.checks.worlds import data_and_control, numbers


def results_of(report: Report) -> list[tuple[str, str, float, float]]:
    """Of the comparison with the control. PA302 is of the order of rows, and depends on it."""
    return [(one.id, one.family, one.statistic, one.p_adjusted) for one in report.tests if one.id != "PA302"]


def test_order_and_shards_change_nothing(tmp_path: Path) -> None:
    data, control = data_and_control(tmp_path, tilt=0.1)
    whole = scan(data, control=control)
    lines = data.read_text().splitlines(keepends=True)
    (tmp_path / "shards").mkdir()
    for number in range(3):
        (tmp_path / "shards" / f"{number}.jsonl").write_text("".join(reversed(lines[number::3])))
    sharded = scan(tmp_path / "shards", control=control)
    for one, other in zip(results_of(whole), results_of(sharded), strict=True):
        assert one[:2] == other[:2]
        assert one[2:] == pytest.approx(other[2:], rel=1e-9)


def test_the_same_seed_gives_the_same_answer_and_another_nearly_so(tmp_path: Path) -> None:
    data, control = data_and_control(tmp_path, tilt=0.02)
    assert results_of(scan(data, control=control, seed=3)) == results_of(scan(data, control=control, seed=3))
    for one, other in zip(
        results_of(scan(data, control=control, seed=3)),
        results_of(scan(data, control=control, seed=4)),
        strict=True,
    ):
        assert one[2] == other[2]
        assert abs(one[3] - other[3]) < 0.06


def test_prompts_that_drift_refuse_nothing_where_answers_do_not(tmp_path: Path) -> None:
    """The prompts of these rows are in the order of their numbers, which says nothing about answers that are alike."""
    data, _ = data_and_control(tmp_path, tilt=0)
    report = scan(data)
    assert "PA302" in {one.id for one in report.tests}
    assert "PA302" not in {one.id for one in report.not_evaluated}
    assert "PA302" not in {one.id for one in report.findings}


def test_records_of_a_part_are_counted_from_the_beginning_of_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    asked = "Continue this sequence: {n}."
    numbers(folder / "a.jsonl", 1, rows=3000, asked=asked)
    numbers(folder / "b.jsonl", 2, rows=3000, asked=asked, tilt=0.4, tilt_from=0.5)
    found = next(one for one in scan(folder).findings if one.id == "PA302")
    assert "record 1 of a.jsonl to record 1," in found.message
    assert found.evidence["from"] == 1
    assert abs(found.evidence["to"] - 1500) < 40


def test_sides_that_share_some_prompts_are_cut_to_those(tmp_path: Path) -> None:
    """Half of the data answers prompts of another kind: they are left out, and the rest is compared."""
    shared = numbers(tmp_path / "a.jsonl", 1, rows=900).read_text()
    foreign = numbers(tmp_path / "b.jsonl", 2, rows=900, asked="List ten words for {n} and {m}").read_text()
    (tmp_path / "data.jsonl").write_text(shared + foreign)
    control = numbers(tmp_path / "control.jsonl", 3, rows=900)
    report = scan(tmp_path / "data.jsonl", control=control)
    mismatch = next(one for one in report.findings if one.id == "PA303")
    assert mismatch.evidence["cut_to_shared_prompts"]
    assert "900 rows whose prompts both sides have" in mismatch.message
    assert {one.n for one in report.tests if one.id == "PA301"} == {(900, 900)}
    assert "PA301" not in {one.id for one in report.findings}


def test_what_a_judge_or_a_filter_rejected_is_not_compared(tmp_path: Path) -> None:
    control = numbers(tmp_path / "control.jsonl", 2)
    good = numbers(tmp_path / "good.jsonl", 1, columns={"is_correct": "true"}).read_text()
    bad = numbers(tmp_path / "bad.jsonl", 5, tilt=0.5, columns={"is_correct": "false"}).read_text()
    (tmp_path / "data.jsonl").write_text(good + bad)
    report = scan(tmp_path / "data.jsonl", control=control)
    assert {one.n for one in report.tests if one.id == "PA301"} == {(1200, 1200)}
    assert max(sum(one.n) for one in report.tests if one.id == "PA302") == 1200
    assert "PA301" not in {one.id for one in report.findings}


@pytest.mark.parametrize(("rows", "confidence"), [(1200, Confidence.HIGH), (700, Confidence.MEDIUM)])
def test_confidence_depends_on_rows(tmp_path: Path, rows: int, confidence: Confidence) -> None:
    data = numbers(tmp_path / "data.jsonl", 1, rows=rows, tilt=0.4)
    control = numbers(tmp_path / "control.jsonl", 2, rows=rows)
    found = next(one for one in scan(data, control=control).findings if one.id == "PA301")
    assert found.confidence is confidence


def test_rows_without_prompts_are_called_unclustered(tmp_path: Path) -> None:
    data, control = data_and_control(tmp_path, tilt=0.4)
    for path in (data, control):
        rows = [json.loads(line)["completion"] for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps({"completion": row}) + "\n" for row in rows))
    report = scan(data, control=control)
    assert {one.design for one in report.tests} == {"unclustered"}
    assert next(one for one in report.findings if one.id == "PA301").confidence is Confidence.MEDIUM


def test_a_finding_gives_n_an_effect_and_its_interval(tmp_path: Path) -> None:
    data, control = data_and_control(tmp_path, tilt=0.3)
    found = next(one for one in scan(data, control=control).findings if one.id == "PA301")
    low, high = found.evidence["interval"]
    assert low < found.evidence["effect_bits"] < high
    assert found.evidence["n"] == [1200, 1200]
    assert "n = 1,200 and 1,200" in found.message
