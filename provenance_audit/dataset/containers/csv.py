"""CSV and TSV: a header, then rows of text. Nothing is guessed but the separator and the quotes."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from csv import reader
from pathlib import Path

from provenance_audit.database import Connection, Error, literal
from provenance_audit.dataset import faults
from provenance_audit.dataset.containers.base import (
    COLUMNS_AT_MOST,
    RECORD_LIMIT,
    TooWideError,
    first_line,
    hive,
    names,
    partitions,
    paths,
)
from provenance_audit.dataset.files import COMPRESSIONS, DataFile
from provenance_audit.dataset.streams import plain

_CHUNK = 1024 * 1024


def columns(connection: Connection, file: DataFile) -> dict[str, str]:
    """The columns of one file, by its header: all are text."""
    _refuse_width(file)
    if _unclosed(file):
        raise Error("a quote is not closed")
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_csv({paths([file])}{_options(file)}{hive([file])})"
    ).fetchall()
    return {str(name): "VARCHAR" for name, *_ in described}


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    return (
        f"(SELECT {names(columns)} FROM read_csv({paths(files)}{_options(files[0])}, filename = 'paudit_file'"
        f"{hive(files)}))"
    )


def alike(connection: Connection, files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Files in sets of one header. One that cannot be made out, goes over several lines, or is cut in a quote, is alone."""
    together: dict[object, list[DataFile]] = {}
    for file in files:
        header = first_line(file)
        one_line = header is not None and header.count(b'"') % 2 == 0
        whole = one_line and not _unclosed(file)
        key = (_separator(file), partitions(file), header) if header and whole else file.path
        together.setdefault(key, []).append(file)
    return list(together.values())


def named_twice(file: DataFile) -> frozenset[str]:
    """The names, in lower case, that the header has twice: the engine gives the second another, and nobody knows which counts."""
    header = first_line(file)
    if header is None or header.count(b'"') % 2:
        return frozenset()
    text = header.decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r")
    named = Counter(
        name.strip().lower() for name in next(reader([text], delimiter=_separator(file)), []) if name
    )
    return frozenset(name for name, times in named.items() if times > 1)


def _unclosed(file: DataFile) -> bool:
    """Whether a quote is opened and not closed: the engine loses that row without a word, if it reads several files.

    A file of an odd number of quotes is read record by record to tell; a cell that is not quoted may hold one.
    """
    if file.remote:
        return False
    quotes = 0
    try:
        with plain(Path(file.read_path)) as stream:
            while chunk := stream.read(_CHUNK):
                quotes += chunk.count(b'"')
    except (OSError, EOFError, zlib.error):
        return False  # it cannot be read: the engine meets the same, and says so
    return quotes % 2 == 1 and faults.in_csv(Path(file.read_path), file.path) is not None


def _separator(file: DataFile) -> str:
    name = file.path.lower()
    for compression in COMPRESSIONS:
        name = name.removesuffix(compression)
    return "\t" if name.endswith(".tsv") else ","


def _refuse_width(file: DataFile) -> None:
    """Count the columns of the header before they are made out."""
    if file.remote or file.read_path.endswith(COMPRESSIONS):
        return
    with open(file.read_path, "rb") as stream:  # noqa: PTH123
        if stream.readline(RECORD_LIMIT).count(_separator(file).encode()) > COLUMNS_AT_MOST:
            raise TooWideError


def _options(file: DataFile) -> str:
    return (
        f", header = true, all_varchar = true, delim = {literal(_separator(file))}, quote = '\"', escape = '\"', "
        f"strict_mode = true, max_line_size = {RECORD_LIMIT}, sample_size = 2048"
    )
