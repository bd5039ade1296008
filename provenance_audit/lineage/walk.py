"""Which files of a directory may state lineage, in a stable order. Nothing is opened here.

Bounded by what is listed, not by what is found. Links that lead out of the directory are refused; what is no regular file
(a FIFO, a device, a socket) is never opened. A snapshot in the Hub's cache is links into the `blobs` beside it: there the
boundary is the cached repository.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ENTRIES_AT_MOST = 200_000
FILES_AT_MOST = 10_000

# Files that a tool writes under one name, and that are nothing but lineage (or its description).
_KNOWN = frozenset(
    ["MLmodel", "README.md", "adapter_config.json", "bom.json", "builder_config.json", "config.json", "croissant.json",
     "dataset_info.json", "dataset_infos.json", "mergekit_config.yml", "mergekit_moe_config.yml", "pipeline.yaml"]
)  # fmt: skip
_KNOWN_ENDS = (".gguf", ".safetensors", ".cdx.json", ".spdx.json", ".intoto.json", ".intoto.jsonl")
_SUFFIXES = (".yaml", ".yml", ".json", ".gguf", ".safetensors", ".intoto.jsonl")
_CARD = re.compile(r"(?:.*[-_.])?(?:readme|model[-_]?card|dataset[-_]?card)(?:[-_.].*)?\.md", re.I)
# Files beside weights that can be large and say nothing of lineage.
_PASSED_OVER = frozenset(
    ["added_tokens.json", "chat_template.json", "generation_config.json", "merges.json", "package-lock.json", "package.json",
     "preprocessor_config.json", "processor_config.json", "special_tokens_map.json", "tokenizer.json",
     "tokenizer_config.json", "trainer_state.json", "vocab.json"]
)  # fmt: skip
_FOLDERS_PASSED_OVER = frozenset({"__pycache__", "node_modules", "blobs"})
_LATER_SHARD = re.compile(r"-(?!0*1-)\d+-of-\d+\.(?:safetensors|gguf)$")
# `models--ORG--NAME` of the Hub's cache (huggingface_hub, constants.py), and what lies in it.
CACHED = re.compile(
    r"^(?P<repository>.*?(?:^|[/\\])models--(?P<name>[\w.\-]+?))(?:[/\\](?P<rest>.*))?$", re.S
)
_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_known(name: str) -> bool:
    """Whether a file of this name is a source of lineage whatever it holds."""
    return name in _KNOWN or name.endswith(_KNOWN_ENDS) or _CARD.fullmatch(name) is not None


def is_commit(text: str) -> bool:
    """Whether a text is a whole Git commit, which alone pins."""
    return _COMMIT.fullmatch(text) is not None


def cached_model(path: Path | str) -> tuple[str, str | None, str] | None:
    """(repository id, commit, what is below) of a path in the Hub's cache; None for another path.

    `models--a--b/snapshots/<commit>` gives (`a/b`, commit, ``); a commit that is no commit is None.
    """
    match = CACHED.match(str(path))
    if match is None:
        return None
    rest = (match["rest"] or "").replace("\\", "/")
    kind, _, below = rest.partition("/")
    commit, _, below = below.partition("/") if kind == "snapshots" else ("", "", rest)
    return match["name"].replace("--", "/", 1), commit if is_commit(commit) else None, below


def candidates(root: Path, *, below: bool = True) -> Iterator[tuple[Path, str]]:
    """(path, reason not to read it); the reason is empty for a file to read. A cached snapshot is given as its directory."""
    boundary = os.path.realpath(_boundary(root))
    left, found = ENTRIES_AT_MOST, 0
    folders = [root]
    while folders:
        folder = folders.pop()
        if folder.parent.name == "snapshots" and cached_model(folder) is not None:
            yield folder, ""
        try:
            with os.scandir(folder) as listing:
                entries = sorted(islice(listing, left + 1), key=lambda entry: entry.name)
        except OSError as error:
            yield folder, f"it cannot be listed: {error.strerror or error}"
            continue
        left -= len(entries)
        deeper = []
        for entry in entries:
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and entry.name not in _FOLDERS_PASSED_OVER:
                    deeper.append(path)
            elif _may_state(path):
                found += 1
                yield path, _refusal(entry, path, boundary)
            if found >= FILES_AT_MOST:
                yield (
                    root,
                    f"it holds more than {FILES_AT_MOST:,} files that may state lineage; the rest was not read",
                )
                return
        if left < 0:
            yield root, f"it holds more than {ENTRIES_AT_MOST:,} files; the rest was not looked at"
            return
        folders.extend(reversed(deeper) if below else ())


def _may_state(path: Path) -> bool:
    name = path.name
    if path.parent.name == "refs" and path.parent.parent.name.startswith("models--"):
        return True
    if (
        name in _PASSED_OVER
        or name.startswith(".")
        or name.endswith(".index.json")
        or _LATER_SHARD.search(name)
    ):
        return False
    return is_known(name) or name.endswith(_SUFFIXES)


def _refusal(entry: os.DirEntry[str], path: Path, boundary: str) -> str:
    try:
        if entry.is_symlink() and os.path.commonpath([os.path.realpath(path), boundary]) != boundary:
            return "it is a link out of the directory"
        return "" if entry.is_file() else "it is no regular file"
    except (OSError, ValueError) as error:
        return f"it cannot be read: {getattr(error, 'strerror', None) or error}"


def _boundary(root: Path) -> Path:
    match = CACHED.match(os.path.normpath(root.absolute()))
    return Path(match["repository"]) if match is not None else root
