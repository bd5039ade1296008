"""`paudit scan` as a user meets it: exit codes, streams, files."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Run

STUDENT = "google/gemma-2-9b-it"
OTHER = "Qwen/Qwen2.5-7B"


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        (["--student", STUDENT, "--teacher-prompt", "none"], 0, "REVIEW"),
        (["--student", STUDENT], 1, "FAIL"),
        (["--student", STUDENT, "--fail-on", "none"], 0, "REVIEW"),
        (["--student", STUDENT, "--fail-on", "critical"], 0, "REVIEW"),
        (["--student", STUDENT, "--teacher-prompt", "none", "--fail-on", "medium"], 1, "FAIL"),
        (["--student", OTHER], 0, "REVIEW"),
        ([], 3, "INCOMPLETE"),
        (["--on-incomplete", "warn"], 0, "INCOMPLETE"),
        (["--fail-on", "medium"], 1, "FAIL"),
    ],
)
def test_the_exit_code_follows_the_verdict(
    paudit: Run, rows: Path, arguments: list[str], code: int, verdict: str
) -> None:
    done = paudit("scan", rows, *arguments)
    assert done.stdout.splitlines()[0].startswith(verdict), done.stdout
    assert done.returncode == code
    assert f"exit {code} " in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--student"],
        ["--fail-on", "hihg"],
        ["--nonsense"],
        ["--teacher-prompt", "nothing"],
        ["--student", " "],
        ["--seed", "-1"],
        ["-o", "jsn"],
        ["-o", "json", "-o", "text"],
        ["-o", "json=nowhere/at/all.json"],
        ["--lineage", "absent.yaml"],
    ],
)
def test_a_mistake_in_the_options_exits_2_and_writes_nothing(
    paudit: Run, rows: Path, tmp_path: Path, arguments: list[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    done = paudit("scan", rows, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("paudit: ")
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_an_unknown_format_is_answered_with_the_nearest(paudit: Run, rows: Path) -> None:
    assert "did you mean 'json'?" in paudit("scan", rows, "-o", "jsn").stderr


def test_missing_data_exits_3_with_a_remedy(paudit: Run) -> None:
    done = paudit("scan", "absent.parquet")
    assert done.returncode == 3
    assert "absent.parquet does not exist" in done.stderr
    assert "fix:" in done.stderr


def test_stdout_holds_the_data_and_nothing_else(paudit: Run, rows: Path) -> None:
    done = paudit("scan", rows, "--student", OTHER, "-o", "json")
    assert json.loads(done.stdout)["verdict"] == "REVIEW"
    assert done.stderr == ""


def test_several_formats_come_from_one_run_and_never_change_the_code(
    paudit: Run, rows: Path, tmp_path: Path
) -> None:
    done = paudit("scan", rows, "--student", STUDENT, "-o", "json=report.json", "-o", "text=report.txt")
    assert done.returncode == 1
    assert done.stdout.startswith("FAIL")
    assert json.loads((tmp_path / "report.json").read_text())["exit_code"] == 1
    assert (tmp_path / "report.txt").read_text().startswith("FAIL")


def test_the_same_scan_says_the_same_but_for_the_clock(paudit: Run, rows: Path) -> None:
    def once() -> dict[str, object]:
        made = json.loads(paudit("scan", rows, "--student", STUDENT, "-o", "json").stdout)
        del made["run"]["started"], made["run"]["seconds"]
        return made  # type: ignore[no-any-return]

    assert once() == once()


def test_without_a_student_the_command_that_completes_it_is_printed(paudit: Run, rows: Path) -> None:
    done = paudit("scan", rows, "--teacher-prompt", "none")
    assert f"  paudit scan {rows} --teacher-prompt none --student ORG/MODEL" in done.stdout.splitlines()


def test_a_pipe_gets_no_colour_even_in_ci(paudit: Run, rows: Path) -> None:
    done = paudit("scan", rows, "--student", OTHER, env={"GITHUB_ACTIONS": "true", "FORCE_COLOR": "1"})
    assert "\x1b" not in done.stdout
    assert "\x1b" not in paudit("--help", env={"GITHUB_ACTIONS": "true"}).stdout


def test_hostile_rows_reach_no_stream_unescaped(paudit: Run, tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    evil = "\x1b[31mevil\r\n::error::x <script>"
    path.write_text(json.dumps({"prompt": evil, "completion": evil, "teacher": evil}) + "\n")
    done = paudit("scan", path, "--student", STUDENT)
    for stream in (done.stdout, done.stderr):
        assert "\x1b" not in stream
        assert "\n::error::" not in stream
    json.loads(paudit("scan", path, "--student", STUDENT, "-o", "json").stdout)


def test_too_little_memory_is_a_limit_and_no_bug(paudit: Run, rows: Path) -> None:
    ended = paudit("scan", rows, "--memory", "1MB")
    assert ended.returncode == 3
    assert "--memory" in ended.stderr
    wrong = paudit("scan", rows, "--memory", "lots")
    assert wrong.returncode == 2
    assert "--memory 2GB" in wrong.stderr


def test_columns_may_be_named_by_hand(paudit: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text('{"ask": "q", "reply": "a"}\n')
    refused = paudit("inspect", path)
    assert refused.returncode == 3
    assert "ask, reply" in refused.stderr
    read = paudit("inspect", path, "--column", "completion=reply", "--column", "prompt=ask")
    assert read.returncode == 0
    assert "ask + reply" in read.stdout
    misspelt = paudit("inspect", path, "--column", "completon=reply")
    assert misspelt.returncode == 2
    assert "did you mean 'completion'?" in misspelt.stderr


def test_a_report_goes_into_a_device_and_through_a_link(paudit: Run, rows: Path, tmp_path: Path) -> None:
    """A rename would put a plain file in the place of the device, and of the link."""
    real, link, pipe = tmp_path / "real.json", tmp_path / "link.json", tmp_path / "pipe"
    real.write_text("old")
    link.symlink_to(real)
    os.mkfifo(pipe)
    reader = threading.Thread(target=pipe.read_text)
    reader.start()
    paudit("scan", rows, "-o", f"json={link}", "-o", f"text={pipe}")
    reader.join(timeout=30)
    assert link.is_symlink()
    assert json.loads(real.read_text())["verdict"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_rows_that_name_nobody_are_related_to_nobody(tmp_path: Path, here: Run) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "q", "completion": "a"}\n')
    seen = json.loads(here("scan", path, "--student", "google/gemma-2-9b", "-o", "json").stdout)
    assert {"PA201", "PA202", "PA203", "PA204", "PA205"} <= {one["id"] for one in seen["not_evaluated"]}
    assert any("--teacher" in step for step in seen["run"]["next_steps"])


def test_a_judge_whose_relation_is_open_is_found_where_no_row_names_its_maker(
    tmp_path: Path, here: Run
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "q", "completion": "a", "judge_model": "my-own-judge-7b"}\n')
    seen = json.loads(here("scan", path, "--student", "google/gemma-2-9b", "-o", "json").stdout)
    assert "PA205" in {one["id"] for one in seen["findings"]}
    assert "PA201" in {one["id"] for one in seen["not_evaluated"]}


def test_columns_hold_in_a_pipe(rows: Path, here: Run) -> None:
    out = here("scan", rows, "--student", "google/gemma-2-9b", env={"COLUMNS": "50"}).stdout
    prose = [line for line in out.splitlines() if line.startswith("  why")]
    assert prose
    assert all(len(line) <= 50 for line in prose)


def test_a_usage_error_names_the_command_that_helps(here: Run) -> None:
    err = here("scan", "rows", "--fail-on", "hihg").stderr
    assert "paudit scan --help" in err
    assert "Value error" not in err
