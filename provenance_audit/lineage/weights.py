"""The headers of weight files: GGUF key-values and safetensors metadata, without a tensor being read.

A reader of one's own, because the `gguf` package takes ten seconds over a vocabulary of 150,000 words: what is not
`general.` is skipped.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import IO, Any

HEADER_LIMIT = 25 * 1024 * 1024
KEYS_AT_MOST = 65_536
TEXT_AT_MOST = 1024 * 1024
_ELEMENTS_AT_MOST = 100_000_000

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


def gguf_metadata(path: Path) -> dict[str, Any]:
    """The `general.` keys of a GGUF file. Raises ValueError for a file that is none."""
    with path.open("rb") as stream:
        if stream.read(4) != b"GGUF":
            raise ValueError("it is no GGUF file")
        version, _, keys = struct.unpack("<IQQ", _exactly(stream, 20))
        if version not in (2, 3) or keys > KEYS_AT_MOST:
            raise ValueError(f"its header is absurd (version {version}, {keys} keys)")
        found = {"gguf.version": version}
        for _ in range(keys):
            key = _text(stream)
            (kind,) = struct.unpack("<I", _exactly(stream, 4))
            value = _value(stream, kind, keep=key.startswith("general."))
            if key.startswith("general."):
                found[key] = value
        return found


def safetensors_metadata(path: Path) -> dict[str, Any]:
    """`__metadata__` of a safetensors file, and its tensors' names with their shapes. Raises ValueError for a file that is none."""
    with path.open("rb") as stream:
        (length,) = struct.unpack("<Q", _exactly(stream, 8))
        if length > HEADER_LIMIT:
            raise ValueError(f"its header is over {HEADER_LIMIT // 2**20} MiB")
        header = json.loads(_exactly(stream, length))
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    metadata = header.pop("__metadata__", None) or {}
    shapes = {name: one.get("shape") for name, one in header.items() if isinstance(one, dict)}
    return {"safetensors": True, "metadata": metadata, "shapes": shapes}


def _value(stream: IO[bytes], kind: int, *, keep: bool, depth: int = 0) -> Any:
    if kind == _STRING:
        return _text(stream) if keep else _skip(stream, struct.unpack("<Q", _exactly(stream, 8))[0])
    if kind == _ARRAY:
        element, count = struct.unpack("<IQ", _exactly(stream, 12))
        if count > _ELEMENTS_AT_MOST or depth > 1:
            raise ValueError("an array in its header is absurd")
        if element in _SCALARS and not keep:
            return _skip(stream, count * struct.calcsize(_SCALARS[element]))
        values = [_value(stream, element, keep=keep, depth=depth + 1) for _ in range(count)]
        return values if keep else None
    if kind not in _SCALARS:
        raise ValueError(f"its header has a value of an unknown type ({kind})")
    return struct.unpack(_SCALARS[kind], _exactly(stream, struct.calcsize(_SCALARS[kind])))[0]


def _text(stream: IO[bytes]) -> str:
    (length,) = struct.unpack("<Q", _exactly(stream, 8))
    if length > TEXT_AT_MOST:
        raise ValueError("a string in its header is absurdly long")
    return _exactly(stream, length).decode("utf-8", "replace")


def _skip(stream: IO[bytes], length: int) -> None:
    if length > 2**40:
        raise ValueError("a string in its header is absurdly long")
    stream.seek(length, 1)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise ValueError("the file ends inside its header")
    return found
