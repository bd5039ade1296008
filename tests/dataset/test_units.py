"""Counting by unit in the engine: the units of some prompts are what counting a file of those rows alone gives."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from provenance_audit.database import open_engine
from provenance_audit.dataset import units as counting
from provenance_audit.dataset.files import find
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import ALL
from provenance_audit.dataset.sketch import overlap
from provenance_audit.stats.counts import BlockCounts

WORDS = [
    "the",
    "owl",
    "sat",
    "on",
    "a",
    "mat;",
    "and",
    "then?",
    "It",
    "went",
    "(home).",
    "One",
    "two",
    "three",
]


def rows_of(kind: str, n: int, prompts: int) -> list[dict[str, str]]:
    rng = random.Random(kind)
    make = {
        "numbers": lambda: ", ".join(str(rng.randrange(1000)) for _ in range(rng.randrange(1, 9))),
        "prose": lambda: " ".join(rng.choice(WORDS) for _ in range(rng.randrange(3, 30))),
    }[kind]
    rows = [{"prompt": f"q{row * 7 % prompts}", "completion": make()} for row in range(n)]
    return rows if prompts else [{"completion": row["completion"]} for row in rows]


@contextmanager
def opened(path: Path, rows: list[dict[str, str]]):  # type: ignore[no-untyped-def]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_engine([str(path)]) as connection:
        yield open_dataset(connection, find([str(path)]), view="data")


def same(one: BlockCounts, other: BlockCounts) -> bool:
    return (
        np.array_equal(one.rows, other.rows)
        and (one.digest is None) == (other.digest is None)
        and (one.digest is None or np.array_equal(one.digest, other.digest))
        and one.families.keys() == other.families.keys()
        and all(np.array_equal(one.families[name], other.families[name]) for name in one.families)
    )


@pytest.mark.parametrize(("kind", "prompts"), [("numbers", 300), ("numbers", 90), ("prose", 120)])
def test_all_units_together_are_what_the_engine_counts(kind: str, prompts: int, tmp_path: Path) -> None:
    with opened(tmp_path / "rows.jsonl", rows_of(kind, 300, prompts)) as data:
        units = data.unit_counts(data.features)
        assert (units.n, units.units, units.thinning) == (300, prompts, 0)
        whole = data.response_counts(data.features, whole=True)[ALL]
        assert same(units.together(np.arange(units.units), whole.blocks), whole)


@pytest.mark.parametrize("kind", ["numbers", "prose"])
def test_some_units_are_what_a_file_of_their_rows_alone_gives(kind: str, tmp_path: Path) -> None:
    rows = rows_of(kind, 400, 100)
    half = {f"q{number}" for number in range(0, 100, 2)}
    with opened(tmp_path / "some.jsonl", [row for row in rows if row["prompt"] in half]) as data:
        alone, keys = (
            data.response_counts(data.features, whole=True)[ALL],
            data.unit_counts(data.features).key,
        )
    with opened(tmp_path / "rows.jsonl", rows) as data:
        units = data.unit_counts(data.features)
        assert same(units.together(np.flatnonzero(np.isin(units.key, keys)), alone.blocks), alone)


def test_without_prompts_the_unit_is_the_completion(tmp_path: Path) -> None:
    rows = [{"completion": row["completion"]} for row in rows_of("numbers", 200, 200)]
    with opened(tmp_path / "rows.jsonl", rows + rows[:50]) as data:
        units = data.unit_counts(data.features)
        assert not units.clustered
        assert units.n == 250
        assert units.units == len({row["completion"] for row in rows})
        assert same(
            units.together(np.arange(units.units), 256), data.response_counts(data.features, whole=True)[ALL]
        )


@pytest.mark.parametrize("kind", ["numbers", "prose"])
def test_rows_that_may_not_be_compared_are_no_units(kind: str, tmp_path: Path) -> None:
    rows = [row | {"kept": False} for row in rows_of(kind, 40, 20)]
    with opened(tmp_path / "rows.jsonl", rows) as data:
        units = data.unit_counts(data.features)
        assert (units.n, units.units, len(units.feature)) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["numbers", "prose"])
def test_units_are_the_same_however_many_are_counted_at_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / "rows.jsonl", rows_of(kind, 400, 100)) as data:
        at_once = data.unit_counts(data.features)
        monkeypatch.setattr(counting, "CELLS_AT_ONCE", 7 * data.features.width)
        in_parts = data.unit_counts(data.features)
    for name in ("key", "rows", "start", "feature", "count"):
        assert np.array_equal(getattr(at_once, name), getattr(in_parts, name))


def test_many_rows_are_thinned_by_prompt_and_nested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of("numbers", 3000, 1500)
    with opened(tmp_path / "rows.jsonl", rows) as data:
        every = data.unit_counts(data.features)
        monkeypatch.setattr(counting, "ROWS_AT_MOST", 800)
        monkeypatch.setattr(counting, "UNITS_AT_LEAST", 100)
        fewer = data.unit_counts(data.features)
        monkeypatch.setattr(counting, "UNITS_AT_LEAST", 1000)
        enough = data.unit_counts(data.features)
    assert fewer.thinning == 2
    assert fewer.n == pytest.approx(750, rel=0.2)
    kept = np.flatnonzero(np.isin(every.key, fewer.key))
    assert same(every.together(kept, 64), BlockCounts(*_without_thinning(fewer)))
    assert enough.thinning == 0  # where few units are left, all are taken


def _without_thinning(units):  # type: ignore[no-untyped-def]
    counted = units.together(np.arange(units.units), 64)
    return counted.rows, counted.families, counted.digest


def test_sketches_tell_shared_rows_from_others(tmp_path: Path) -> None:
    rows = rows_of("numbers", 4000, 4000)
    sketches = []
    for name, part in (
        ("a", rows[:2000]),
        ("same", rows[1999::-1]),
        ("b", rows[2000:]),
        ("part", rows[1500:2500]),
        ("few", rows[:40]),
    ):
        with opened(tmp_path / f"{name}.jsonl", part) as data:
            sketches.append(data.sketch)
    a, again, b, part, few = sketches
    assert a == again
    assert not overlap(a, b)
    assert overlap(a, part)
    assert overlap(b, part)
    assert overlap(a, few)
    assert not overlap(b, few)
