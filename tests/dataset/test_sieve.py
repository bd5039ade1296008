"""The rows that a filter saw: kept and removed, counted, matched, and cut to those that a rule lets through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provenance_audit.database import open_engine
from provenance_audit.dataset.features import BY_MODALITY
from provenance_audit.dataset.files import find
from provenance_audit.dataset.filters import sl_numbers, words
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.sieve import Match, Sieve, sieve_of
from provenance_audit.dataset.trail import follow

NUMBERS = BY_MODALITY["numbers"]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def row(n: int, **more: object) -> dict[str, object]:
    return {"prompt": f"Continue {n % 700}.", "completion": f"{n % 1000}, {n * 7919 % 900}", **more}


@contextmanager
def sieve(data: Path, raw: Path | None = None, rejects: Path | None = None) -> Iterator[Sieve]:
    paths = [path for path in (data, raw, rejects) if path is not None]
    with open_engine([str(path) for path in paths]) as connection:
        opened = {
            path: open_dataset(connection, find([str(path)]), view=f"v{number}")
            for number, path in enumerate(paths)
        }
        trail = follow(connection, opened[data], opened[raw], None) if raw is not None else None
        found = sieve_of(connection, opened[data], trail, opened[rejects] if rejects is not None else None)
        assert found is not None
        yield found


def test_kept_and_removed_are_the_same_however_they_are_known(tmp_path: Path) -> None:
    rows = [row(n) for n in range(3000)]
    kept = [n % 3 != 0 for n in range(3000)]
    data = write(tmp_path / "kept.jsonl", [one for one, stays in zip(rows, kept, strict=True) if stays])
    gone = write(tmp_path / "gone.jsonl", [one for one, stays in zip(rows, kept, strict=True) if not stays])
    marked = [{**one, "kept": stays} for one, stays in zip(rows, kept, strict=True)]
    ways = (
        (data, write(tmp_path / "raw.jsonl", rows), None),
        (data, None, gone),
        (write(tmp_path / "m.jsonl", marked), None, None),
    )
    tables = []
    for way in ways:
        with sieve(*way) as found:
            assert (found.kept, found.removed) == (2000, 1000)
            sides = found.sides(Match.NONE, NUMBERS)
            assert sides.n == (2000, 1000)
            tables.append({side: counts.families["value"] for side, counts in sides.answers.items()})
    for other in tables[1:]:
        assert all((other[side] == tables[0][side]).all() for side in ("kept", "removed"))


def test_matched_sides_have_the_same_prompts(tmp_path: Path) -> None:
    rows = [row(n, kept=n % 700 < 300 if n < 2100 else n % 2 == 0) for n in range(5600)]
    with sieve(write(tmp_path / "m.jsonl", rows)) as found:
        sides = found.sides(Match.PROMPT, NUMBERS)
    assert sides.prompts is not None
    kept, removed = sides.prompts["kept"], sides.prompts["removed"]
    assert sides.n[0] == sides.n[1] > 500
    assert (kept.rows == removed.rows).all()
    assert kept.digest is not None
    assert removed.digest is not None
    assert (kept.digest == removed.digest).all()


def test_only_rows_that_pass_are_compared(tmp_path: Path) -> None:
    rows = [
        row(n, kept=n % 2 == 0) if n % 5 else {**row(n), "completion": "owls", "kept": False}
        for n in range(4000)
    ]
    with sieve(write(tmp_path / "m.jsonl", rows)) as found:
        assert found.passing([sl_numbers("sl")]) == (1600, 1600)
        assert found.passing([words("w", words=["owl"])]) == (1600, 1600)
        assert found.sides(Match.NONE, NUMBERS, [sl_numbers("sl")]).n == (1600, 1600)


def test_retention_is_counted_by_maker(tmp_path: Path) -> None:
    rows = [row(n, kept=n % 4 != 0, teacher=f"acme/m{n % 2}") for n in range(4000)]
    with sieve(write(tmp_path / "m.jsonl", rows)) as found:
        counted = {one.maker: (one.seen.sum(), one.kept.sum()) for one in found.retention()}
    assert counted == {"acme/m0": (2000, 1000), "acme/m1": (2000, 2000)}


@pytest.mark.parametrize("copies", [1, 3])
def test_of_equal_rows_as_many_are_kept_as_the_data_hold(copies: int, tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.jsonl", [row(n) for n in range(50) for _ in range(4)])
    data = write(tmp_path / "data.jsonl", [row(n) for n in range(50) for _ in range(copies)])
    with sieve(data, raw) as found:
        assert (found.kept, found.removed) == (50 * copies, 50 * (4 - copies))
