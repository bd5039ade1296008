"""Answers that still hold: what an earlier run observed, for as long as nothing that it read has changed.

An answer is found by everything that shapes it: the request, the working directory, this program and its libraries. It then
counts only if every file that was opened, every directory that was listed, and every place that was looked at and was
empty, is as it was. Files count as they were by size, times and inode; where those differ, by their SHA-256. Judgement is never
kept: gates, waivers, baselines and the clock are applied anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from provenance_audit._version import __version__
from provenance_audit.findings import Observed

FORMAT = 1
ENTRIES_AT_MOST = 256
# A file that changed within this time before it was read could change again without its times showing it.
RACY_NS = 2_000_000_000
# Policy is no evidence: that it appears in a directory changes no answer.
_POLICIES = ("paudit.toml", ".paudit.toml")
_PACKAGE = Path(__file__).parent
# How a JSON report begins. One that lies beside the data states no lineage, and is written anew by every run.
_REPORT = b'{\n  "schema_version": "1.'


def directory(named: str | None = None) -> Path | None:
    """Where answers are kept: as named, else in the cache directory of the user; None for a user without a home."""
    if named is not None:
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paudit"
    except RuntimeError:
        return None


@dataclass(frozen=True, slots=True)
class Witness:
    """A place that was read, as it was then. kind: file, folder, other or nothing. stamp: size, times and inode of a file."""

    path: str
    kind: str
    stamp: tuple[int, ...] = ()
    digest: str = ""

    def still(self, written: frozenset[str]) -> bool:
        """Whether the place is as it was. written: paths that the run itself writes, which are not its input."""
        now = _seen(self.path, written)
        if now.kind != self.kind:
            return False
        if self.kind == "file":
            return (self.stamp != () and now.stamp == self.stamp) or _digest(self.path) == self.digest
        return now.digest == self.digest


class Cache:
    """Answers in a directory, each a file. Nothing here fails a run: what cannot be read or written is passed over."""

    def __init__(self, folder: Path, written: Iterable[Path] = ()) -> None:
        """written: the files that the run writes. That they, or the cache, appear beside the data changes no answer."""
        self._folder = folder
        places = [f"{path.absolute()}{ending}" for path in written for ending in ("", ".wal")]
        self._written = frozenset(
            [*places, str(folder.absolute()), *(str(one) for one in folder.absolute().parents)]
        )

    def recall(self, identity: Mapping[str, Any]) -> Observed | None:
        """What was observed for this request, if it still holds."""
        path = self._path(identity)
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            witnesses = [
                Witness(one["path"], one["kind"], tuple(one["stamp"]), one["digest"])
                for one in entry["witnesses"]
            ]
            if entry["format"] != FORMAT or not all(one.still(self._written) for one in witnesses):
                return None
            kept = _model().model_validate(entry["observed"])
            found = Observed(**{name: getattr(kept, name) for name in type(kept).model_fields})
        except Exception:  # whatever is wrong with a kept answer, the data can still be looked at
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def keep(
        self, identity: Mapping[str, Any], observed: Observed, read: Iterable[str], began_ns: int
    ) -> None:
        """Keep what was observed, with everything that was read for it. began_ns: `time.time_ns()` before it was read."""
        digests = {os.path.realpath(one.path): one.sha256 for one in observed.inputs if one.sha256}
        try:
            witnesses = [_witness(path, digests, began_ns, self._written) for path in sorted(set(read))]
            content = {
                "format": FORMAT,
                "witnesses": [asdict(one) for one in witnesses],
                "observed": json.loads(_dumped(observed)),
            }
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(self._path(identity), json.dumps(content))
            self._trim()
        except Exception:  # an answer that cannot be kept is an answer all the same
            return

    def _path(self, identity: Mapping[str, Any]) -> Path:
        key = json.dumps({**identity, **_surroundings()}, sort_keys=True, default=str)
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"

    def _write(self, path: Path, text: str) -> None:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self._folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _trim(self) -> None:
        """The oldest answers go, so that a cache stays small."""
        entries = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in entries[ENTRIES_AT_MOST:]:
            path.unlink(missing_ok=True)


class _Hook:
    """What Python opens and lists while somebody watches. An audit hook cannot be taken out, so there is one, and it sleeps."""

    installed = False
    seen: set[str] | None = None

    @classmethod
    def audit(cls, event: str, arguments: tuple[Any, ...]) -> None:
        if cls.seen is None or event not in ("open", "os.listdir", "os.scandir"):
            return
        # Without a mode it is `os.open`, by which temporary files are made and removed, relative to who knows what.
        if event != "open" or arguments[1] is not None:
            path = arguments[0]
            if isinstance(path, bytes):
                path = os.fsdecode(path)
            if isinstance(path, str | os.PathLike) or path is None:
                cls.seen.add(os.path.abspath(path or "."))  # noqa: PTH100  (a hook is no place for objects)


@contextmanager
def watching() -> Iterator[set[str]]:
    """Every path that Python opens or lists in this process, those that are not there too."""
    if not _Hook.installed:
        sys.addaudithook(_Hook.audit)
        _Hook.installed = True
    seen: set[str] = set()
    _Hook.seen = seen
    try:
        yield seen
    finally:
        _Hook.seen = None


def places(seen: Iterable[str], looked_for: Iterable[str]) -> set[str]:
    """What an answer depends on, from what was opened or listed, and from names that may be places on disk.

    Python says what it opens and lists, and not where it only looks whether something is there. So the directory of each
    file counts too: a document that is new beside one that was read is seen by the listing.
    """
    ours = [
        os.path.realpath(folder)
        for folder in (sys.prefix, sys.base_prefix, sys.exec_prefix, str(_PACKAGE), "/proc", "/sys", "/dev")
    ]
    scratch = os.path.realpath(tempfile.gettempdir())
    found: set[str] = set()
    for path in seen:
        real = os.path.realpath(path)
        if any(real == one or real.startswith(one + os.sep) for one in ours):
            continue
        if real.startswith(os.path.join(scratch, "paudit-")):  # noqa: PTH118
            continue
        if path.endswith((".pyc", ".py")) or "__pycache__" in path:
            continue
        found |= {path} if os.path.isdir(path) else {path, os.path.dirname(path)}  # noqa: PTH112,PTH120
        if path.endswith(f"{os.sep}snapshots"):  # of the Hub's cache: which of them is current
            found |= {f"{path[: -len('snapshots')]}refs", f"{path[: -len('snapshots')]}refs/main"}
    return found | {os.path.abspath(name) for name in looked_for}  # noqa: PTH100


def names_of(observed: Observed) -> set[str]:
    """Every name that a source gave to a model or a dataset, as the place on disk that it may be: here, or beside the source."""
    found: set[str] = set()
    for one in observed.lineage.assertions:
        folder = os.path.dirname(one.locator.split(":", 1)[0])  # noqa: PTH120
        for name in (one.subject, one.object, one.object_id or ""):
            if name and len(name) < 512 and name.isprintable() and "://" not in name:
                bare = name.removeprefix("file:")
                found |= {bare, os.path.join(folder, bare)}  # noqa: PTH118
    return found | {one.maker for one in observed.lineage.makers if one.maker.isprintable()}


def _witness(path: str, digests: Mapping[str, str], began_ns: int, written: frozenset[str]) -> Witness:
    """A place as it is now. A file that changed while it was read, or just before, is held to its content."""
    now = _seen(path, written)
    if now.kind != "file":
        return now
    known = digests.get(os.path.realpath(path))
    calm = max(now.stamp[3:]) < began_ns - RACY_NS if now.stamp else False
    return replace(now, digest=known if known is not None else _digest(path), stamp=now.stamp if calm else ())


def _seen(path: str, written: frozenset[str]) -> Witness:
    try:
        found = os.stat(path)  # noqa: PTH116
        if stat.S_ISREG(found.st_mode):
            return Witness(
                path,
                "file",
                (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns),
            )
        if stat.S_ISDIR(found.st_mode):
            with os.scandir(path) as listing:
                names = sorted(
                    f"{one.name}{os.sep if one.is_dir() else ''}"
                    for one in listing
                    if one.path not in written and one.name not in _POLICIES
                )
            return Witness(
                path,
                "folder",
                digest=hashlib.sha256("\0".join(names).encode(errors="surrogateescape")).hexdigest(),
            )
        return Witness(path, "other")
    except (OSError, ValueError):
        return Witness(path, "nothing")


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            if stream.read(len(_REPORT)) == _REPORT:
                return "a report of paudit"
            stream.seek(0)
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _surroundings() -> dict[str, Any]:
    """What else shapes an answer: where it is asked, the program, and the libraries that count and hash."""
    from importlib.metadata import version

    program = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".csv", ".json", ".yaml", ".txt"):
            found = path.stat()
            program.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return {
        "format": FORMAT,
        "version": __version__,
        "program": program.hexdigest(),
        "python": sys.version,
        "libraries": {name: version(name) for name in ("duckdb", "numpy", "pyarrow", "pydantic", "PyYAML")},
        "folder": os.getcwd(),  # noqa: PTH109
        "environment": {
            name: os.environ.get(name, "") for name in ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HOME")
        },
    }


def _dumped(observed: Observed) -> str:
    model = _model()
    values = {name: getattr(observed, name) for name in model.model_fields}
    text: str = model.model_construct(**values).model_dump_json()
    return text


def _model() -> Any:
    """Observed as data that is checked when it is read, without block counts: a store keeps those."""
    from typing import get_type_hints

    from pydantic import ConfigDict, create_model

    kinds: dict[str, Any] = {
        name: (kind, ...) for name, kind in get_type_hints(Observed).items() if name != "counts"
    }
    return create_model("Kept", __config__=ConfigDict(ser_json_inf_nan="constants"), **kinds)
