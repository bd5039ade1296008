"""The script of the GitLab job, run here as its runner runs it: under bash, and under the sh of a small image."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

from tests.ci.machine import machine

ROOT = Path(__file__).parents[2]
JOB: dict[str, Any] = yaml.safe_load((ROOT / "ci/gitlab/paudit.gitlab-ci.yml").read_text())["paudit"]
SHELLS = {"bash": ["bash", "-eo", "pipefail"], "sh": ["sh", "-e"]}


def run_job(project: Path, shell: str = "bash", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SHELLS[shell], "-c", "\n".join(JOB["script"])],
        cwd=project,
        env={
            **machine(),
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PAUDIT_NO_CACHE": "1",
            **JOB["variables"],
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "sample_data", tmp_path / "project" / "data")
    return tmp_path / "project"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_sample_fails_and_every_report_is_an_artifact(shell: str, project: Path) -> None:
    done = run_job(project, shell, AUDIT_PATHS="data/dataset.parquet", PAUDIT_CONTROL="data/control.parquet")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("FAIL  ")
    reports = JOB["artifacts"]["reports"]
    quality = json.loads((project / reports["codequality"]).read_text())
    assert [one["check_name"].split()[0] for one in quality][:2] == ["PA202", "PA301"]
    assert JUnitXml.fromfile(str(project / reports["junit"])).failures == 2
    kept = project / JOB["artifacts"]["paths"][0]
    assert {"code-quality.json", "junit.xml", "paudit.json", "paudit.html"} == {
        one.name for one in kept.iterdir()
    }
    assert JOB["artifacts"]["when"] == "always"


def test_it_installs_what_it_is_told_to(project: Path) -> None:
    python = Path(sys.base_prefix) / "bin"
    assert shutil.which("paudit", path=f"{python}:/usr/bin:/bin") is None
    done = run_job(project, AUDIT_PATHS="data/dataset.parquet", AUDIT_INSTALL=str(ROOT), PATH=f"{python}:/usr/bin:/bin", PAUDIT_FAIL_ON="none")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("REVIEW  ")


def test_paths_are_lines_and_options_are_variables(project: Path) -> None:
    (project / "data/dataset.parquet").rename(project / "data/a name.parquet")
    (project / "train.yaml").write_text(
        "base_model: Qwen/Qwen2.5-7B-Instruct\ndatasets:\n  - path: data/a name.parquet\n    type: alpaca\n"
    )
    named = run_job(
        project, AUDIT_PATHS="data/a name.parquet\ndata/control.parquet\n", PAUDIT_FAIL_ON="critical"
    )
    assert named.returncode == 1
    inputs = json.loads((project / "paudit-reports/paudit.json").read_text())["inputs"]
    assert inputs["data"]["name"] == "data/a name.parquet, data/control.parquet"
    assert run_job(project, PAUDIT_CONFIG="train.yaml", PAUDIT_FAIL_ON="none").returncode == 0


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "text", ["--output=json=pwned", "$(touch pwned)", "; touch pwned", "`touch pwned`", "* $IFS"]
)
def test_hostile_text_is_a_path(text: str, shell: str, project: Path) -> None:
    assert run_job(project, shell, AUDIT_PATHS=text).returncode in (2, 3)
    assert not list(project.parent.rglob("pwned"))
