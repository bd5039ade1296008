"""What readers of documents share: where a statement stands, of which model it is, and how it is made."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.walk import cached_model

LONGEST = 500
LEVELS_UP = 4
ENTRIES_AT_MOST = 10_000
_WEIGHTS = (".gguf", ".safetensors")
_BESIDE_WEIGHTS = frozenset(
    ["adapter_config.json", "config.json", "mergekit_config.yml", "mergekit_moe_config.yml", "MLmodel"]
)
_OF_MODELS = frozenset({Predicate.STUDENT, Predicate.MAKER, Predicate.BASE})
# What stands where nobody wrote a name: nulls as text, templates that were not filled in, settings of another file.
_NOTHING = re.compile(r"|none|null|n/a|unknown|-|\[.*\]|<.*>|.*(?:\$\{|\{\{|\}\}).*", re.I | re.S)
_HUB = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?:datasets/)?", re.I)


class Reader(Protocol):
    """A module of this package that reads one kind of document."""

    def recognise(self, document: Document) -> bool:
        """Whether a document is of its kind, by its name and its keys."""

    def read(self, document: Document) -> Iterator[Assertion]:
        """What a document of its kind states."""


class Speaker:
    """Makes the statements of one document: `speaker.student("a/b", "/base_model")`.

    Names that nobody filled in, and texts that are no names, make no statement.
    """

    def __init__(
        self,
        document: Document,
        source: str,
        tier: Tier,
        derived_from: str = "",
        locate: Callable[[str], str] = str,
    ) -> None:
        """locate: from a pointer into the settings to one into the file, where the file wraps them."""
        self._document = document
        self._locate = locate
        self._source = source
        self._tier = tier
        self._derived_from = derived_from

    def student(self, model: Any, pointer: str) -> Iterator[Assertion]:
        """The checkpoint that training starts from."""
        yield from self._state("training", Predicate.STUDENT, model, pointer)

    def maker(self, model: Any, pointer: str, role: Role = Role.GENERATOR) -> Iterator[Assertion]:
        """A model that made, changed or judged rows."""
        yield from self._state("dataset", Predicate.MAKER, model, pointer, role=role)

    def base(
        self, child: str, model: Any, pointer: str, relation: WeightRelation = WeightRelation.FINETUNE
    ) -> Iterator[Assertion]:
        """What a model's weights came from."""
        if isinstance(model, str) and model.strip().casefold() != child.strip().casefold():
            yield from self._state(child, Predicate.BASE, model, pointer, relation=relation)

    def trained_on(self, dataset: Any, pointer: str, subject: str = "training") -> Iterator[Assertion]:
        """A dataset that was trained on, or a model whose outputs were: a data edge, never a weight edge."""
        yield from self._state(subject, Predicate.TRAINED_ON, dataset, pointer)

    def derived_from(self, dataset: Any, pointer: str) -> Iterator[Assertion]:
        """A dataset that this one was made from."""
        yield from self._state("dataset", Predicate.DATASET, dataset, pointer)

    def system_prompt(self, digest: str, pointer: str, subject: str = "dataset") -> Iterator[Assertion]:
        """The prompt under which rows were generated, as `sha256:…`."""
        yield from self._state(subject, Predicate.SYSTEM_PROMPT, digest, pointer)

    def shape(self, model: str, dimensions: Mapping[str, int], pointer: str) -> Iterator[Assertion]:
        """The dimensions of a model's weights, as `hidden_size=2048 vocab_size=32000`, by the names of config.json."""
        text = " ".join(f"{name}={dimensions[name]}" for name in sorted(dimensions))
        yield from self._state(model, Predicate.SHAPE, text, pointer)

    def _state(
        self,
        subject: str,
        predicate: Predicate,
        value: Any,
        pointer: str,
        *,
        relation: WeightRelation | None = None,
        role: Role | None = None,
    ) -> Iterator[Assertion]:
        text = value.strip() if isinstance(value, str) else ""
        if len(text) <= LONGEST and text.isprintable() and not _NOTHING.fullmatch(text):
            place = place_of(text, self._document.folder) if predicate in _OF_MODELS else None
            yield Assertion(
                subject, predicate, text, place, self._tier, self._source, f"{self._document.path}:{self._locate(pointer)}",
                relation=relation, role=role, derived_from=self._derived_from,
            )  # fmt: skip


def model_of(folder: str) -> str:
    """The model that a directory holds: its place on disk, or, for a snapshot in the Hub's cache, the id that it is of.

    What a directory is called proves nothing.
    """
    cached = cached_model(Path(folder))
    if cached is not None and cached[1] is not None and not cached[2]:
        return f"{cached[0]}@{cached[1]}"
    return f"file:{Path(folder).resolve()}"


def place_of(name: str, folder: str) -> str | None:
    """The model behind a path that is a directory or a file of weights here, seen from a folder or those above it."""
    if "/" not in name and "\\" not in name:
        return None
    start = Path(folder)
    for above in [start, *start.resolve().parents[:LEVELS_UP]]:
        try:
            path = above / Path(name).expanduser()
            if holds_weights(path) if path.is_dir() else path.suffix in _WEIGHTS and path.is_file():
                return model_of(str(path))
        except (OSError, ValueError, RuntimeError):
            return None
    return None


def holds_weights(directory: Path) -> bool:
    """A directory that something of a model lies in: `/tmp` is one that many runs write to, and no model."""
    with os.scandir(directory) as listing:
        return any(
            one.name in _BESIDE_WEIGHTS or one.name.endswith(_WEIGHTS)
            for one in islice(listing, ENTRIES_AT_MOST)
        )


def pinned(model: Any, revision: Any) -> Any:
    """`id@revision`, or the model as it is where the revision is none that pins."""
    fixed = isinstance(model, str) and isinstance(revision, str) and revision.strip() not in ("", "main")
    return f"{model.strip()}@{revision.strip()}" if fixed else model


def hub_id(url: Any) -> Any:
    """The id in a Hub URL; anything else as it is."""
    if not isinstance(url, str) or not _HUB.match(url.strip()):
        return url
    parts = _HUB.sub("", url.strip(), count=1).strip("/").split("/")
    id = "/".join(parts[:2])
    return (
        pinned(id, parts[3]) if len(parts) > 3 and parts[2] in ("tree", "blob", "resolve", "commit") else id
    )


def escape(key: Any) -> str:
    """A key as a JSON pointer writes it (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value as a list: of one, of many, of none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def entries(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """(pointer, one) of a value that is one or a list of many."""
    if isinstance(value, list):
        yield from ((f"{pointer}/{number}", one) for number, one in enumerate(value))
    elif value is not None:
        yield pointer, value
