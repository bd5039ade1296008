"""Lines of text for people: labelled, wrapped, escaped; coloured for a terminal, plain for a pipe and a screen reader."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from provenance_audit.findings import Verdict
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look

LABEL = 11
WIDEST = 120
# Of one check, and of pairs.
SHOWN_AT_MOST = 20
COLOURS = {
    Verdict.FAIL: "bold red",
    Verdict.INCOMPLETE: "bold yellow",
    Verdict.REVIEW: "bold cyan",
    Verdict.NO_FINDING: "bold",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}

# A line is a list of (text, style); the text is escaped when the line is made.
Line = list[tuple[str, str]]


def written(lines: Sequence[Line], look: Look) -> str:
    """Lines as text: coloured for a terminal, plain for a pipe."""
    if look.colour:
        return _coloured(lines, look)
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines) + "\n"


def labelled(label: str, text: str, look: Look) -> Iterator[Line]:
    """A label and its text; further lines of the text stand under its first."""
    if look.plain:
        yield [(f"{label}: {text.strip()}" if label else text.strip(), "")]
        return
    body = text.lstrip(" ")
    hang = " " * (len(text) - len(body))
    width = max(min(look.width, WIDEST) - 2 - LABEL - len(hang), 24)
    lines = textwrap.wrap(body, width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        yield [(f"  {label if number == 0 else '':<{LABEL}}", "dim"), (hang + line, "")]


def wrapped(text: str, look: Look, indent: int = 0, style: str = "") -> Iterator[Line]:
    """Text folded to the width, its further lines indented; one line for a screen reader."""
    if look.plain:
        yield [(text, style)]
        return
    margin = " " * indent
    width = min(look.width, WIDEST)
    for line in textwrap.wrap(
        text, max(width, 30), initial_indent=margin, subsequent_indent=margin + "  ", break_long_words=False,
        break_on_hyphens=False,
    ):  # fmt: skip
        yield [(line, style)]


def say(text: str) -> str:
    """Text as it may reach a terminal."""
    return for_terminal(text)


def _coloured(lines: Sequence[Line], look: Look) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=StringIO(),
        width=max(look.width, 20),
        force_terminal=True,
        color_system="standard",
        highlight=False,
    )
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)
    written = console.file
    assert isinstance(written, StringIO)
    return written.getvalue()
