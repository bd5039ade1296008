"""How code is taken apart in the engine: into lines."""

from __future__ import annotations


def lines(source: str) -> str:
    """A line is `l`."""
    return f"SELECT base, unnest(string_split(text, chr(10))) AS l FROM {source}"
