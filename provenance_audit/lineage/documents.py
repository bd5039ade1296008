"""Files that training and generation leave behind, as plain data: nothing named in them is imported, no pickle is opened.

Every load is bounded: YAML without tags or aliases beyond a few, headers up to 25 MB, cards by their front matter.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from provenance_audit.lineage.weights import gguf_metadata, safetensors_metadata

TEXT_LIMIT = 1024 * 1024
JSON_LIMIT = 16 * 1024 * 1024
FILES_AT_MOST = 10_000
ALIASES_AT_MOST = 100
NODES_AT_MOST = 200_000

_YAML = (".yaml", ".yml")
_NAMES = frozenset({"MLmodel", "README.md"})
_FRONT = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.S)
_FENCED = re.compile(r"^```ya?ml[ \t]*\r?\n(.*?)^```", re.S | re.M)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as data. `data` is its JSON or YAML, the front matter of a card, or the metadata of a header.

    fenced: the YAML blocks inside a card, in which writers keep whole configurations. text: of a card, its prose.
    """

    path: str
    data: Any
    text: str = ""
    fenced: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.path).name

    @property
    def folder(self) -> str:
        """The directory that the file describes."""
        return str(Path(self.path).parent)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that looks like a source of lineage, and could not be read; the reason is one line."""

    path: str
    reason: str


def read_all(paths: Sequence[str]) -> Iterator[Document | Unread]:
    """Every document behind files and directories, in a stable order. Links out of a directory are not followed."""
    seen: set[str] = set()
    for name in paths:
        root = Path(name)
        found = sorted(_inside(root)) if root.is_dir() else [root]
        for path in found[:FILES_AT_MOST]:
            place = os.path.realpath(path)
            if place not in seen:
                seen.add(place)
                yield read(path)


def read(path: Path) -> Document | Unread:
    """One file as data, by its name."""
    try:
        if path.suffix == ".gguf":
            return Document(str(path), gguf_metadata(path))
        if path.suffix == ".safetensors":
            return Document(str(path), safetensors_metadata(path))
        limit = JSON_LIMIT if path.suffix in (".json", ".jsonl") else TEXT_LIMIT
        if path.stat().st_size > limit:
            return Unread(str(path), f"it is over {limit // 2**20} MiB")
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        if path.suffix.lower() == ".md":
            return _card(path, text)
        if path.suffix in (".json", ".jsonl"):
            return Document(str(path), json.loads(text))
        return Document(str(path), load_yaml(text))
    except UnicodeDecodeError as error:
        return Unread(str(path), f"it is not UTF-8 (byte {error.start})")
    except (ValueError, yaml.YAMLError) as error:
        return Unread(str(path), str(error).splitlines()[0] if str(error) else type(error).__name__)
    except RecursionError:
        return Unread(str(path), "it is nested too deeply")
    except OSError as error:
        return Unread(str(path), f"it cannot be read: {error.strerror or error}")


def load_yaml(text: str) -> Any:
    """YAML as data. Tabs that indent become spaces, as writers of cards leave them; tags are read as what they tag."""
    return yaml.load(re.sub(r"^\t+", lambda tabs: "  " * len(tabs[0]), text, flags=re.M), Loader=_Loader)


class _Loader(yaml.SafeLoader):
    """Safe YAML that ignores tags it does not know, and stops at a bomb. `no` is a word: it is Norway as often as false."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._aliases = self._nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._nodes += 1
        self._aliases += self.check_event(yaml.AliasEvent)
        if self._aliases > ALIASES_AT_MOST or self._nodes > NODES_AT_MOST:
            raise yaml.YAMLError("it has more aliases or nodes than any configuration needs")
        return super().compose_node(parent, index)


def _untagged(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("", _untagged)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if first not in "nN"
}


def _card(path: Path, text: str) -> Document:
    match = _FRONT.match(text)
    front = load_yaml(match[1]) if match is not None else None
    body = text[match.end() :] if match is not None else text
    blocks = []
    for block in _FENCED.findall(body):
        try:
            blocks.append(load_yaml(block))
        except (ValueError, yaml.YAMLError):
            continue  # prose may hold anything in a fence
    return Document(str(path), front if isinstance(front, dict) else {}, body, tuple(blocks))


def _inside(root: Path) -> Iterator[Path]:
    inside = os.path.realpath(root)
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(folder) / name
            if (name in _NAMES or path.suffix in (*_YAML, ".json", ".gguf", ".safetensors")) and (
                os.path.commonpath([os.path.realpath(path), inside]) == inside
            ):
                yield path
