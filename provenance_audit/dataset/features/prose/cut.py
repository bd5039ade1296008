"""How prose is taken apart in the engine: into lines and sentences."""

from __future__ import annotations


def lines(source: str) -> str:
    """A line is `l`."""
    return f"SELECT base, unnest(string_split(text, chr(10))) AS l FROM {source}"


def sentences(source: str) -> str:
    """A sentence, `s`, ends with a full stop, an exclamation or question mark before a space, or with its line."""
    stopped = "replace(replace(replace(text, '! ', '. '), '? ', '. '), chr(10), '. ')"
    return f"SELECT base, unnest(string_split({stopped}, '. ')) AS s FROM {source}"
