"""Pages that a reader follows command by command: each command is run, in order, and says what the page shows.

A line of output that is `…` stands for any lines, and `…` within one for any text. What stands behind no command is not shown output.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLLOWED = ("tutorial", "howto/training-job", "howto/offline-lock", "howto/waive", "howto/calibrate")
END = "-- end of what it said --"


def steps(page: str) -> list[tuple[str, list[str]]]:
    """Each command of a page, with the lines that it shows."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def shown(lines: list[str]) -> re.Pattern[str]:
    """What output must be to be what is shown."""
    said = "\n".join(lines).strip("\n")
    parts = [r"(?:.*\n)*?" if part == "…\n" else r"[^\n]*" if part == "…" else re.escape(part) for part in re.split(r"(?m)(^…\n|…)", said + "\n")]  # fmt: skip
    return re.compile("".join(parts))


@pytest.mark.parametrize("name", FOLLOWED)
def test_every_command_runs_and_says_what_is_shown(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data")
    commands = steps((ROOT / "docs" / f"{name}.md").read_text())
    assert commands
    # One shell for the page: a variable and `$?` are those of the command before.
    script = "".join(f"{command}\ncode=$?; echo; echo '{END}'; (exit $code)\n" for command, _ in commands)
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",  # as at a terminal, where both streams come in order
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outputs = done.stdout.split(f"\n{END}\n")
    assert outputs.pop() == ""
    assert len(outputs) == len(commands)
    for (command, lines), output in zip(commands, outputs, strict=True):
        if lines:
            assert shown(lines).fullmatch(output.strip("\n") + "\n"), f"$ {command}\n{output}"
        else:
            assert output.strip() == "", f"$ {command} says something, and nothing is shown: {output}"


def test_other_output_than_what_is_shown_is_noticed() -> None:
    assert shown(["a", "…", "c …"]).fullmatch("a\nb\nb\nc d\n")
    assert not shown(["a", "…", "c …"]).fullmatch("a\nb\nb\n")
    assert not shown(["a", "b"]).fullmatch("a\nb\nc\n")
    assert not shown(["a", "b"]).fullmatch("a\n\nb\n")
