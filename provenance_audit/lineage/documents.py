"""Files that training and generation leave behind, as plain data: nothing named in them is imported, no pickle is opened.

Every load is bounded: text by its size, YAML by its nodes, headers at 25 MB, directories by what is listed.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance_audit.lineage.walk import cached_model, candidates, is_known
from provenance_audit.lineage.weights import gguf_header, safetensors_header

TEXT_LIMIT = 1024 * 1024
JSON_LIMIT = 16 * 1024 * 1024

PICKLES = (".bin", ".ckpt", ".dill", ".joblib", ".pickle", ".pkl", ".pt", ".pth")
# Words by which a file under any name shows that it means to state lineage.
_LINEAGE_WORDS = re.compile(
    r"base_?model|model_name_or_path|teacher|merge_method|parent_model|student_model|fine_tuned_model"
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as data. `data` is its JSON or YAML, the front matter of a card, or the metadata of a header.

    prose: (line, text) of a card's lines after its front matter. fenced: (line, data) of the YAML blocks in it.
    """

    path: str
    data: Any
    prose: tuple[tuple[int, str], ...] = ()
    fenced: tuple[tuple[int, Any], ...] = ()

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.path).name

    @property
    def folder(self) -> str:
        """The directory that the file describes."""
        return str(Path(self.path).parent)

    @property
    def is_card(self) -> bool:
        """Whether it is Markdown with front matter, not a file of settings."""
        return self.path.lower().endswith(".md")


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that looks like a source of lineage, and could not be read; the reason is one line."""

    path: str
    reason: str


def read_all(paths: Sequence[str], *, below: bool = True) -> Iterator[Document | Unread]:
    """Every document behind files and directories, in a stable order, each once. Links out of a directory are not followed.

    A file that is named is read whatever it is called. Of those found in a directory, one that cannot be read counts only if
    its name or its text shows that it means to state lineage: rows and settings of other tools lie there too. below: whether
    directories are looked into as deep as they go; if not, only what a tool writes under one name is read.
    """
    seen: set[str] = set()
    for name in paths:
        root = Path(name)
        inside = root.is_dir()
        for path, refusal in candidates(root, below=below) if inside else [(root, "")]:
            place = os.path.normpath(path.absolute())
            if place in seen or not (below or path == root or is_known(path.name)):
                continue
            seen.add(place)
            found = Unread(str(path), refusal) if refusal else read(path)
            if isinstance(found, Document) or not inside or path == root or _means_to_state(path):
                yield found


def read(path: Path) -> Document | Unread:
    """One file as data, by its name. What takes YAML is imported where some is read: most runs read none."""
    try:
        if cached := cached_model(path):
            if path.is_dir():
                return _cached(path, cached[0], cached[1])
            if path.parent.name == "refs":
                return _cached(path, cached[0], _text(path, 256).strip())
        if path.suffix.lower() in PICKLES:
            return Unread(
                str(path),
                "it may be a pickle, which runs code when it is opened; give its safetensors or GGUF",
            )
        if not stat.S_ISREG(path.stat().st_mode):
            return Unread(str(path), "it is no regular file")
        if path.suffix == ".gguf":
            return Document(str(path), gguf_header(path))
        if path.suffix == ".safetensors":
            return Document(str(path), safetensors_header(path))
        if path.name.lower().endswith(".md"):
            from provenance_audit.lineage.card import parse_card

            card = parse_card(_text(path, TEXT_LIMIT))
            return Document(str(path), card.front, card.prose, card.fenced)
        if path.suffix == ".jsonl":
            lines = (line for line in _text(path, JSON_LIMIT).split("\n") if line.strip())
            return Document(str(path), [json.loads(line) for line in lines])
        if path.suffix == ".json":
            return Document(str(path), json.loads(_text(path, JSON_LIMIT)))
        from provenance_audit.lineage.plain_yaml import load_yaml

        return Document(str(path), load_yaml(_text(path, TEXT_LIMIT)))
    except UnicodeDecodeError as error:
        return Unread(str(path), f"it is not {error.encoding.upper()} (byte {error.start})")
    except json.JSONDecodeError as error:
        return Unread(
            str(path), f"it is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        )
    except ValueError as error:
        return Unread(str(path), str(error).splitlines()[0] if str(error) else "it cannot be read")
    except (RecursionError, MemoryError):
        return Unread(str(path), "it is nested too deeply")
    except OSError as error:
        return Unread(str(path), f"it cannot be read: {error.strerror or error}")


def _text(path: Path, limit: int) -> str:
    """The text of a file of at most `limit` bytes: UTF-8, or UTF-16 where it says so, as PowerShell writes it."""
    with path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is over {limit // 2**20} MiB" if limit >= 2**20 else "it is too long")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _cached(path: Path, repository: str, commit: str | None) -> Document:
    return Document(str(path), {"hub_cache": repository, "commit": commit})


def _means_to_state(path: Path) -> bool:
    if is_known(path.name):
        return True
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as stream:
            return _LINEAGE_WORDS.search(stream.read(TEXT_LIMIT).decode("utf-8", "replace")) is not None
    except OSError:
        return False
