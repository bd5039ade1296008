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


def read(paths: Iterable[str], registry: Registry) -> Iterator[Assertion]:
    """One statement for each model that a path names, the longest name that fits; the same model once."""
    names = _names(registry)
    seen: set[str] = set()
    for path in paths:
        for part in PurePath(path).parts[-PARTS:]:
            for match in names.finditer(part.casefold().replace("_", "-")):
                id = registry.canonical(match[0])
                if id is not None and id not in seen:
                    seen.add(id)
                    yield Assertion(
                        "dataset", Predicate.MAKER, id, None, Tier.INFERRED, SOURCE, f"file name {path}",
                        role=Role.GENERATOR,
                    )  # fmt: skip


def _names(registry: Registry) -> re.Pattern[str]:
    """Every name with a digit in it that stands alone, longest first."""
    names = {
        name
        for name in registry.names
        if "/" not in name and len(name) >= SHORTEST and re.search(r"\d", name)
    }
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![a-z0-9.])(?:{'|'.join(map(re.escape, longest_first))})(?![a-z0-9])")
