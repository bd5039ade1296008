"""The shell steps of action.yml, run here as a runner of GitHub runs them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.machine import machine

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
INSTALL, SCAN = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")


@dataclass
class Runner:
    """A job: its workspace, its temporary directory, and what steps left in the files of the runner."""

    workspace: Path
    temporary: Path

    def step(self, step: dict[str, Any], **inputs: str) -> subprocess.CompletedProcess[str]:
        """Runs one step with these inputs (`fail_on` for `fail-on`), the others at their defaults."""
        stated = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert stated.keys() <= ACTION["inputs"].keys()
        values = {name: stated.get(name, one["default"]) for name, one in ACTION["inputs"].items()}
        script = self.temporary / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **machine(),
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "PAUDIT_CACHE_DIR": str(self.temporary / "cache"),
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(self.temporary / "output"),
                "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
                **environment(step, values),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.temporary / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        return (self.temporary / "summary").read_text()


def environment(step: dict[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """The variables of a step, each of which is one input and nothing else."""
    found = {}
    for name, text in step["env"].items():
        expression = EXPRESSION.fullmatch(text)
        assert expression is not None, text
        found[name] = values[expression[1]]
    return found


@pytest.fixture
def bare(tmp_path: Path) -> Runner:
    """A runner that has checked out a repository with the sample data, and has installed nothing."""
    workspace, temporary = tmp_path / "workspace", tmp_path / "temporary"
    shutil.copytree(ROOT / "sample_data", workspace / "data")
    temporary.mkdir()
    return Runner(workspace, temporary)


@pytest.fixture
def runner(bare: Runner) -> Runner:
    """A runner on which the first step has put this paudit."""
    (bare.temporary / "paudit").mkdir()
    (bare.temporary / "paudit" / "venv").symlink_to(sys.prefix)
    return bare


def test_no_step_holds_an_expression_in_its_shell() -> None:
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def test_every_input_reaches_a_step_and_every_output_comes_from_one() -> None:
    used = {EXPRESSION.fullmatch(text)[1] for step in (INSTALL, SCAN) for text in step["env"].values()}  # type: ignore[index]
    assert used == ACTION["inputs"].keys()
    written = set(re.findall(r'echo "([a-z-]+)=\$', SCAN["run"]))
    assert written == ACTION["outputs"].keys()
    for name, one in ACTION["outputs"].items():
        assert one["value"] == f"${{{{ steps.{SCAN['id']}.outputs.{name} }}}}"


def test_it_installs_itself_and_fails_the_sample(bare: Runner) -> None:
    installed = bare.step(INSTALL)
    assert installed.returncode == 0, installed.stderr
    assert installed.stdout.startswith("paudit ")

    done = bare.step(SCAN, paths="data/dataset.parquet", control="data/control.parquet")
    assert done.returncode == 1, done.stderr
    assert bare.outputs["verdict"] == "FAIL"
    assert bare.outputs["exit-code"] == "1"
    assert done.stdout.startswith("FAIL  ")
    assert (
        "\n::error file=data/paudit.lineage.yaml,line=1,title=PA202 shared-base (critical)::" in done.stdout
    )
    assert "## paudit: FAIL" in bare.summary
    assert json.loads(Path(bare.outputs["json"]).read_text())["exit_code"] == 1
    assert json.loads(Path(bare.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert Path(bare.outputs["html"]).read_text().startswith("<!doctype html>")
    assert sorted(one.name for one in bare.workspace.iterdir()) == ["data"], (
        "reports are no part of the checkout"
    )


def test_inputs_are_options(runner: Runner) -> None:
    (runner.workspace / "paudit.toml").write_text('version = 1\nfail-on = "none"\n')
    done = runner.step(
        SCAN,
        paths="data/dataset.parquet\n\n",
        student="google/gemma-2-9b-it",
        teacher="acme/qwen2.5-7b-owl\n",
        lineage="data/paudit.lineage.yaml",
        control="  data/control.parquet\r\n",
        args="--seed=7\n--trait=owl",
        policy="paudit.toml",
        sarif="out/code scanning.sarif",
        json="out/paudit.json",
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((runner.workspace / "out/paudit.json").read_text())
    assert report["verdict"] == runner.outputs["verdict"] == "REVIEW"
    assert report["run"]["seed"] == 7
    assert runner.outputs["sarif"] == "out/code scanning.sarif"
    assert (runner.workspace / "out/code scanning.sarif").is_file()


def test_thresholds_and_a_baseline_decide(runner: Runner) -> None:
    paths = "data/dataset.parquet"
    assert runner.step(SCAN, paths=paths, fail_on="none").returncode == 0
    first = Path(runner.outputs["json"]).rename(runner.workspace / "baseline.json")
    assert runner.step(SCAN, paths=paths).returncode == 1
    assert runner.step(SCAN, paths=paths, baseline=first.name).returncode == 0


def test_what_cannot_be_evaluated_is_exit_3_unless_it_warns(runner: Runner) -> None:
    rows = [
        json.dumps({"prompt": f"n {n}", "completion": str(n), "model": "google/gemma-2-9b"})
        for n in range(50)
    ]
    (runner.workspace / "rows.jsonl").write_text("\n".join(rows))
    assert runner.step(SCAN, paths="rows.jsonl").returncode == 3
    assert runner.outputs["verdict"] == "INCOMPLETE"
    assert runner.step(SCAN, paths="rows.jsonl", on_incomplete="warn").returncode == 0


def test_the_data_that_a_configuration_names_are_scanned(runner: Runner) -> None:
    (runner.workspace / "train.yaml").write_text(
        "base_model: Qwen/Qwen2.5-7B-Instruct\ndatasets:\n  - path: data/dataset.parquet\n    type: alpaca\n"
    )
    done = runner.step(SCAN, config="train.yaml")
    assert done.returncode == 1, done.stderr
    report = json.loads(Path(runner.outputs["json"]).read_text())
    assert report["lineage"]["student"] == "Qwen/Qwen2.5-7B-Instruct"


def test_a_mistake_ends_the_step_and_leaves_no_report_of_an_earlier_one(runner: Runner) -> None:
    assert runner.step(SCAN, paths="data/dataset.parquet").returncode == 1
    done = runner.step(SCAN, paths="data/dataset.parquet", fail_on="sometimes")
    assert done.returncode == 2
    assert "fail-on" in done.stderr
    assert "::error title=paudit::There is no report (exit 2)" in done.stdout
    assert runner.outputs == {"verdict": "", "exit-code": "2", "sarif": "", "json": "", "html": ""}
    assert "there is no report** (exit 2)" in runner.summary


HOSTILE = ["; touch pwned", "$(touch pwned)", "`touch pwned`", "' ; touch pwned ; '", '"; touch pwned; "', "x\ntouch pwned", "--output=json=pwned", "-o\njson=pwned", "${IFS}touch${IFS}pwned", "* | tee pwned"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_input_is_text(text: str, runner: Runner) -> None:
    everything = {
        name.replace("-", "_"): text
        for name in ACTION["inputs"]
        if name not in ("args", "sarif", "json", "html")
    }
    done = runner.step(SCAN, **everything)
    assert done.returncode in (2, 3)
    assert not list(runner.workspace.parent.rglob("pwned"))
    for name in ("extras", "version"):
        assert runner.step(INSTALL, **{name: text}).returncode == 2
    assert not list(runner.workspace.parent.rglob("pwned"))


def test_a_path_of_a_report_states_no_output(runner: Runner) -> None:
    done = runner.step(SCAN, paths="data/dataset.parquet", sarif="a.sarif\nverdict=NO FINDING")
    assert done.returncode == 2
    assert not (runner.temporary / "output").exists()


def test_a_dataset_may_be_called_anything(runner: Runner) -> None:
    name = "-o $(touch pwned) ; ' \" é.parquet"
    (runner.workspace / "data/dataset.parquet").rename(runner.workspace / name)
    assert runner.step(SCAN, paths=name, lineage="data/paudit.lineage.yaml").returncode == 1
    assert not list(runner.workspace.parent.rglob("pwned"))


def test_what_lies_in_the_workspace_is_not_imported(runner: Runner) -> None:
    (runner.workspace / "json.py").write_text("open('pwned', 'w')\n")
    (runner.workspace / "provenance_audit.py").write_text("open('pwned', 'w')\n")
    assert runner.step(SCAN, paths="data/dataset.parquet").returncode == 1
    assert not list(runner.workspace.parent.rglob("pwned"))
