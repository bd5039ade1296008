"""The documentation says what the code does: its tables are the code's, its links lead somewhere, its commands run."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sample_data/*.md")]


def maker() -> object:
    spec = importlib.util.spec_from_file_location("docs_make", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_tables_are_those_of_the_code() -> None:
    made = maker()
    for name in made.PAGES:  # type: ignore[attr-defined]
        page = (ROOT / "docs" / name).read_text()
        assert made.filled(page) == page, f"docs/{name}: run `make docs`"  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]*)(?:#[^)]*)?\)", page.read_text()):
        assert not target or (page.parent / target).exists(), target


def helped_by(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "provenance_audit", *command, "--help"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist_and_take_these_options(page: Path) -> None:
    text = page.read_text()
    used = re.findall(r"(?:^\$ |^- run: |`)paudit ([a-z]+)((?: [^`\n#]*)?)", text, re.M)
    for command, rest in set(used):
        try:
            words = shlex.split(rest)
        except ValueError:
            words = rest.split()
        helped = helped_by(command)
        if "COMMAND [ARGS]" in helped.stdout and words:
            helped = helped_by(command, words[0])
        assert helped.returncode == 0, f"paudit {command} {words}"
        for option in (word for word in words if word.startswith("-")):
            assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", helped.stdout), (
                f"paudit {command} {option}"
            )


def test_the_excerpt_of_a_report_is_real() -> None:
    real = subprocess.run(
        [sys.executable, "-m", "provenance_audit", "scan", "sample_data/dataset.parquet", "--control", "sample_data/control.parquet"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"COLUMNS": "80", "PATH": "/usr/bin"},
    ).stdout  # fmt: skip
    for page in (ROOT / "README.md", ROOT / "docs" / "reading-a-report.md"):
        blocks = re.findall(r"```(?:console)?\n(.*?)```", page.read_text(), re.S)
        shown = [
            line
            for block in blocks
            if "PA202 shared-base" in block or block.startswith("FAIL")
            for line in block.splitlines()
        ]
        assert shown
        for line in shown:
            if line and not line.startswith("$") and "…" not in line:
                assert line in real, line


def test_every_version_is_in_the_changelog() -> None:
    from provenance_audit import __version__

    assert __version__ in (ROOT / "CHANGELOG.md").read_text()


def test_every_format_is_documented() -> None:
    from provenance_audit.formats import FORMATS

    page = (ROOT / "docs" / "reports.md").read_text()
    for name in FORMATS:
        assert f"`{name}`" in page, name


def test_the_example_of_the_training_gate_is_the_one_on_the_page() -> None:
    page = (ROOT / "docs" / "reports.md").read_text()
    code = (ROOT / "docs" / "examples" / "guarded_training.py").read_text()
    assert "guard(self.data, student=model.config._name_or_path, attestation=self.attestation)" in page
    assert "guard(self.data, student=model.config._name_or_path, attestation=self.attestation)" in code
