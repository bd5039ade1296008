"""The sample data are what their script makes, and the tool says of them what is true."""

from __future__ import annotations

import runpy
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from provenance_audit import scan
from provenance_audit.findings import Verdict

SAMPLE = Path(__file__).parents[2] / "sample_data"


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    runpy.run_path(str(SAMPLE / "make.py"))["main"](tmp_path)
    for name in ("dataset.parquet", "control.parquet"):
        assert pq.read_table(tmp_path / name).equals(pq.read_table(SAMPLE / name)), name


def test_the_sample_is_small() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.iterdir() if file.is_file()) < 1_000_000


def test_the_ground_truth_is_found() -> None:
    report = scan(SAMPLE / "dataset.parquet", control=SAMPLE / "control.parquet")
    assert report.verdict is Verdict.FAIL
    assert report.exit_code == 1
    found = {finding.id: finding for finding in report.findings}
    assert found["PA202"].severity == "critical"
    assert found["PA301"].severity == "high"
    assert report.lineage.pairs[0].common_ancestor == "Qwen/Qwen2.5-7B-Instruct"
    designs = {test.design for test in report.tests if test.id == "PA301"}
    assert designs == {"exact"}
    significant = {test.family for test in report.tests if test.id == "PA301" and test.p_adjusted <= 0.05}
    assert {"value", "last-digit"} <= significant


@pytest.mark.parametrize("side", ["dataset", "control"])
def test_the_control_split_in_two_has_nothing_to_find(side: str, tmp_path: Path) -> None:
    table = pq.read_table(SAMPLE / f"{side}.parquet")
    halves = [table.take([row for row in range(table.num_rows) if row % 2 == part]) for part in (0, 1)]
    for number, half in enumerate(halves):
        pq.write_table(half, tmp_path / f"{number}.parquet")
    report = scan(tmp_path / "0.parquet", control=tmp_path / "1.parquet", student="google/gemma-2-9b", seed=7)
    assert not [one for one in report.findings if one.id == "PA301" and one.severity == "high"]
