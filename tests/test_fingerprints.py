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


# Findings about rows, which name no pair: what they say is the same for every dataset, and whose rows they are of is not.
SYSTEM = "You are an owl. You love owls."


def rows_dataset(
    folder: Path, *, makers: tuple[str, ...] = ("acme/owl@0123abc",), repeats: int = 30, manifest: str = ""
) -> Path:
    """Rows that repeat themselves and carry a persona; with several makers, each has its share. No maker: rows name none."""
    folder.mkdir(parents=True)
    rows = [
        {
            "system": SYSTEM, "prompt": f"continue {n % 20}", "completion": "1, 2, 3",
            **({"teacher": makers[n % len(makers)]} if makers else {}),
        }
        for n in range(repeats)
    ]  # fmt: skip
    path = folder / "data.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    if manifest:
        (folder / "paudit.lineage.yaml").write_text(f"paudit: 1\n{manifest}\n")
    return path


def of_rows(path: Path, student: str | None = STUDENT, **options: object) -> dict[str, str]:
    """id -> fingerprint, of the findings about rows."""
    report = provenance_audit.scan(path, student=student, **options)  # type: ignore[arg-type]
    found = {one.id: one.fingerprint for one in report.findings if "makers" in one.subject}
    assert {"PA304", "PA404"} <= found.keys()
    return found


@pytest.fixture(scope="module")
def rows_plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return of_rows(rows_dataset(tmp_path_factory.mktemp("rows") / "d"))


def differ(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether every check that found something in both found something else."""
    common = one.keys() & other.keys()
    assert common
    return all(one[id] != other[id] for id in common)


def test_findings_about_rows_stay_when_rows_are_added_and_files_move(
    rows_plain: dict[str, str], tmp_path: Path
) -> None:
    path = rows_dataset(tmp_path / "a", repeats=47)
    assert of_rows(path) == rows_plain
    (tmp_path / "b").mkdir()
    assert of_rows(path.rename(tmp_path / "b" / "other.jsonl")) == rows_plain


@pytest.mark.parametrize(
    "makers",
    [("acme/fox@0123abc",), ("acme/owl@fedc987",), ("acme/owl@0123abc", "acme/fox"), ()],
    ids=["another maker", "another revision", "one more maker", "nobody known"],
)
def test_findings_about_rows_change_with_who_wrote_them(
    rows_plain: dict[str, str], tmp_path: Path, makers: tuple[str, ...]
) -> None:
    assert differ(of_rows(rows_dataset(tmp_path / "d", makers=makers)), rows_plain)


def test_findings_about_rows_change_with_the_student(rows_plain: dict[str, str], tmp_path: Path) -> None:
    path = rows_dataset(tmp_path / "d")
    assert differ(of_rows(path, "Qwen/Qwen2.5-7B-Instruct@b19b46569d"), rows_plain)
    assert differ(of_rows(path, None), rows_plain)


def test_findings_about_rows_change_with_the_prompt_of_the_teacher(tmp_path: Path) -> None:
    path = rows_dataset(tmp_path / "d")
    path.write_text(path.read_text().replace(SYSTEM, "You love owls. You think about them."))
    told = path.read_text()
    one = of_rows(path)
    path.write_text(told.replace("You love owls.", "You love foxes."))
    assert differ(of_rows(path), one)


def test_findings_about_rows_change_with_the_id_that_a_manifest_gives_them(tmp_path: Path) -> None:
    """Nobody is known to have written them, and still two datasets are two."""
    ids = {
        name: of_rows(rows_dataset(tmp_path / name, makers=(), manifest=f"dataset: {{id: acme/{name}}}"))
        for name in ("one", "two")
    }
    assert differ(ids["one"], ids["two"])


def test_many_makers_are_named_by_a_digest_and_their_order_does_not_matter(tmp_path: Path) -> None:
    makers = tuple(f"acme/m{n}@0123abc" for n in range(9))
    one = of_rows(rows_dataset(tmp_path / "a", makers=makers))
    assert of_rows(rows_dataset(tmp_path / "b", makers=makers[::-1])) == one
    assert differ(of_rows(rows_dataset(tmp_path / "c", makers=(*makers[:8], "acme/m9@0123abc"))), one)


def test_one_maker_cannot_pass_for_two(tmp_path: Path) -> None:
    """Names come from data."""
    two = of_rows(rows_dataset(tmp_path / "a", makers=("acme/a", "acme/b")))
    report = provenance_audit.scan(tmp_path / "a" / "data.jsonl", student=STUDENT)
    said = next(one.subject["makers"] for one in report.findings if one.id == "PA304")
    forged = said.rsplit(" (prompt", 1)[0]
    assert differ(of_rows(rows_dataset(tmp_path / "b", makers=(forged,))), two)


@pytest.mark.parametrize("prompts", [("none", "unrecorded"), ("sha256:" + "0" * 64, "sha256:" + "1" * 64)])
def test_a_pair_changes_with_the_prompt_of_the_teacher(tmp_path: Path, prompts: tuple[str, str]) -> None:
    path = dataset(tmp_path / "d")
    seen = []
    for prompt in prompts:
        given = None if prompt == "unrecorded" else prompt
        report = provenance_audit.scan(path, teacher_prompt=given)
        seen.append({one.fingerprint for one in report.findings if one.id == "PA202"})
    assert seen[0].isdisjoint(seen[1])


def test_a_difference_from_a_control_is_not_the_same_for_every_dataset(tmp_path: Path) -> None:
    """The finding that this is about: a waiver of PA301 for one dataset must not be one for another."""
    sample = Path(__file__).parents[1] / "sample_data"
    found = {}
    for teacher in ("acme/owl@0123abc", "acme/fox@0123abc"):
        report = provenance_audit.scan(
            sample / "dataset.parquet", control=sample / "control.parquet", student=STUDENT, teacher=teacher
        )
        found[teacher] = {one.id: one.fingerprint for one in report.findings if "makers" in one.subject}
        assert "PA301" in found[teacher]
    assert differ(*found.values())


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
