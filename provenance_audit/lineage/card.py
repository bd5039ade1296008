"""A card: the YAML front matter of a README, its prose, and the YAML blocks in which writers keep whole configurations."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provenance_audit.lineage.plain_yaml import load_yaml

_KEY = re.compile(r"[A-Za-z_][\w\-]*[ \t]*:")
_OPENS = re.compile(r"[ \t]*(?:```|~~~)[ \t]*ya?ml\b", re.I)


@dataclass(frozen=True, slots=True)
class Card:
    """front: the front matter. prose: (line, text) of the lines after it. fenced: (line, data) of the YAML blocks in it."""

    front: dict[str, Any]
    prose: tuple[tuple[int, str], ...]
    fenced: tuple[tuple[int, Any], ...]


def parse_card(text: str) -> Card:
    """A card from its text. Raises ValueError for front matter of which nothing can be read."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    end = 0
    front: dict[str, Any] = {}
    if lines[start].rstrip() == "---":
        end = next((n for n in range(start + 1, len(lines)) if lines[n].rstrip() == "---"), 0)
        if end:
            front = _front("\n".join(lines[start + 1 : end]))
            end += 1
    body = tuple((number + 1, lines[number]) for number in range(end, len(lines)))
    return Card(front, body, tuple(_fenced(body)))


def _front(text: str) -> dict[str, Any]:
    """The front matter; where it does not parse as a whole (a `model-index` gone wrong), the keys that parse alone."""
    try:
        whole = load_yaml(text)
        return whole if isinstance(whole, dict) else {}
    except ValueError as error:
        found: dict[str, Any] = {}
        for block in _keys(text):
            try:
                part = load_yaml(block)
            except ValueError:
                continue
            if isinstance(part, dict):
                found |= part
        if not found:
            raise ValueError(f"its front matter: {error}") from error
        return found


def _keys(text: str) -> Iterator[str]:
    """The text from each key at the margin to the next."""
    block: list[str] = []
    for line in text.split("\n"):
        if _KEY.match(line) and block:
            yield "\n".join(block)
            block = []
        block.append(line)
    yield "\n".join(block)


def _fenced(body: tuple[tuple[int, str], ...]) -> Iterator[tuple[int, Any]]:
    """YAML blocks; one that does not parse is passed over, because prose may hold anything in a fence."""
    first, block = 0, list[str]()
    for number, line in body:
        if first and line.strip() in ("```", "~~~"):
            with contextlib.suppress(ValueError):
                yield first, load_yaml("\n".join(block))
            first, block = 0, []
        elif first:
            block.append(line)
        elif _OPENS.match(line):
            first = number + 1
