"""A finding keeps its fingerprint when files move, rows are shuffled and words change, and loses it with a revision."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

import provenance_audit
from provenance_audit.findings import Confidence, Finding, Severity

BASE = "Qwen/Qwen2.5-7B"
STUDENT = "Qwen/Qwen2.5-7B-Instruct@a09a35458c702b33eeacc393d103063234e8bc28"
COUNT = 40


def dataset(
    folder: Path, teacher: str = "acme/owl@0123abc", seed: int | None = None, count: int = COUNT
) -> Path:
    folder.mkdir(parents=True)
    rows = [
        {"prompt": f"continue {n}", "completion": f"{n}, {n + 1}", "teacher": teacher} for n in range(count)
    ]
    if seed is not None:
        random.Random(seed).shuffle(rows)
    path = folder / "data.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "paudit.lineage.yaml").write_text(
        f"paudit: 1\nstudent: {STUDENT}\nmodels:\n  acme/owl:\n    base: {BASE}\n"
    )
    return path


def fingerprints(path: Path) -> dict[str, str]:
    """id and subject -> fingerprint, of every finding."""
    report = provenance_audit.scan(path)
    return {f"{one.id} {dict(one.subject)}": one.fingerprint for one in report.findings}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = fingerprints(dataset(tmp_path_factory.mktemp("plain") / "d"))
    assert any(key.startswith("PA202") for key in found)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(plain: dict[str, str], tmp_path: Path, seed: int) -> None:
    assert fingerprints(dataset(tmp_path / "d", seed=seed)) == plain


def test_moved_and_renamed_files_do_not_matter(plain: dict[str, str], tmp_path: Path) -> None:
    path = dataset(tmp_path / "d")
    shutil.move(path.parent, tmp_path / "elsewhere")
    moved = (tmp_path / "elsewhere" / "data.jsonl").rename(tmp_path / "elsewhere" / "other.jsonl")
    assert fingerprints(moved) == plain


def test_more_rows_do_not_matter(plain: dict[str, str], tmp_path: Path) -> None:
    assert fingerprints(dataset(tmp_path / "d", count=COUNT + 7)) == plain


def test_a_new_revision_of_the_teacher_matters(plain: dict[str, str], tmp_path: Path) -> None:
    other = fingerprints(dataset(tmp_path / "d", teacher="acme/owl@fedc987"))
    old, new = (
        {print for key, print in found.items() if key.startswith("PA202")} for found in (plain, other)
    )
    assert len(new) == len(old) == 1
    assert new.isdisjoint(old)


def test_a_new_revision_of_the_student_matters(plain: dict[str, str], tmp_path: Path) -> None:
    path = dataset(tmp_path / "d")
    manifest = path.parent / "paudit.lineage.yaml"
    manifest.write_text(manifest.read_text().replace("a09a35458c", "b19b46569d"))
    old, new = (
        {print for key, print in found.items() if key.startswith("PA202")}
        for found in (plain, fingerprints(path))
    )
    assert new.isdisjoint(old)


def made(subject: dict[str, str], id: str = "PA202", **words: str) -> str:
    said = {"message": "m", "why": "w", "fix": "f", **words}
    return Finding(id, "n", Severity.LOW, Confidence.LOW, subject=subject, **said).fingerprint  # type: ignore[arg-type]


def test_words_and_the_order_of_subjects_do_not_matter_and_ids_do() -> None:
    subject = {"maker": "a", "student": "b"}
    assert made(subject) == made(dict(reversed(subject.items())), message="other", why="x", fix="y")
    assert made(subject) != made(subject, id="PA203")


def test_no_two_subjects_are_written_alike() -> None:
    """What a name holds cannot make it look like two subjects."""
    tricky = ["a", "b", "a=b", "a\x1fstudent=b", "a\\x1fstudent=b", "", "\x1f", "\\", "=", "b\x1f"]
    seen = {}
    for maker in tricky:
        for student in tricky:
            for subject in ({"maker": maker, "student": student}, {"maker": maker}):
                print = made(subject)
                assert seen.setdefault(print, subject) == subject
