"""Opens a store: only a file that is one, one writer at a time, an older one brought to this version first.

DuckDB lets one process write a file. Another one waits for its turn, and says so clearly if it waits for too long. A new
store is made whole beside its place and linked into it, so that of two that make it at once one finds it made.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from provenance_audit.database import Connection, Error, open_file
from provenance_audit.errors import BusyError, StoreError
from provenance_audit.store.tables import MIGRATIONS, TABLES, VERSION, comments

Made = TypeVar("Made")
PATIENCE = 60.0
_MAGIC = b"DUCK"
_MAGIC_AT = 8
# A file that a killed run left behind is removed by a later one, once nobody can still be writing it.
_LEFT_BEHIND = 24 * 3600
_ANOTHER = "give --db another file"


def check_store(path: Path) -> None:
    """Refuse, before a scan is made, a place where its result could not be kept. Raises StoreError (exit 2)."""
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise StoreError(f"{folder} is no directory that can be written to", remedy="create it first")
    if path.exists():
        is_store(path)
        if not os.access(path, os.W_OK):
            raise StoreError(f"{path} cannot be written to", remedy="check its permissions, or " + _ANOTHER)
        reading(path, lambda connection: version_of(connection, path))


def is_store(path: Path) -> None:
    """Refuse what DuckDB would open as something else, or not at all: only its own files begin like one."""
    try:
        if not path.is_file():
            raise StoreError(f"{path} is no file", remedy=_ANOTHER)
        with path.open("rb") as stream:
            head = stream.read(_MAGIC_AT + len(_MAGIC))
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}", remedy="check the path") from error
    if head[_MAGIC_AT:] != _MAGIC:
        raise StoreError(f"{path} is no DuckDB file, so it cannot be used as a store", remedy=_ANOTHER)


def reading(path: Path, work: Callable[[Connection], Made], patience: float = PATIENCE) -> Made:
    """Ask a store something. Its tables are `store.…`; nothing can be written."""
    is_store(path)
    with _turn(path, read_only=True, patience=patience) as connection:
        version_of(connection, path)
        return work(connection)


def writing(path: Path, work: Callable[[Connection], Made], patience: float = PATIENCE) -> Made:
    """Change a store, in one transaction: whole, or not at all. It is made if it is not there."""
    while not path.exists():
        _sweep(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{random.randrange(16**8):08x}.tmp")
        try:
            with _turn(temporary, read_only=False, patience=0, called=path) as connection:
                made = _transaction(connection, path, work)
            if _place(temporary, path):
                return made
        finally:
            for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
                leftover.unlink(missing_ok=True)
    is_store(path)
    with _turn(path, read_only=False, patience=patience) as connection:
        return _transaction(connection, path, work)


def version_of(connection: Connection, path: Path) -> int:
    """The version of the tables; 0 for a database with none. Raises StoreError for what is not ours, or newer."""
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store'"
    ).fetchall()
    if not names:
        return 0
    if ("paudit_store",) not in names:
        raise StoreError(f"{path} is a database of something else", remedy=_ANOTHER)
    version = int(connection.execute("SELECT max(version) FROM store.paudit_store").fetchall()[0][0] or 0)
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a newer paudit (store version {version}, this one knows {VERSION})",
            remedy="upgrade paudit, or " + _ANOTHER,
        )
    return version


def _transaction(connection: Connection, path: Path, work: Callable[[Connection], Made]) -> Made:
    connection.execute("BEGIN")
    try:
        _migrate(connection, version_of(connection, path))
        made = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    return made


def _roll_back(connection: Connection) -> None:
    try:
        connection.execute("ROLLBACK")
    except Error:  # a commit that failed has already undone it
        return


def _migrate(connection: Connection, version: int) -> None:
    if version == VERSION:
        return
    if version == 0:
        connection.execute("CREATE TABLE store.paudit_store (version INTEGER)")
        connection.execute(f"INSERT INTO store.paudit_store VALUES ({VERSION})")
        for table in TABLES:
            connection.execute(f"CREATE TABLE store.{table.name} ({table.definition})")
    for step in range(max(version, 1), VERSION) if version else ():
        for statement in MIGRATIONS[step]:
            connection.execute(statement)
    for statement in comments():
        connection.execute(statement)
    connection.execute(f"UPDATE store.paudit_store SET version = {VERSION}")


@contextmanager
def _turn(
    path: Path, *, read_only: bool, patience: float, called: Path | None = None
) -> Iterator[Connection]:
    """The store, once nobody else writes it. Raises BusyError (exit 3) if that takes too long, StoreError else."""
    until = time.monotonic() + patience
    pause = 0.02
    try:
        while True:
            try:
                opened = open_file(path, read_only=read_only)
                connection = opened.__enter__()
                break
            except Error as error:
                if not _is_busy(error):
                    raise
                if time.monotonic() >= until:
                    raise BusyError(
                        f"{path} is held by another program, after {patience:.0f} s of waiting",
                        remedy="wait for it to end, and run again; what was there is as it was",
                    ) from error
            time.sleep(pause * (0.5 + random.random()))
            pause = min(pause * 1.5, 0.5)
        try:
            yield connection
        finally:
            opened.__exit__(None, None, None)
    except Error as error:
        raise StoreError(
            f"{called or path} cannot be used as a store: {str(error).splitlines()[0]}",
            remedy="check the disk; what was there is as it was",
        ) from error


def _is_busy(error: Error) -> bool:
    return "lock" in str(error).lower() or "being used by another process" in str(error)


def _place(temporary: Path, path: Path) -> bool:
    """Put a new store in its place; False if somebody else's is there already, and then nothing was lost."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a disk without hard links
        if path.exists():
            return False
        temporary.replace(path)
    return True


def _sweep(path: Path) -> None:
    for leftover in path.parent.glob(f".{path.name}.*.tmp*"):
        try:
            if time.time() - leftover.stat().st_mtime > _LEFT_BEHIND:
                leftover.unlink()
        except OSError:
            continue
