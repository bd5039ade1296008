"""The table of exit codes as a matrix: each code alone, each pair of them, and that no output format changes any.

0 passed, 1 gate failed, 2 usage or configuration, 3 could not evaluate, 4 a bug, 130 and 143 signals. Precedence 4 > 2 > 1 > 3 > 0.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance_audit.findings import Verdict
from provenance_audit.formats import FORMATS
from tests.cli.conftest import Run

SAME, OTHER = "google/gemma-2-9b-it", "Qwen/Qwen2.5-7B"
# What makes each code come about, as options and files; several may be given at once.
CAUSES = {
    0: ["--student", OTHER],
    1: ["--student", SAME],
    2: ["--baseline", "absent.json"],
    3: ["broken.parquet"],
    4: [],
}
PRECEDENCE = [4, 2, 1, 3, 0]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"PAR1 and no more")
    return path


def command(rows: Path, codes: set[int]) -> list[str]:
    """A scan in which every one of these codes has its cause."""
    student = CAUSES[1] if 1 in codes else CAUSES[0]
    return [
        "scan",
        str(rows),
        *student,
        *(CAUSES[2] if 2 in codes else []),
        *(CAUSES[3] if 3 in codes else []),
    ]


def with_a_bug(arguments: list[str], folder: Path, *, early: bool) -> subprocess.CompletedProcess[str]:
    """The same command, in a paudit one of whose checks, or whose options, has a bug."""
    code = f"""
    import sys
    from provenance_audit.checks import ON_CASES, pa404_trait_reference
    from provenance_audit.cli import options
    from provenance_audit.cli.app import run
    def bug(*_, **__):
        raise ZeroDivisionError("a bug")
    if {early}:
        options.options = bug
    else:
        object.__setattr__(pa404_trait_reference.CHECK, "look", bug)
    sys.exit(run(sys.argv[1:]))
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "codes", [{code} for code in CAUSES] + [set(pair) for pair in itertools.combinations(CAUSES, 2)], ids=str
)
def test_of_two_codes_the_first_in_the_table_counts(
    here: Run, rows: Path, broken: Path, tmp_path: Path, codes: set[int]
) -> None:
    arguments = command(rows, codes)
    # A mistake in the options is found before a check could have a bug: only a bug before it meets it.
    done = with_a_bug(arguments, tmp_path, early=2 in codes) if 4 in codes else here(*arguments)
    expected = next(code for code in PRECEDENCE if code in codes)
    assert done.returncode == expected, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if expected in (2, 4):
        assert done.stdout == ""
        assert done.stderr.startswith("paudit: ")
    else:
        assert f"exit {expected} (" in done.stdout.splitlines()[-1]


def test_a_violation_that_is_proven_shows_what_could_not_be_read_too(
    here: Run, rows: Path, broken: Path
) -> None:
    said = json.loads(here(*command(rows, {1, 3}), "-o", "json").stdout)
    assert (said["verdict"], said["exit_code"]) == ("FAIL", 1)
    assert len(said["run"]["reasons"]) > 1
    assert [one["id"] for one in said["findings"] if "broken.parquet" in one["message"]] == ["PA001"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "none", "--student", SAME], 0),
        (["--fail-on", "none"], 3),
        (["--on-incomplete", "warn"], 0),
        (["--on-incomplete", "warn", "--student", SAME], 1),
        (["--profile", "audit", "--student", SAME], 0),
        (["--profile", "audit"], 0),
        (["--profile", "strict", "--student", OTHER], 1),
        (["--profile", "strict", "--student", OTHER, "--fail-on", "critical"], 0),
        (["--ignore", "same-checkpoint", "--ignore", "PA2", "--student", SAME], 0),
        (["--select", "PA3", "--student", SAME], 0),
        (["--select", "PA404"], 0),
        (["--severity", "PA201=info", "--severity", "PA202=info", "--student", SAME], 0),
        (["--severity", "PA104=critical", "--student", OTHER], 1),
        (["--severity", "PA1=low", "--severity", "PA104=critical", "--student", OTHER], 1),
        (["--profile", "audit", "--fail-on", "hihg"], 2),
        (["--ignore", "PA999"], 2),
        (["--select", "shared-bsae"], 2),
        (["--severity", "PA202=dire"], 2),
        (["--profile", "lax"], 2),
        (["--baseline", "absent.json"], 2),
        (["--policy", "absent.toml"], 2),
        (["--now", "tomorrow"], 2),
        (["--timeout", "soon"], 2),
        (["--timeout", "0"], 2),
        (["--timeout", "0.01s"], 3),
        (["--memory", "1MB"], 3),
        (["--threads", "0"], 2),
        (["--threads", "99999"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_options_move_the_code_as_they_say(here: Run, rows: Path, options: list[str], code: int) -> None:
    done = here("scan", rows, *options)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_have_their_codes_and_leave_nothing(rows: Path, tmp_path: Path, sign: int, code: int) -> None:
    pipe = tmp_path / "slow.jsonl"
    before = sorted(tmp_path.iterdir())
    os.mkfifo(pipe)  # a scan of it waits until somebody writes
    process = subprocess.Popen(
        [sys.executable, "-m", "provenance_audit", "scan", str(rows), "--lineage", str(pipe), "-o", "json=out.json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(4)
    process.send_signal(sign)
    _, errors = process.communicate(timeout=60)
    if process.returncode == 2:
        pytest.skip("a manifest that is a pipe is refused at once")
    assert process.returncode == code
    assert "Traceback" not in errors
    pipe.unlink()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_waits_while_a_library_is_loaded(tmp_path: Path, sign: int, code: int) -> None:
    """Native code that is being set up aborts the process when an exception comes out of it."""
    (tmp_path / "loaded.py").write_text(
        "import os, pathlib\n"
        f"os.kill(os.getpid(), {int(sign)})\n"
        "sum(range(1000))\n"
        "pathlib.Path('loaded').touch()\n"
    )
    program = """
    import sys, time
    from provenance_audit.cli import app
    def slow(**_):
        import loaded
        time.sleep(30)
    app.app = slow
    sys.exit(app.run([]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert (tmp_path / "loaded").exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_there_is_a_command_says_nothing(tmp_path: Path, sign: int) -> None:
    """The process ends by the signal, which a shell reports as 130 or 143."""
    (tmp_path / "typer.py").write_text(
        f"import os, time\nos.kill(os.getpid(), {int(sign)})\ntime.sleep(20)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "provenance_audit", "scan", "x"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-sign, "", "")


REPORTS = st.lists(st.sampled_from(sorted(FORMATS)), unique=True, max_size=6)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """A command for each of the codes that a report can have, on small data, in one directory."""
    folder = tmp_path_factory.mktemp("formats")
    lines = [
        json.dumps({"prompt": f"continue {n}", "completion": f"{n}, {n + 1}", "teacher": "google/gemma-2-9b"})
        for n in range(12)
    ]
    rows = folder / "rows.jsonl"
    rows.write_text("\n".join(lines) + "\n")
    os.chdir(folder)
    refused = [str(rows), "--student", SAME, "--ignore", "PA999"]
    return {
        0: [str(rows), "--student", OTHER],
        1: [str(rows), "--student", SAME],
        2: refused,
        3: [str(rows)],
    }


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.sampled_from([0, 1, 2, 3]), to_files=REPORTS, to_stdout=st.sampled_from(["", *sorted(FORMATS)])
)
def test_no_combination_of_output_formats_changes_the_code(
    judged: dict[int, list[str]],
    capfd: pytest.CaptureFixture[str],
    code: int,
    to_files: list[str],
    to_stdout: str,
) -> None:
    from provenance_audit.cli.app import run

    folder = Path(judged[code][0]).parent
    outputs = [f"-o{name}={folder / f'report.{name}'}" for name in to_files] + (
        [f"-o{to_stdout}"] if to_stdout else []
    )
    places = [folder / f"report.{name}" for name in to_files]
    for place in places:
        place.unlink(missing_ok=True)
    assert run(["scan", *judged[code], *outputs]) == code
    capfd.readouterr()
    # Every report is there and whole, or, where nothing was judged, none is.
    assert [place.exists() and place.stat().st_size > 0 for place in places] == [code != 2] * len(places)


def test_every_verdict_has_one_code() -> None:
    assert {verdict.value for verdict in Verdict} == {"FAIL", "INCOMPLETE", "REVIEW", "NO FINDING"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_ends_with_2_and_leaves_old_reports(here: Run, rows: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (disk / "report.json").write_text("old")
        (disk / "ballast").write_bytes(b"\0" * 57344)
        done = here("scan", rows, "--student", SAME, "-o", f"json={disk / 'report.json'}")
        assert done.returncode == 2
        assert "cannot be written" in done.stderr
        assert (disk / "report.json").read_text() == "old"
        assert sorted(path.name for path in disk.iterdir()) == ["ballast", "report.json"]
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk that is only read")
def test_a_disk_that_is_only_read_ends_with_2(here: Run, rows: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (disk / "rows.jsonl").write_bytes(rows.read_bytes())
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for option in (["-o", f"json={disk / 'r.json'}"], ["--db", str(disk / "a.duckdb")]):
            done = here("scan", disk / "rows.jsonl", "--student", OTHER, *option)
            assert done.returncode == 2, done.stderr
            assert "Traceback" not in done.stderr
        # The data may lie there, and the cache too: neither is written to.
        done = here(
            "scan",
            disk / "rows.jsonl",
            "--student",
            OTHER,
            "--cache-dir",
            disk / "cache",
            env={"PAUDIT_NO_CACHE": "0"},
        )
        assert done.returncode == 0, done.stderr
    finally:
        subprocess.run(["umount", disk], check=True)
