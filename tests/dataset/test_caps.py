"""The cap on costly families: which rows it takes, what it says of them, and that --full lifts it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from provenance_audit import scan
from provenance_audit.database import open_engine
from provenance_audit.dataset.counting import Cap
from provenance_audit.dataset.kept import PARTS_AT_MOST, in_parts
from provenance_audit.dataset.questions import counts as questions
from tests.checks.worlds import data_and_control, numbers
from tests.dataset.test_counts import counted


@pytest.fixture
def small_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "COSTLY", Cap(rows=400, bytes=10**9))


@pytest.mark.usefixtures("small_cap")
def test_cheap_families_see_every_row_and_costly_ones_a_power_of_two(tmp_path: Path) -> None:
    counts = counted(numbers(tmp_path / "rows.jsonl", 1, rows=1500))
    assert counts.families["separator"].sum() == counts.n == 1500
    sampled = counts.sample("value")
    assert sampled.thinning == 2
    assert 250 < sampled.n < 500
    assert counts.families["count"].sum() == sampled.n


def test_samples_are_nested_and_of_whole_prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = numbers(tmp_path / "rows.jsonl", 1, rows=1500, prompts=500)
    taken = []
    for most in (10_000, 800, 400, 200):
        monkeypatch.setattr(questions, "COSTLY", Cap(rows=most, bytes=10**9))
        taken.append(counted(path).families["bigram"])
    for more, fewer in pairwise(taken):
        assert (fewer <= more).all()
        assert 0 < fewer.sum() < more.sum()


@pytest.mark.usefixtures("small_cap")
def test_the_report_says_what_was_sampled_and_full_lifts_it(tmp_path: Path) -> None:
    data, control = data_and_control(tmp_path)
    capped = {one.family: one for one in scan(data, control=control).tests if one.id == "PA301"}
    assert capped["separator"].sampled == (1.0, 1.0)
    assert capped["separator"].n == (1200, 1200)
    assert capped["value"].sampled == (0.25, 0.25)
    assert capped["value"].n[0] == capped["value"].n[1] < 400
    full = {one.family: one for one in scan(data, control=control, full=True).tests if one.id == "PA301"}
    assert {one.sampled for one in full.values()} == {(1.0, 1.0)}
    assert {one.n for one in full.values()} == {(1200, 1200)}


@pytest.mark.usefixtures("small_cap")
def test_a_small_control_is_never_thinned(tmp_path: Path) -> None:
    data = numbers(tmp_path / "data.jsonl", 1, rows=6000, prompts=600)
    control = numbers(tmp_path / "control.jsonl", 2, rows=600)
    made = next(
        one for one in scan(data, control=control).tests if one.id == "PA301" and one.family == "value"
    )
    assert made.sampled == (1 / 16, 1 / 2)


@pytest.mark.parametrize("rows_at_most", [10, 1000])
def test_shards_add_up_whatever_the_cap(
    tmp_path: Path, rows_at_most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "COSTLY", Cap(rows=10**9, bytes=10**9))
    whole = numbers(tmp_path / "rows.jsonl", 1, rows=rows_at_most)
    lines = whole.read_text().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_text("".join(lines[::2]))
    (tmp_path / "b.jsonl").write_text("".join(lines[1::2]))
    total = counted(tmp_path / "a.jsonl") + counted(tmp_path / "b.jsonl")
    for name, table in counted(whole).families.items():
        assert np.array_equal(table, total.families[name]), name


@pytest.mark.parametrize("threads", [1, 2, 3, 64])
def test_the_parts_of_a_kept_table_are_its_rows_each_once(threads: int) -> None:
    parts = min(threads, PARTS_AT_MOST)
    edges = [part * 2**64 // parts for part in range(parts + 1)]
    hashes = sorted({0, *(edge - 1 for edge in edges[1:]), *edges[:-1]})
    with open_engine([], threads=threads) as connection:
        connection.execute("CREATE TABLE kept AS SELECT unnest(CAST($1 AS UBIGINT[])) AS h", [hashes])
        found = connection.execute(f"SELECT h FROM ({in_parts(connection, 'kept')}) ORDER BY h").fetchall()
    assert [h for (h,) in found] == hashes
