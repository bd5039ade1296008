"""The engine's counts against plain counting in Python, family by family."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from provenance_audit.audit import audit
from provenance_audit.database import open_engine
from provenance_audit.dataset.files import find
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.questions import repeats
from provenance_audit.request import Request
from provenance_audit.stats.counts import BlockCounts


def write(path: Path, completions: list[str], prompts: int = 40) -> Path:
    rows = ({"prompt": f"q{n % prompts}", "completion": text} for n, text in enumerate(completions))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def counted(path: Path) -> BlockCounts:
    return audit(Request(paths=(str(path),), keep_counts=True)).counts[0].counts


@pytest.fixture
def numbers() -> list[str]:
    rng = random.Random(5)
    separators = (", ", "\n", " ", "; ")
    return [
        rng.choice(separators).join(str(rng.randrange(0, 1000)) for _ in range(rng.randrange(1, 12)))
        for _ in range(400)
    ]


def test_values_of_numbers(numbers: list[str], tmp_path: Path) -> None:
    expected = Counter(int(value) for text in numbers for value in re.findall(r"\d+", text))
    table = counted(write(tmp_path / "rows.jsonl", numbers)).families["value"].sum(0)
    assert {value: int(n) for value, n in enumerate(table) if n and value < 1000} == dict(expected)


def test_last_digits_of_numbers(numbers: list[str], tmp_path: Path) -> None:
    expected = Counter(int(value[-1]) for text in numbers for value in re.findall(r"\d+", text))
    table = counted(write(tmp_path / "rows.jsonl", numbers)).families["last-digit"].sum(0)
    assert [int(n) for n in table[:10]] == [expected[digit] for digit in range(10)]


def test_every_row_has_one_length(numbers: list[str], tmp_path: Path) -> None:
    counts = counted(write(tmp_path / "rows.jsonl", numbers))
    assert counts.families["count"].sum() == counts.n == len(numbers)


def test_words_of_prose(tmp_path: Path) -> None:
    rng = random.Random(6)
    words = [
        "the",
        "cat",
        "sat",
        "on",
        "a",
        "mat",
        "and",
        "then",
        "it",
        "went",
        "to",
        "see",
        "what",
        "the",
        "others",
        "had",
        "found",
        "there",
    ]
    texts = [" ".join(rng.choice(words) for _ in range(rng.randrange(3, 30))) + "." for _ in range(300)]
    counts = counted(write(tmp_path / "rows.jsonl", texts))
    assert counts.families["word"].sum() == sum(len(text.split()) for text in texts)
    assert len([n for n in counts.families["word"].sum(0) if n]) == len(set(words))


def test_all_rows_of_a_prompt_fall_into_one_block(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [f"{n}, {n + 1}" for n in range(100, 300)], prompts=1)
    assert counted(path).occupied == 1


def test_rejected_rows_are_counted_nowhere(tmp_path: Path) -> None:
    rows = [{"prompt": f"q{n}", "completion": f"{n}", "is_correct": n % 4 > 0} for n in range(100, 500)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    counts = counted(path)
    assert counts.n == 300
    assert counts.families["value"].sum() == 300


def test_duplicates_are_counted_by_their_text(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", ["1, 2", "1, 2", "1, 2", "3, 4"])
    with open_engine([str(path)]) as connection:
        found = open_dataset(connection, find([str(path)]), view="data").duplicates
    assert (found.rows, found.distinct, found.largest, found.duplicated) == (4, 2, 3, 3)
    assert found.share == 0.5


def test_sides_cut_to_shared_prompts_have_as_many_rows_of_each(tmp_path: Path) -> None:
    here = tmp_path / "here.jsonl"
    there = tmp_path / "there.jsonl"
    here.write_text(
        "".join(json.dumps({"prompt": p, "completion": f"{n}"}) + "\n" for n, p in enumerate("aaabbc"))
    )
    there.write_text(
        "".join(json.dumps({"prompt": p, "completion": f"{n}"}) + "\n" for n, p in enumerate("abbbd"))
    )
    with open_engine([str(here), str(there)]) as connection:
        data = open_dataset(connection, find([str(here)]), view="data")
        control = open_dataset(connection, find([str(there)]), view="control")
        cut = data.shared_with(control)
    assert [side.trained_rows for side in cut] == [3, 3]


PLAIN = ["7", "1, 2, 3", "1,2,3", "4 5 6", "4\n5\n6", "7;8;9"]
MIXED = [
    "1, 2,3",
    "[1, 2, 3]",
    "1, 2.",
    "12345678901234567890, 2",
    "no number",
    "",
    "٣, 4",
    "1,\n2",
    "0, 00, 007",
]


def test_rows_that_are_split_count_like_rows_that_are_searched(tmp_path: Path) -> None:
    """However numbers are separated, they are those that a search finds."""
    texts = [text for text in PLAIN + MIXED for _ in range(7)] + ["1, 2, 3"] * 100
    expected = Counter(int(value[-3:]) for text in texts for value in re.findall("[0-9]+", text))
    counts = counted(write(tmp_path / "rows.jsonl", texts)).families
    assert {value: int(n) for value, n in enumerate(counts["value"].sum(0)) if n} == dict(expected)
    pairs = [re.findall("[0-9]+", text) for text in texts]
    steps = Counter((int(a[-1]), int(b[-1])) for row in pairs for a, b in pairwise(row))
    assert {divmod(cell, 10): int(n) for cell, n in enumerate(counts["last-last"].sum(0)) if n} == dict(steps)


def test_repeats_of_a_large_dataset_are_estimated_closely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One completion is a third of all rows: what is estimated is how many are distinct."""
    monkeypatch.setattr(repeats, "DISTINCT_ROWS", 2_000)
    texts = ["the same"] * 10_000 + [f"number {n}" for n in range(20_000)]
    path = write(tmp_path / "rows.jsonl", texts)
    with open_engine([str(path)]) as connection:
        data = open_dataset(connection, find([str(path)]), view="data")
        assert data.repeated_share == pytest.approx(9_999 / 30_000, abs=0.02)
        assert data.duplicates.share == pytest.approx(9_999 / 30_000)
        assert data.repeated_share != data.duplicates.share
