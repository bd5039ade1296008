"""What a record says of itself in one column of many things: a struct, or the text of a JSON object. It may name the maker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from provenance_audit.dataset.nomination import (
    GENERATORS,
    SHARE_OF_MODELS,
    TEACHERS,
    ModelColumn,
    looks_like_a_model,
)
from provenance_audit.dataset.types import is_text

METADATA = (
    "metadata",
    "meta",
    "generation_metadata",
    "generation_info",
    "generation_config",
    "generation_params",
    "gen_config",
    "sampling_params",
    "extra_info",
    "additional_info",
)
# It is looked into this deep: `metadata.generation.model`.
METADATA_DEPTH = 3
# The role of a column of JSON texts, each an object that may name who generated the row.
IN_TEXT = "metadata"

Value = TypeVar("Value")


def in_text(columns: Mapping[str, str]) -> Iterator[ModelColumn]:
    """The columns of texts that may be JSON objects which name the maker, where no column of its own does."""
    lowered = {name.lower(): name for name, kind in columns.items() if is_text(kind)}
    if not {*TEACHERS, *GENERATORS} & lowered.keys():
        yield from (ModelColumn(lowered[name], IN_TEXT) for name in METADATA if name in lowered)


def path_to_maker(values: Mapping[str | None, int]) -> tuple[str, ...] | None:
    """Where the objects that these texts are the JSON of name a model, if nine in ten rows do so in one place."""
    found: Counter[tuple[str, ...]] = Counter()
    for value, rows in values.items():
        path = _named_in(value) if value is not None else None
        if path is not None:
            found[path] += rows
    if not found:
        return None
    path, named = found.most_common(1)[0]
    total = sum(rows for value, rows in values.items() if value is not None)
    return path if named >= SHARE_OF_MODELS * total else None


def _named_in(text: str) -> tuple[str, ...] | None:
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError):
        return None
    members = leaves(_members(stated), _members)
    return trusted(path for path, value in members if isinstance(value, str) and looks_like_a_model(value))


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def leaves(
    members: Mapping[str, Value], inside: Callable[[Value], Mapping[str, Value]], depth: int = METADATA_DEPTH
) -> Iterator[tuple[tuple[str, ...], Value]]:
    """What metadata hold, their own members before those of members: path and value. inside: the members of a value."""
    yield from (((name,), value) for name, value in members.items())
    if depth > 1:
        for name, value in members.items():
            yield from (((name, *path), found) for path, found in leaves(inside(value), inside, depth - 1))


def trusted(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Of the paths in metadata the one whose name is trusted most to be that of who generated the row."""
    found = list(paths)
    return next(
        (path for name in (*TEACHERS, *GENERATORS) for path in found if path[-1].lower() == name), None
    )
