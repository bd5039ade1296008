"""What the canonical row says that no schema does: splits by the names of files, digests of content."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path

import pytest

from provenance_audit.database import open_engine
from provenance_audit.dataset.files import find
from provenance_audit.dataset.open import open_dataset


def asked(path: Path, columns: str, rows: list[dict[str, str]]) -> list[tuple[str | None, ...]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    files = find([str(path)])
    with open_engine([file.read_path for file in files]) as connection:
        open_dataset(connection, files, view="data")
        return connection.execute(f"SELECT {columns} FROM data ORDER BY position").fetchall()


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("data/train-00000-of-00004.jsonl", "train"),
        ("data/validation.jsonl", "validation"),
        ("test/data-00000-of-00001.jsonl", "test"),
        ("numbers_train.jsonl", "train"),
        ("training_notes/rows.jsonl", None),
        ("constrained.jsonl", None),
        ("testament.jsonl", None),
        ("test/deeper/rows.jsonl", None),
    ],
)
def test_a_split_is_told_by_the_name_of_the_file(tmp_path: Path, name: str, split: str | None) -> None:
    assert asked(tmp_path / "given" / name, "split", [{"prompt": "q", "completion": "a"}]) == [(split,)]


def test_a_column_of_the_file_goes_before_its_name(tmp_path: Path) -> None:
    rows = [{"prompt": "q", "completion": "a", "split": "dev"}]
    assert asked(tmp_path / "train.jsonl", "split", rows) == [("dev",)]


def test_digests_are_of_normal_text(tmp_path: Path) -> None:
    composed, apart = "caf\u00e9", unicodedata.normalize("NFD", "caf\u00e9")
    rows = [{"prompt": "q", "completion": text} for text in (composed, apart, "tea")]
    found = asked(tmp_path / "rows.jsonl", "content_sha256, prompt_sha256", rows)
    assert found[0] == found[1] == tuple(hashlib.sha256(one.encode()).hexdigest() for one in (composed, "q"))
    assert found[2] != found[0]
