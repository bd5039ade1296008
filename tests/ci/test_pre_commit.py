"""The hook, as pre-commit itself installs and runs it in another repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.formats.oracles import from_pypi, program

ROOT = Path(__file__).parents[2]
SHIPPED = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "provenance_audit")


def repository(folder: Path) -> Path:
    """Commits everything in a folder."""
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run(
            [program("git"), *command], cwd=folder, check=True, env=alone(folder), capture_output=True
        )
    return folder


def alone(home: Path) -> dict[str, str]:
    """No configuration of the user, and no variable that git sets inside a hook."""
    author = {
        f"GIT_{who}_{what}": "tests@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return {
        **kept,
        **author,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(home.parent / "cache"),
    }


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """This project as a repository of hooks: what a clone of it would hold."""
    folder = tmp_path / "paudit"
    folder.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return repository(folder)


def test_the_manifest_is_valid() -> None:
    subprocess.run(
        [from_pypi("pre-commit"), "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=True
    )


def test_it_checks_the_policy_and_only_when_one_changes(hooks: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "configs").mkdir(parents=True)
    (work / "paudit.toml").write_text('version = 1\nfail-on = "high"\n')
    (work / "configs" / "other.toml").write_text('version = 1\nfail-on = "hihg"\n')
    (work / "main.py").write_text("print()\n")
    commit = subprocess.run(
        [program("git"), "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True
    ).stdout.strip()
    config = {"repos": [{"repo": str(hooks), "rev": commit, "hooks": [{"id": "paudit-policy"}]}]}
    (work / ".pre-commit-config.yaml").write_text(json.dumps(config))
    repository(work)

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [from_pypi("pre-commit"), "run", "--verbose", *arguments],
            cwd=work,
            env=alone(work),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    code, said = run("--all-files")
    assert code == 0, said
    assert "paudit.toml is right" in said

    code, said = run("--files", "main.py")
    assert code == 0
    assert "no files to check" in said

    (work / "paudit.toml").write_text('version = 1\nfail-on = "hihg"\n')
    code, said = run("--files", "paudit.toml")
    assert code == 1, said
    assert "hihg" in said

    config["repos"][0]["hooks"][0]["args"] = ["configs/other.toml"]  # type: ignore[index]
    (work / ".pre-commit-config.yaml").write_text(json.dumps(config))
    code, said = run("--all-files")
    assert code == 1
    assert "configs/other.toml" in said
