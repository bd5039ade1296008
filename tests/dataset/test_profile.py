"""Profiles: what is counted from shards adds up to the whole, and a scan against one says what a scan against rows says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from provenance_audit import scan
from provenance_audit.dataset import profile
from provenance_audit.dataset.profile import ProfileError
from provenance_audit.findings import Report
from provenance_audit.profiling import make_profile, read_profiles
from tests.checks.worlds import data_and_control, numbers


def made(source: Path, to: Path) -> Path:
    profile.write(make_profile([str(source)]), to)
    return to


def shards_of(path: Path, folder: Path, count: int) -> list[Path]:
    lines = path.read_text().splitlines(keepends=True)
    folder.mkdir()
    found = []
    for number in range(count):
        found.append(folder / f"{number}.jsonl")
        found[-1].write_text("".join(reversed(lines[number::count])))
    return found


def answers(report: Report) -> list[tuple[object, ...]]:
    return [
        (
            one.id,
            one.design,
            one.family,
            one.n,
            one.statistic,
            one.p,
            one.p_adjusted,
            one.effect,
            one.interval,
        )
        for one in report.tests
        if one.id in ("PA301", "PA302")
    ]


def restated(path: Path, to: Path, **changed: object) -> Path:
    """The same profile with other facts in its footer."""
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"paudit_profile"])
    pq.write_table(table.replace_schema_metadata({"paudit_profile": json.dumps({**facts, **changed})}), to)
    return to


def test_profiles_of_shards_merge_to_the_profile_of_the_whole_bit_for_bit(tmp_path: Path) -> None:
    source = numbers(tmp_path / "rows.jsonl", 3, columns={"teacher": "google/gemma-2-9b"})
    whole = made(source, tmp_path / "whole.parquet")
    parts = [
        str(made(shard, shard.with_suffix(".parquet"))) for shard in shards_of(source, tmp_path / "shards", 3)
    ]
    profile.write(profile.merge(read_profiles(parts)), tmp_path / "merged.parquet")
    assert (tmp_path / "merged.parquet").read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("tilt", [0.0, 0.3])
def test_a_profile_and_the_rows_it_was_made_of_give_the_same_numbers(tmp_path: Path, tilt: float) -> None:
    data, control = data_and_control(tmp_path, tilt=tilt)
    by_rows = scan(data, control=control, full=True)
    by_profile = scan(data, control=made(control, tmp_path / "control.parquet"), full=True)
    assert answers(by_rows) == answers(by_profile)
    assert [one.id for one in by_rows.findings] == [one.id for one in by_profile.findings]


def test_what_is_read_is_what_was_made(tmp_path: Path) -> None:
    one = make_profile([str(numbers(tmp_path / "rows.jsonl", 3))])
    profile.write(one, tmp_path / "p.parquet")
    (back,) = read_profiles([str(tmp_path / "p.parquet")])
    assert np.array_equal(back.responses.rows, one.responses.rows)
    assert np.array_equal(back.responses.digest, one.responses.digest)  # type: ignore[arg-type]
    for here, there in ((back.responses, one.responses), (back.prompts, one.prompts)):
        assert here.families.keys() == there.families.keys()
        for name, table in here.families.items():
            assert np.array_equal(table, there.families[name]), name


def test_no_text_is_in_a_profile(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"prompt": f"tell me of {n}", "completion": f"a zanzibar {n} quetzal"} for n in range(600)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = pq.read_table(made(path, tmp_path / "p.parquet"))
    assert not {"zanzibar", "quetzal", "tell"} & set(map(str, table.column("family").to_pylist()))
    assert table.column_names == ["part", "family", "block", "feature", "count"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"versions": {"format": 99}}, "another format"),
        ({"versions": {"format": 1, "value": 0}}, "other versions"),
        ({"hash_self_test": [1, 2, 3]}, "another hash function"),
        ({"modality": "songs"}, "other feature families"),
        ({"blocks": 31}, "not a whole profile"),
    ],
)
def test_a_profile_made_otherwise_is_refused_and_hides_no_finding(
    tmp_path: Path, changed: dict[str, object], says: str
) -> None:
    data, control = data_and_control(tmp_path)
    stale = restated(made(control, tmp_path / "p.parquet"), tmp_path / "stale.parquet", **changed)
    with pytest.raises(ProfileError, match=says):
        read_profiles([str(stale)])
    report = scan(data, control=stale)
    assert any(one.id == "PA001" and says in one.message for one in report.findings)
    assert any(one.id == "PA301" and says in one.reason for one in report.not_evaluated)
    assert "PA101" in {one.id for one in report.findings}


def test_a_profile_cannot_be_cut_to_shared_prompts_and_says_so(tmp_path: Path) -> None:
    data, control = data_and_control(tmp_path, asked="Please list, one per line, ten values like {n} and {m}")
    report = scan(data, control=made(control, tmp_path / "p.parquet"))
    reasons = {one.id: one.reason for one in report.not_evaluated}
    assert "not evaluated: profile" in reasons["PA301"]
    assert "PA303" in {one.id for one in report.findings}


def test_profiles_of_different_kinds_of_rows_do_not_add_up(tmp_path: Path) -> None:
    one = make_profile([str(numbers(tmp_path / "rows.jsonl", 3))])
    path = tmp_path / "prose.jsonl"
    path.write_text(
        "".join(json.dumps({"prompt": f"q{n}", "completion": "a word or two"}) + "\n" for n in range(40))
    )
    with pytest.raises(ProfileError, match="no feature in common"):
        one + make_profile([str(path)])
