"""The Dockerfile without an engine: what it copies is let through, what it runs installs, what it starts scans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from tests.ci.machine import machine

ROOT = Path(__file__).parents[2]
HOME = "/opt/paudit"


def instructions() -> list[tuple[str, str]]:
    parser = DockerfileParser(path=str(ROOT), cache_content=True)
    return [(one["instruction"], one["value"]) for one in parser.structure]


def of(kind: str) -> list[str]:
    return [value for instruction, value in instructions() if instruction == kind]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that every user may read."""
    with tempfile.TemporaryDirectory(prefix="paudit-image-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_it_runs_as_a_user_by_number_who_is_not_root() -> None:
    (user,) = of("USER")
    assert all(part.isdigit() and int(part) > 0 for part in user.split(":"))
    assert [kind for kind, _ in instructions()].index("USER") > [kind for kind, _ in instructions()].index(
        "ENV"
    )


def test_what_it_copies_is_let_through_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        name.removeprefix("./")
        for value in of("COPY")
        if "--from" not in value
        for name in value.split()[:-1]
    }
    assert let_through == copied


def test_what_it_runs_installs_what_it_starts(folder: Path) -> None:
    context, home, data = folder / "context", folder / "opt", folder / "data"
    context.mkdir()
    for name in (
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    ):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, context / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, context / name)
    (run,) = of("RUN")
    done = subprocess.run(
        ["sh", "-c", run.replace(HOME, str(home))],
        cwd=context,
        env={**machine(), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "EXTRAS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (home / "bin" / "pip").exists(), "the image holds no pip"

    shutil.copytree(ROOT / "sample_data", data)
    for one in (data, *data.iterdir()):
        one.chmod(0o555 if one.is_dir() else 0o444)
    (entry,) = of("ENTRYPOINT")
    variables = dict(pair.split("=", 1) for value in of("ENV") for pair in value.split() if "=" in pair)
    variables["PATH"] = variables["PATH"].replace(HOME, str(home)).replace("$PATH", "/usr/bin:/bin")
    # Where root runs the tests, and others may use its Python, the scan runs as who the image says.
    shared = all(one.stat().st_mode & 0o001 for one in Path(sys.base_prefix).resolve().parents)
    user = int(of("USER")[0].split(":")[0]) if os.geteuid() == 0 and shared else None
    scanned = subprocess.run(
        [shutil.which(json.loads(entry)[0], path=variables["PATH"]) or "", "scan", "dataset.parquet"],
        cwd=data,
        env=variables,
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    assert scanned.returncode == 1, scanned.stderr
    assert scanned.stdout.startswith("FAIL  ")
