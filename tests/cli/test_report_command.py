"""`paudit report`, and what the command line makes of `-o`: one format on stdout, the others whole in files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from provenance_audit import scan
from provenance_audit.formats import FORMATS, Look
from tests.cli.conftest import write_rows

Run = Callable[..., subprocess.CompletedProcess[str]]
STUDENT = "google/gemma-2-9b-it"


@pytest.fixture(scope="module")
def saved() -> str:
    """The JSON report of a scan that failed, made once."""
    with TemporaryDirectory() as folder:
        report = scan(write_rows(Path(folder)), student=STUDENT)
    assert report.exit_code == 1
    return FORMATS["json"](report, Look())


@pytest.fixture
def result(saved: str, tmp_path: Path) -> Path:
    """That report, in a file."""
    path = tmp_path / "result.json"
    path.write_text(saved)
    return path


def test_every_format_of_a_saved_report_is_that_of_the_scan(paudit: Run, rows: Path, tmp_path: Path) -> None:
    names = [name for name in FORMATS if name != "text"]
    outputs = [word for name in names for word in ("-o", f"{name}={tmp_path / f'scan.{name}'}")]
    again = [word for name in names for word in ("-o", f"{name}={tmp_path / f'again.{name}'}")]
    scanned = paudit("scan", rows, "--student", STUDENT, *outputs)
    rendered = paudit("report", tmp_path / "scan.json", *again)
    assert scanned.returncode == 1
    assert rendered.returncode == 0
    assert rendered.stdout == scanned.stdout
    for name in names:
        assert (tmp_path / f"again.{name}").read_bytes() == (tmp_path / f"scan.{name}").read_bytes(), name


def test_a_page_is_a_report_too(paudit: Run, result: Path, tmp_path: Path) -> None:
    paudit("report", result, "-o", f"html={tmp_path / 'page.html'}")
    done = paudit("report", tmp_path / "page.html", "-o", "json")
    assert done.stdout == result.read_text()


@pytest.mark.parametrize("format", FORMATS)
def test_stdout_holds_the_format_and_nothing_else(paudit: Run, result: Path, format: str) -> None:
    done = paudit("report", result, "-o", format)
    assert done.returncode == 0
    assert done.stdout
    if format == "json":
        json.loads(done.stdout)
    assert done.stderr == ""


@pytest.mark.parametrize("formats", [["sarif", "json"], ["html=x.html", "json"], ["markdown=a", "junit=b"]])
def test_no_combination_of_formats_changes_the_exit_code(paudit: Run, rows: Path, formats: list[str]) -> None:
    outputs = [word for one in formats for word in ("-o", one)]
    done = paudit("scan", rows, "--student", STUDENT, *outputs)
    assert done.returncode == (2 if formats == ["sarif", "json"] else 1)


@pytest.mark.parametrize(
    ("content", "code"), [("{}", 2), ("nonsense", 2), ("<!doctype html><p>", 2), (None, 3)]
)
def test_what_is_no_report_ends_in_one_line(
    paudit: Run, tmp_path: Path, content: str | None, code: int
) -> None:
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_text(content)
    done = paudit("report", path)
    assert done.returncode == code
    assert done.stderr.startswith(f"paudit: {path}")
    assert "Traceback" not in done.stderr


def test_a_job_summary_is_added_to(paudit: Run, result: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    env = {"GITHUB_STEP_SUMMARY": str(summary)}
    paudit("report", result, "-o", f"markdown={summary}", env=env)
    assert summary.read_text().startswith("before\n<!-- paudit-report -->\n## paudit: FAIL")


def test_plain_draws_nothing_and_says_the_same(paudit: Run, result: Path) -> None:
    drawn, plain = paudit("report", result).stdout, paudit("report", result, "--plain").stdout
    assert plain.isascii()
    assert "|-" in drawn
    assert not any(mark in plain for mark in ("|-", "`-", "====", "   ", "<-"))
    for words in ("PA202 shared-base", "gates", "Not evaluated", "exit 1 (gate failed)"):
        assert words in plain


def test_a_report_that_is_read_loads_no_engine(result: Path) -> None:
    import sys

    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "provenance_audit", "report", result],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {
        line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert not loaded & {"duckdb", "numpy", "scipy", "pyarrow", "rich", "yaml", "jinja2"}
