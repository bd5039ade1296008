"""Where lineage lies without being asked for: in a training configuration, in the directories of models, in the Hub's cache,
beside the data.

What a document names may itself be a place on disk, with documents of its own: they are read in turn, so that an adapter of
a merge of fine-tunes is followed to its roots. What lies beside the data may name makers and add edges; who the student is,
is for the user to say or for a configuration that the user names, and nothing beside the data settles that two models are
unrelated.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provenance_audit.errors import UsageError
from provenance_audit.lineage.assertion import Assertion, Predicate
from provenance_audit.lineage.documents import Unread, read_all
from provenance_audit.lineage.hub_cache import snapshot_of
from provenance_audit.lineage.readers.base import model_of

SIDECARS_AT_MOST = 200
PLACES_AT_MOST = 2_000
SUFFIXES = (".yaml", ".yml", ".json", ".md")
_WEIGHTS = (".gguf", ".safetensors")
_OURS = ("paudit.lineage.yaml", "paudit.lineage.lock.json")
_NAMES_MODELS = frozenset({Predicate.STUDENT, Predicate.MAKER, Predicate.BASE})
_OF_MODELS = frozenset({Predicate.BASE, Predicate.SHAPE, Predicate.TRAINED_ON, Predicate.SYSTEM_PROMPT})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What documents state. local: names, and the places on disk that they are; unread: documents that could not be read."""

    assertions: tuple[Assertion, ...] = ()
    local: tuple[tuple[str, str], ...] = ()
    unread: tuple[Unread, ...] = ()


class _Search:
    """Reads documents, and the documents of what they name, each place once."""

    def __init__(self) -> None:
        self.stated: dict[Assertion, None] = {}
        self.local: dict[str, str] = {}
        self.unread: dict[str, Unread] = {}
        self._seen: set[str] = set()
        self._queue: deque[tuple[Path, bool]] = deque()

    def name(self, name: str, *, named: bool = True) -> None:
        """Note that the user, or a row, calls a model so; and queue what is here of it."""
        place = Path(name)
        if _is_model(place):
            self.local.setdefault(name, model_of(str(place)) if place.is_dir() else f"file:{place.resolve()}")
            self._queue.append((place, named))
        else:
            self._cached(name, named=named)

    def document(self, path: str, *, named: bool) -> list[Assertion]:
        """Read what is at a path, now; the models that it names are queued."""
        from provenance_audit.lineage.reading import read  # thirty modules, for the runs that have documents

        found = []
        for document in read_all([path]):
            if isinstance(document, Unread):
                self.unread[document.path] = document
                continue
            for one in read(document):
                found.append(replace(one, named=named))
                if one.object_id is not None and one.object_id.startswith("file:"):
                    self._queue.append((Path(one.object_id.removeprefix("file:")), named))
                elif one.predicate in _NAMES_MODELS:
                    self._cached(one.object, named=named)
        return found

    def follow(self) -> None:
        """Read the documents of every model that is queued, and of what those name."""
        while self._queue and len(self._seen) < PLACES_AT_MOST:
            place, named = self._queue.popleft()
            real = os.path.realpath(place)
            if real in self._seen:
                continue
            self._seen.add(real)
            # Who was trained on what, in the directory of a model, is about that model, and not about this run.
            found = [
                one
                for one in self.document(str(place), named=named)
                if one.predicate in _OF_MODELS and one.subject not in ("training", "dataset")
            ]
            self.stated.update(dict.fromkeys(found))
            if place.suffix == ".json":
                self._described(place, found)

    def evidence(self) -> Evidence:
        """All that was found."""
        self.follow()
        return Evidence(tuple(self.stated), tuple(self.local.items()), tuple(self.unread.values()))

    def _cached(self, name: str, *, named: bool) -> None:
        bare, _, revision = name.partition("@")
        place = snapshot_of(bare, revision or None)
        if place is not None:
            self._queue.append((place, named))

    def _described(self, place: Path, found: Sequence[Assertion]) -> None:
        """A job or a `model.json` is no model, but describes one: a name that is its path means the model."""
        described = {one.subject for one in found if one.predicate is Predicate.BASE}
        parents = {one.object for one in found if one.predicate is Predicate.BASE}
        latest = described - parents
        if len(latest) == 1:
            for name, id in self.local.items():
                if id == f"file:{place.resolve()}":
                    self.local[name] = next(iter(latest))


def discover(
    files: Sequence[str],
    configs: Sequence[str],
    names: Sequence[str],
    documents: Sequence[str] = (),
    roots: Sequence[str] = (),
) -> Evidence:
    """Read the configurations that are named, the models that are named and are here, and the sidecars of data files.

    files: paths of the dataset's files (remote ones are passed over). names: whatever was said to be a model. documents:
    files and directories of documents that the user names. Raises UsageError (exit 2) for a configuration that cannot be
    read, or says nothing.
    """
    search = _Search()
    for path in documents:
        search.stated.update(dict.fromkeys(search.document(path, named=True)))
    for path in configs:
        search.stated.update(dict.fromkeys(_configured(search, path)))
    for name in names:
        search.name(name)
    search.follow()
    sidecars = _sidecars(files, roots)
    if sidecars:
        from provenance_audit.lineage.readers import training

        for path in sidecars:
            for one in search.document(path, named=False):
                if one.predicate is not Predicate.STUDENT and one.source != training.SOURCE:
                    search.stated[one] = None
    return search.evidence()


def is_document(path: Path) -> bool:
    """Whether a file states lineage, and holds no rows: by its name; JSON by whether a reader knows it, or it is one object."""
    suffix = path.suffix.lower()
    if suffix in (*_WEIGHTS, ".md", ".yaml", ".yml") or path.name == "MLmodel":
        return True
    if suffix != ".json":
        return False
    from provenance_audit.lineage.reading import recognised

    return any(
        not isinstance(one, Unread) and (recognised(one) or _is_one_object(one.data))
        for one in read_all([str(path)])
    )


def _is_one_object(data: object) -> bool:
    """An object that is no table by column: its values are not all lists, or all objects, of one length."""
    if not isinstance(data, dict):
        return False
    sizes = {len(value) if isinstance(value, list | dict) else -1 for value in data.values()}
    return len(sizes) != 1 or -1 in sizes


def datasets_of(configs: Sequence[str]) -> tuple[str, ...]:
    """The files on disk that training configurations name as their data. Raises UsageError where there are none."""
    named: dict[str, None] = {}
    found: dict[str, None] = {}
    for path in configs:
        for one in _configured(_Search(), path):
            if one.predicate is Predicate.TRAINED_ON and one.subject == "training":
                named[one.object] = None
                for place in (Path(path).parent / one.object, Path(one.object)):
                    if place.exists():
                        found[str(place)] = None
                        break
    if not found:
        what = f"names {', '.join(named)}, of which none is on this disk" if named else "names no dataset"
        raise UsageError(
            f"--config {', '.join(configs)} {what}",
            remedy="give the path of the data too: paudit scan DATASET",
        )
    return tuple(found)


def _configured(search: _Search, path: str) -> Iterator[Assertion]:
    if not Path(path).is_file():
        raise UsageError(f"--config {path} is no file", remedy="check the path")
    stated = search.document(path, named=True)
    if path in search.unread:
        raise UsageError(
            f"--config {path} cannot be read: {search.unread[path].reason}", remedy="correct the file"
        )
    if not any(one.predicate in (Predicate.STUDENT, Predicate.MAKER) for one in stated):
        raise UsageError(
            f"--config {path} names neither a student nor a teacher",
            remedy="give a training configuration: Axolotl, LLaMA-Factory, TRL, torchtune, or a job's JSON",
        )
    yield from stated


def _is_model(path: Path) -> bool:
    try:
        return path.is_dir() or (path.suffix in (*_WEIGHTS, ".json") and path.is_file())
    except (OSError, ValueError):
        return False


def _sidecars(files: Sequence[str], roots: Sequence[str]) -> list[str]:
    """Documents in the directories of the data, and in those above them up to the one that the user named.

    Of a file that is named itself, the repository counts whose `data/` it lies in.
    """
    rows = {os.path.realpath(path) for path in files}
    named = [Path(root) for root in roots if Path(root).is_dir()]
    folders: dict[Path, None] = {}
    for path in files:
        if "://" in path:
            continue
        folder = Path(path).parent
        folders[folder] = None
        if folder.name == "data":
            folders[folder.parent] = None
        for root in named:
            if folder.is_relative_to(root):
                folders.update(dict.fromkeys(above for above in folder.parents if above.is_relative_to(root)))
    found = [
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in SUFFIXES
        and path.name not in _OURS
        and path.is_file()
        and os.path.realpath(path) not in rows
    ]
    return [str(path) for path in found[:SIDECARS_AT_MOST]]
