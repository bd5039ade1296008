"""The digests of files that lie here, as fast as they can be read: for whoever wants the bytes and not the rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from provenance_audit.dataset.files import digest, find
from provenance_audit.errors import UnreadableError


def digests_of(paths: Sequence[str]) -> dict[str, str]:
    """Path -> SHA-256 of every file of rows behind files, directories and patterns: those that a scan would read.

    Raises UnreadableError for what lies in a store, where only an ETag pins it, and for a file that cannot be opened;
    MissingInputError where there is nothing.
    """
    for name in paths:
        if "://" in name:
            raise UnreadableError(
                f"{name} is not here: an ETag pins it, and that is no digest of its bytes",
                file=name,
                remedy="copy it here, and name the copy",
            )
    names = [file.path for file in find(paths)]
    with ThreadPoolExecutor(max_workers=min(len(names), os.cpu_count() or 1)) as pool:
        return dict(zip(names, pool.map(_digest, names), strict=True))


def _digest(name: str) -> str:
    try:
        return digest(name)
    except OSError as error:
        raise UnreadableError(f"{name} cannot be read: {error.strerror}", file=name) from error
