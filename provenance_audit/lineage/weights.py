"""The headers of weight files, without a tensor being read: GGUF key-values, safetensors metadata and shapes.

A GGUF reader of one's own, because the `gguf` package takes ten seconds over a vocabulary of 150,000 words: what is not
`general.` or a dimension is skipped.
"""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import IO, Any

HEADER_LIMIT = 25 * 1024 * 1024  # as the Hub's (huggingface_hub, constants.py)
KEYS_AT_MOST = 65_536
TEXT_AT_MOST = 1024 * 1024
SKIPPED_AT_MOST = 3_000_000  # words of a vocabulary, in all arrays
KEPT_AT_MOST = 10_000

# GGUF value types (ggml, docs/gguf.md): number -> struct format; 8 is a string, 9 an array.
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9
_KEPT = re.compile(
    r"general\..*|[\w\-]+\.(?:embedding_length|block_count|feed_forward_length|vocab_size|attention\.head_count(?:_kv)?)",
    re.S,
)


def gguf_header(path: Path) -> dict[str, Any]:
    """The `general.` keys and the dimensions of a GGUF file. Raises ValueError for a file that is none, or an absurd one."""
    with path.open("rb") as stream:
        if stream.read(4) != b"GGUF":
            raise ValueError("it is no GGUF file")
        version, _, keys = struct.unpack("<IQQ", _exactly(stream, 20))
        if version not in (2, 3) or keys > KEYS_AT_MOST:
            raise ValueError(f"its header is absurd (version {version}, {keys} keys)")
        header = _Header(stream)
        found: dict[str, Any] = {"gguf.version": version}
        for _ in range(keys):
            key = header.text()
            (kind,) = header.unpack("<I")
            keep = _KEPT.fullmatch(key) is not None
            value = header.value(kind, keep=keep)
            if keep:
                found[key] = value
        return found


def safetensors_header(path: Path) -> dict[str, Any]:
    """`metadata` of a safetensors file and `shapes` of its tensors by name. Raises ValueError for a file that is none."""
    with path.open("rb") as stream:
        (length,) = struct.unpack("<Q", _exactly(stream, 8))
        if length > HEADER_LIMIT:
            raise ValueError(f"its header is over {HEADER_LIMIT // 2**20} MiB")
        try:
            header = json.loads(_exactly(stream, length))
        except ValueError as error:
            raise ValueError(f"its header is not valid JSON: {error}") from error
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    metadata = header.pop("__metadata__", None)
    shapes = {name: one.get("shape") for name, one in header.items() if isinstance(one, dict)}
    return {"safetensors": True, "metadata": metadata if isinstance(metadata, dict) else {}, "shapes": shapes}


class _Header:
    """A GGUF header as it is read, with what may still be skipped of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = SKIPPED_AT_MOST

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, _exactly(self._stream, struct.calcsize(layout)))

    def text(self) -> str:
        (length,) = self.unpack("<Q")
        if length > TEXT_AT_MOST:
            raise ValueError("a string in its header is absurdly long")
        return _exactly(self._stream, length).decode("utf-8", "replace")

    def value(self, kind: int, *, keep: bool, depth: int = 0) -> Any:
        if kind == _STRING:
            return self.text() if keep else self._skip(self.unpack("<Q")[0])
        if kind == _ARRAY:
            return self._array(keep=keep, depth=depth)
        if kind not in _SCALARS:
            raise ValueError(f"its header has a value of an unknown type ({kind})")
        return self.unpack(_SCALARS[kind])[0]

    def _array(self, *, keep: bool, depth: int) -> list[Any] | None:
        element, count = self.unpack("<IQ")
        if not keep and element in _SCALARS:
            self._skip(count * struct.calcsize(_SCALARS[element]))
            return None
        self._left -= count
        if self._left < 0 or depth > 1 or (keep and count > KEPT_AT_MOST):
            raise ValueError("an array in its header is absurd")
        values = [self.value(element, keep=keep, depth=depth + 1) for _ in range(count)]
        return values if keep else None

    def _skip(self, length: int) -> None:
        if length > 2**40:
            raise ValueError("a length in its header is absurd")
        self._stream.seek(length, 1)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise ValueError("the file ends inside its header")
    return found
