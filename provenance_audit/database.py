"""Opens DuckDB: its settings, its limits, its lock. The only place that knows its version.

Only calls that work in DuckDB 1.5 and 2 are used anywhere: `execute(sql, parameters).fetchall()` and `.fetchnumpy()`, and
`sql(sql).to_arrow_reader(rows)` in `stream`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from provenance_audit.errors import LimitError

MEMORY_LIMIT = "700MB"

Connection = duckdb.DuckDBPyConnection
# Whole numbers (n,), texts end to end, and (n + 1,) where each begins and the last has ended.
Batch = tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]
Error = duckdb.Error
OutOfMemory = duckdb.OutOfMemoryException


@contextmanager
def open_engine(
    readable: Iterable[str],
    *,
    filesystems: Iterable[Any] = (),
    memory: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> Iterator[Connection]:
    """An in-memory engine that can read the files named and nothing else, and write nothing but its own spill files.

    SQL from a manifest, and file names from a dataset, run inside this lock. filesystems: of fsspec, for remote objects.
    """
    spill = tempfile.mkdtemp(prefix="paudit-")
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    try:
        connection.execute(f"SET memory_limit = {literal(memory)}")
        connection.execute(f"SET temp_directory = {literal(spill)}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET TimeZone = 'UTC'")
        # Texts of one batch may be more than 2 GB.
        connection.execute("SET arrow_large_buffer_size = true")
        if threads is not None:
            connection.execute(f"SET threads = {int(threads)}")
        for filesystem in filesystems:
            connection.register_filesystem(filesystem)
        paths = ", ".join(
            literal(path) for name in readable for path in dict.fromkeys((name, glob_escape(name)))
        )
        connection.execute(f"SET allowed_paths = [{paths}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    except OutOfMemory as error:
        raise LimitError(
            f"the engine needs more than the {memory} that it may use", remedy="allow more: --memory 4GB"
        ) from error
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def open_memory() -> Iterator[Connection]:
    """A small in-memory database with no access to files: for the lineage graph."""
    with open_engine([], memory="256MB", threads=1) as connection:
        yield connection


@contextmanager
def open_file(path: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """A database file that DuckDB 1.5 and 2 can both read, attached as `store`."""
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    # An existing file keeps the version it has. Without its type, DuckDB would take a .json or a .csv for a database.
    version = "" if path.exists() else ", STORAGE_VERSION 'v1.5.0'"
    mode = ", READ_ONLY" if read_only else ""
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS store (TYPE duckdb{version}{mode})")
        yield connection
    finally:
        connection.close()


def threads_of(connection: Connection) -> int:
    """How many threads the engine uses."""
    return int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])


def stream(connection: Connection, sql: str, size: int, rows: int) -> Iterator[Batch]:
    """The rows of SQL of (whole number, text) in batches of so many bytes, about.

    rows: that the engine gives at a time, which are put together here; of long texts, many would not fit into memory. No
    row becomes an object of Python. Raises what `execute` raises. Neither column has NULL.
    """
    held: list[Batch] = []
    room = size
    try:
        for batch in connection.sql(sql).to_arrow_reader(rows):
            numbers, texts = batch.columns
            _, where, data = texts.buffers()
            starts = np.frombuffer(where, np.int64)[texts.offset :][: len(texts) + 1]
            first, last = int(starts[0]), int(starts[-1])
            held.append((numbers.to_numpy(), np.frombuffer(data, np.uint8)[first:last], starts - first))
            room -= last - first
            if room <= 0:
                yield _together(held)
                held, room = [], size
    except OSError as error:
        # So an error of the engine reaches Python through Arrow, when a batch is asked for.
        raise (OutOfMemory if "Out of Memory" in str(error) else Error)(str(error)) from error
    if held:
        yield _together(held)


def _together(held: list[Batch]) -> Batch:
    sizes = np.concatenate([np.diff(starts) for *_, starts in held])
    return (
        np.concatenate([numbers for numbers, *_ in held]),
        np.concatenate([texts for _, texts, _ in held]),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
    )


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def glob_escape(path: str) -> str:
    """A path in which no character is a wildcard, for DuckDB's readers."""
    return "".join(f"[{character}]" if character in "[*?" else character for character in path)
