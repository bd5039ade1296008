"""How prose is taken apart: into words, lines, sentences and punctuation marks."""

from __future__ import annotations

from provenance_audit.dataset.features.prose.words import CODE

# What ends a word and is no part of it. Replacing before the split costs a tenth of what trimming every word does.
_ENDS = (", ", ". ", "? ", "! ", ": ", "; ")


def words(source: str) -> str:
    """A word is packed as hash · 16 + kind of its characters: `w`; `v` is the next one."""
    spaced = "replace(text, chr(10), ' ') || ' '"
    for end in _ENDS:
        spaced = f"replace({spaced}, '{end}', ' ')"
    return f"""
    SELECT base, unnest(codes) AS w, unnest(codes[2:]) AS v
    FROM (SELECT base, [{CODE} FOR t IN string_split({spaced}, ' ') IF t <> ''] AS codes FROM {source})
    """


def lines(source: str) -> str:
    """A line is `l`."""
    return f"SELECT base, unnest(string_split(text, chr(10))) AS l FROM {source}"


def sentences(source: str) -> str:
    """A sentence, `s`, ends with a full stop, an exclamation or question mark before a space, or with its line."""
    stopped = "replace(replace(replace(text, '! ', '. '), '? ', '. '), chr(10), '. ')"
    return f"SELECT base, unnest(string_split({stopped}, '. ')) AS s FROM {source}"


def marks(source: str) -> str:
    """A punctuation mark is `p`."""
    return f"SELECT base, unnest(regexp_extract_all(text, '[[:punct:]]')) AS p FROM {source}"
