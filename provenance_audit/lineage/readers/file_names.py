"""Names of models in the names of files and directories (`1M-GPT4-Augmented.parquet`): tier 5, a hint that only warns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier
from provenance_audit.lineage.registry import Registry

SOURCE = "file name"
# A split or a configuration is a directory: the last ones of a path may name a model.
PARTS = 4
SHORTEST = 4


_SUFFIXES = re.compile(
    r"(?:\.(?:jsonl?|ndjson|parquet|arrow|feather|ipc|csv|tsv|tar|gz|zst|bz2|txt))+$", re.I
)
_LETTER = re.compile(r"[A-Za-z]")
WORDS_AT_MOST = 40
LONGEST_NAME = 8


def read(paths: Iterable[str], registry: Registry) -> Iterator[Assertion]:
    """One statement for each model that a path names, the longest name that fits; the same model once."""
    seen: set[str] = set()
    looked_at: set[str] = set()
    for path in paths:
        for part in PurePath(path).parts[-PARTS:]:
            if part in looked_at:
                continue
            looked_at.add(part)
            if not _LETTER.search(name := _SUFFIXES.sub("", part)):
                continue  # thousands of shards are called by their numbers
            for id in _models(name, registry):
                if id not in seen:
                    seen.add(id)
                    yield Assertion(
                        "dataset", Predicate.MAKER, id, None, Tier.INFERRED, SOURCE, f"file name {path}",
                        role=Role.GENERATOR,
                    )  # fmt: skip


def _models(part: str, registry: Registry) -> Iterator[str]:
    """Runs of words that are the name of a model and hold a digit, the longest first, none of which overlap."""
    words = [word for word in re.split(r"[^A-Za-z0-9.]+", part) if word][:WORDS_AT_MOST]
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + LONGEST_NAME), start, -1):
            name = "-".join(words[start:end])
            id = registry.canonical(name) if len(name) >= SHORTEST and re.search(r"\d", name) else None
            if id is not None:
                yield id
                start = end - 1
                break
        start += 1
