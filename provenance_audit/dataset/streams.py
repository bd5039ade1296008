"""The bytes of a file, unpacked as they are read."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO


def plain(path: Path) -> IO[bytes]:
    """A file's content, unpacked as it is read."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path)  # type: ignore[return-value]
    if path.suffix.lower() == ".zst":
        import pyarrow as pa

        return pa.CompressedInputStream(str(path), "zstd")  # type: ignore[no-any-return]
    return path.open("rb")
