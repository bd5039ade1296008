"""The cache: the same question is answered at once, and nothing that an answer depends on can change unseen."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance_audit.audit import observe
from provenance_audit.cache import Cache, names_of, places, watching
from provenance_audit.request import Request
from tests.cli.conftest import Run

STUDENT, OTHER = "google/gemma-2-9b-it", "Qwen/Qwen2.5-7B"
Scan = Callable[..., "subprocess.CompletedProcess[str]"]
SAID = "answered from the cache"


@pytest.fixture
def scan(here: Run, rows: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """A scan of the rows with a cache, which lies elsewhere. Files are old enough for their times to be trusted."""
    folder = tmp_path_factory.mktemp("cache")
    age(rows)

    def run(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return here(
            "scan", "data/rows.jsonl", *arguments,
            env={"PAUDIT_NO_CACHE": "0", "PAUDIT_CACHE_DIR": str(folder), **(env or {})},
        )  # fmt: skip

    return run


def age(path: Path, seconds: float = 60) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_the_same_scan_is_answered_from_the_cache_and_says_so(scan: Scan) -> None:
    first, second = scan("--student", STUDENT), scan("--student", STUDENT)
    assert SAID not in first.stderr + first.stdout
    assert SAID in second.stderr
    assert SAID in second.stdout
    assert set(first.stdout.splitlines()[:-1]) <= set(second.stdout.splitlines()[:-1])
    assert first.returncode == second.returncode == 1


def test_json_from_the_cache_is_the_same_but_for_the_clock(scan: Scan) -> None:
    made = [json.loads(scan("--student", STUDENT, "-o", "json").stdout) for _ in range(2)]
    for one in made:
        del one["run"]["started"], one["run"]["seconds"]
    assert (made[0]["run"].pop("cached"), bool(made[1]["run"].pop("cached"))) == ("", True)
    assert made[0] == made[1]


def test_no_cache_looks_again(scan: Scan) -> None:
    scan("--student", STUDENT)
    assert SAID not in scan("--student", STUDENT, "--no-cache").stderr


def _append(folder: Path) -> None:
    path = folder / "data" / "rows.jsonl"
    path.write_text(
        path.read_text() + '{"prompt": "p", "completion": "1, 2", "teacher": "google/gemma-2-9b"}\n'
    )


def _same_size(folder: Path) -> None:
    """Another byte, the same size, and the old time put back."""
    path = folder / "data" / "rows.jsonl"
    before = path.stat()
    path.write_text(path.read_text().replace("100, 101, 102", "100, 101, 103"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def _another_file(folder: Path) -> None:
    path = folder / "data" / "rows.jsonl"
    new = folder / "new"
    new.write_text(path.read_text().replace("100, 101, 102", "100, 101, 104"))
    new.replace(path)


def _manifest(folder: Path) -> None:
    (folder / "data" / "paudit.lineage.yaml").write_text("paudit: 1\nteacher: acme/owl\n")


def _sidecar(folder: Path) -> None:
    (folder / "data" / "adapter_config.json").write_text('{"base_model_name_or_path": "google/gemma-2-9b"}')


def _place(folder: Path) -> None:
    """A directory that has the name of the teacher, with what it says of itself."""
    place = folder / "google" / "gemma-2-9b"
    place.mkdir(parents=True)
    (place / "config.json").write_text('{"_name_or_path": "acme/other", "model_type": "gemma2"}')


CHANGES = [_append, _same_size, _another_file, _manifest, _sidecar, _place]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_an_answer_depends_on_cannot_change_unseen(
    scan: Scan, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    scan("--student", STUDENT)
    assert SAID in scan("--student", STUDENT).stderr
    change(tmp_path)
    assert SAID not in scan("--student", STUDENT).stderr
    assert SAID in scan("--student", STUDENT).stderr


NAMED = {
    "--control": ("control.jsonl", '{"prompt": "p", "completion": "1, 2"}\n' * 20, '{"prompt": "p", "completion": "3"}\n'),
    "--raw": ("raw.jsonl", '{"prompt": "p", "completion": "1, 2"}\n' * 20, '{"prompt": "p", "completion": "3"}\n'),
    "--lineage": ("lineage.yaml", "paudit: 1\nteacher: google/gemma-2-9b\n", "models: {acme/x: {base: acme/y}}\n"),
    "--config": ("train.yaml", f"base_model: {STUDENT}\ndatasets:\n  - path: data/rows.jsonl\n", "seed: 7\n"),
    "--registry": ("more.csv", "child,parent,relation,grade,source\n", "acme/x,acme/y,finetune,author-stated,https://acme.example\n"),
}  # fmt: skip


@pytest.mark.parametrize("option", NAMED)
def test_what_an_option_names_cannot_change_unseen(scan: Scan, tmp_path: Path, option: str) -> None:
    """A file that the command names counts by its content."""
    name, content, more = NAMED[option]
    path = tmp_path / name
    path.write_text(content)
    age(path)
    first = scan("--student", STUDENT, option, name)
    assert first.returncode in (0, 1), first.stderr
    assert SAID in scan("--student", STUDENT, option, name).stderr
    path.write_text(content + more)
    assert SAID not in scan("--student", STUDENT, option, name).stderr


def test_the_day_on_which_a_waiver_ends_is_never_taken_from_the_cache(scan: Scan, tmp_path: Path) -> None:
    """The answer is, and what the waiver and the clock make of it is not: the finding counts again at once."""
    (print,) = [
        one["fingerprint"]
        for one in json.loads(scan("--student", STUDENT, "-o", "json").stdout)["findings"]
        if one["gating"]
    ]
    waiver = (
        'version = 1\n[waivers]\nmax-days = 9999\n[[waiver]]\nfingerprint = "{}"\ncategory = "mitigated"\n'
        'reason = "r"\nowner = "o"\nexpires = {}\n'
    )
    codes = []
    for print_, last in ((print, "2030-01-01"), (print, "2029-12-31"), ("pa1:" + "0" * 32, "2030-01-01")):
        (tmp_path / "paudit.toml").write_text(waiver.format(print_, last))
        codes.append(scan("--student", STUDENT, "--now", "2030-01-01").returncode)
    assert codes == [0, 1, 1]


def test_a_file_that_was_only_touched_is_the_same_file(scan: Scan, tmp_path: Path) -> None:
    scan("--student", STUDENT)
    path = tmp_path / "data" / "rows.jsonl"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)  # another inode, other times, the same bytes
    assert SAID in scan("--student", STUDENT).stderr


def test_a_file_that_changed_just_now_is_held_to_its_bytes(scan: Scan, tmp_path: Path) -> None:
    """Two writes within the clock's grain leave the same times."""
    path = tmp_path / "data" / "rows.jsonl"
    path.write_text(path.read_text())
    scan("--student", STUDENT)
    before = path.stat()
    with path.open("r+") as stream:
        text = stream.read()
        stream.seek(0)
        stream.write(text.replace("100, 101, 102", "100, 101, 105"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert SAID not in scan("--student", STUDENT).stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--student", OTHER],
        ["--student", STUDENT, "--seed", "1"],
        ["--student", STUDENT, "--trait", "owl"],
        ["--student", STUDENT, "--teacher-prompt", "none"],
        ["--student", STUDENT, "--select", "PA2"],
        ["--student", STUDENT, "--column", "completion=prompt"],
    ],
    ids=" ".join,
)
def test_another_question_is_another_answer(scan: Scan, options: list[str]) -> None:
    scan("--student", STUDENT)
    assert SAID not in scan(*options).stderr


def test_parameters_of_checks_are_part_of_the_question(scan: Scan, tmp_path: Path) -> None:
    scan("--student", STUDENT)
    (tmp_path / "paudit.toml").write_text("version = 1\n[checks.PA304]\nmax-share = 0.9\n")
    assert SAID not in scan("--student", STUDENT).stderr


def test_judgement_is_made_anew_from_the_same_answer(scan: Scan, tmp_path: Path) -> None:
    """Waivers, a baseline, ignored checks and severities change the verdict without another look at the rows."""
    report = json.loads(scan("--student", STUDENT, "-o", "json").stdout)
    (print,) = [one["fingerprint"] for one in report["findings"] if one["gating"]]
    policy = tmp_path / "paudit.toml"
    policy.write_text(
        f'version = 1\n[waivers]\nmax-days = 9999\n[[waiver]]\nfingerprint = "{print}"\ncategory = "accepted-risk"\n'
        'reason = "r"\nowner = "o"\nexpires = 2030-01-01\n'
    )
    for day, code in (("2030-01-01", 0), ("2030-01-02", 1)):
        done = scan("--student", STUDENT, "--now", day)
        assert SAID in done.stderr
        assert done.returncode == code
    done = scan(
        "--student", STUDENT, "--now", "2030-01-02", "--severity", "PA202=low", "--severity", "PA201=low"
    )
    assert (SAID in done.stderr, done.returncode) == (True, 0)


def test_what_a_run_writes_beside_the_data_changes_no_answer(scan: Scan) -> None:
    outputs = ["--student", STUDENT, "-o", "json=data/report.json", "--db", "data/audit.duckdb"]
    scan(*outputs)
    assert SAID in scan(*outputs).stderr


def test_that_the_cache_appears_beside_the_data_changes_no_answer(scan: Scan, tmp_path: Path) -> None:
    for place in ("data/cache", "data/.home/.cache/paudit", "cache"):
        there = {"PAUDIT_CACHE_DIR": place}
        assert SAID not in scan("--student", STUDENT, env=there).stderr
        assert SAID in scan("--student", STUDENT, env=there).stderr


def test_a_store_has_the_block_counts_of_every_answer(scan: Scan, tmp_path: Path) -> None:
    scan("--student", STUDENT)
    first = scan("--student", STUDENT, "--db", "a.duckdb")
    assert SAID not in first.stderr  # nobody had counted for this store
    assert SAID in scan("--student", STUDENT, "--db", "a.duckdb").stderr
    assert SAID not in scan("--student", STUDENT, "--db", "b.duckdb").stderr


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b'{"format": 1}', b"[]", b"\xff\xfe", b'{"format": 1, "witnesses": [], "observed": {}}'],
)
def test_a_damaged_answer_is_no_answer(
    scan: Scan, tmp_path_factory: pytest.TempPathFactory, damage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    there = {"PAUDIT_CACHE_DIR": str(folder)}
    first = scan("--student", STUDENT, env=there)
    (entry,) = folder.glob("*.json")
    entry.write_bytes(damage)
    done = scan("--student", STUDENT, env=there)
    assert SAID not in done.stderr
    assert done.returncode == first.returncode
    assert SAID in scan("--student", STUDENT, env=there).stderr


def test_a_cache_that_cannot_be_written_harms_nothing(scan: Scan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = scan("--student", STUDENT, env={"PAUDIT_CACHE_DIR": str(tmp_path / "file" / "below")})
    assert done.returncode == 1
    assert done.stderr == ""


def test_no_text_of_a_row_is_kept(scan: Scan, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("private")
    scan("--student", STUDENT, env={"PAUDIT_CACHE_DIR": str(folder)})
    (entry,) = folder.glob("*.json")
    assert "continue 100" not in entry.read_text()
    assert folder.stat().st_mode & 0o077 == 0 or folder.stat().st_uid == os.getuid()


def test_every_place_that_is_looked_at_is_witnessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only what is opened: where the program asks whether something is there, its coming would change the answer."""
    tree = Path(__file__).parents[1] / "lineage" / "trees" / "llama_factory"
    work = tmp_path / "work"
    subprocess.run(["cp", "-r", str(tree), str(work)], check=True)
    (work / "rows.jsonl").write_text('{"prompt": "p", "completion": "c", "teacher": "acme/owl"}\n' * 20)
    monkeypatch.chdir(work)
    asked: set[str] = set()
    real = os.stat

    def recorded(path: object, *arguments: object, **more: object) -> os.stat_result:
        if isinstance(path, str | Path):
            asked.add(str(Path(path).absolute()))
        return real(path, *arguments, **more)  # type: ignore[arg-type, call-overload, no-any-return]

    monkeypatch.setattr(os, "stat", recorded)
    configs = tuple(str(path) for path in sorted(Path().glob("*.yaml")))
    with watching() as seen:
        observed = observe(Request(("rows.jsonl",), config=configs))
    monkeypatch.undo()
    monkeypatch.chdir(work)
    covered = places(seen, names_of(observed))
    ours = {path for path in asked if path.startswith(str(work))}
    assert any(path.endswith("rows.jsonl") for path in ours)
    # A place is covered if it is witnessed itself, or if the listing of its directory is.
    missed = {path for path in ours if path not in covered and str(Path(path).parent) not in covered}
    assert missed == set()


def test_only_the_newest_answers_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance_audit import cache

    monkeypatch.setattr(cache, "ENTRIES_AT_MOST", 3)
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"prompt": "p", "completion": "c"}\n')
    observed = observe(Request((str(rows),)))
    kept = Cache(tmp_path / "cache")
    for number in range(6):
        kept.keep({"number": number}, observed, [str(rows)], time.time_ns())
        for path in (tmp_path / "cache").glob("*.json"):
            age(path, random.Random(path.name).uniform(0, 1) if number < 0 else 6 - number)
    assert len(list((tmp_path / "cache").glob("*.json"))) == 3
    assert kept.recall({"number": 5}) is not None
