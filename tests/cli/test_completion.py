"""A shell completes `paudit`: the lines of the documentation, in real shells with a real terminal, and a real TAB."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.formats.oracles import program

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "completion.md"
BIN = Path(sys.executable).parent
SHELLS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}


def documented(shell: str) -> str:
    """The block of the page for this shell: what goes into its start-up file."""
    found = re.search(rf"```{shell}\n(.*?)```", PAGE.read_text(), re.S)
    assert found is not None, shell
    return found[1].strip()


def completed(words: str, **env: str) -> list[str]:
    """What `paudit` offers to bash for the last of these words."""
    position = len(words.split(" ")) - 1
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(position), "_PAUDIT_COMPLETE": "complete_bash"}
    return subprocess.run(
        [BIN / "paudit"], env={**os.environ, **asked, **env}, capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_command_an_option_and_a_choice_are_completed() -> None:
    assert completed("paudit sca") == ["scan"]
    assert "scan" in completed("paudit sc")
    assert completed("paudit scan --fail") == ["--fail-on"]
    assert completed("paudit scan --fail-on c") == ["critical"]
    assert completed("paudit lineage ") == ["show", "why", "init", "lock"]


def test_bash_asks_it_for_what_stands_on_the_line() -> None:
    script = f"""{documented("bash")}
COMP_WORDS=(paudit sca) COMP_CWORD=1
_paudit_completion paudit
printf '%s\\n' "${{COMPREPLY[@]}}"
complete -p paudit"""
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={"PATH": f"{BIN}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[0] == "scan", done.stderr
    assert "-F _paudit_completion paudit" in done.stdout


def typed(shell: str, home: Path, *lines: str) -> str:
    """What a terminal shows in which these lines were typed into a shell."""
    terminal = "import pty, sys; pty.spawn(sys.argv[1:])"
    env = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(home), "TERM": "dumb", "PS1": "$ "}
    with subprocess.Popen(
        [sys.executable, "-c", terminal, program(shell), *SHELLS[shell]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=home,
        env=env,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        shown = b""
        for number, line in enumerate(lines):
            count = f"(math 10 + {number})" if shell == "fish" else f"$((10 + {number}))"
            running.stdin.write(f"{line}\necho said-{count}\n".encode())
            running.stdin.flush()
            end = time.monotonic() + 20
            while f"said-{10 + number}".encode() not in shown and time.monotonic() < end:
                if select.select([running.stdout], [], [], 0.5)[0]:
                    shown += os.read(running.stdout.fileno(), 4096)
        running.kill()  # its terminal closes, and the shell leaves
    return shown.decode(errors="replace")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_tab_completes(shell: str, tmp_path: Path) -> None:
    """`paudit expla<TAB>PA999`: only once the TAB has made `explain ` of it does paudit speak of the check."""
    start_up = [line for line in documented(shell).splitlines() if not line.startswith("#")]
    shown = typed(shell, tmp_path, *start_up, "paudit expla\tPA999")
    assert "there is no check 'pa999'" in shown.lower(), shown
