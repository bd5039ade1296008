"""Who made the rows, and how each maker is related to the student: every source gathered, for the audit and for `paudit lineage`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from provenance_audit.database import Connection
from provenance_audit.dataset import remote
from provenance_audit.dataset.files import DataFile, Digests, find
from provenance_audit.dataset.locate import engine_for, locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import Dataset
from provenance_audit.errors import ManifestError, MissingInputError
from provenance_audit.findings import Lineage, UnreadRecord
from provenance_audit.lineage.discover import Evidence, discover, is_document
from provenance_audit.lineage.gather import LineageGraph, Sources, gather
from provenance_audit.lineage.lock import NAME as LOCK_NAME
from provenance_audit.lineage.lock import Lock, is_lock, read_lock
from provenance_audit.lineage.makers import RowMaker
from provenance_audit.lineage.manifest import NAME as MANIFEST_NAME
from provenance_audit.lineage.manifest import Manifest
from provenance_audit.lineage.registry import load
from provenance_audit.request import Request, validate

# An online look-up finds a parent at a time.
ROUNDS = 16


@dataclass(frozen=True, slots=True)
class Declared:
    """The manifest, and the lock, of a run. named: whether the user pointed at them, or they merely lay beside the data."""

    manifest: Manifest | None = None
    path: str = ""
    named: bool = False
    lock: Lock | None = None
    lock_path: str = ""

    @property
    def dataset_id(self) -> str:
        """What the manifest calls the rows, with their revision; empty where it does not say."""
        dataset = self.manifest.dataset if self.manifest is not None else None
        if dataset is None or dataset.id is None:
            return ""
        return f"{dataset.id}@{dataset.revision}" if dataset.revision else dataset.id

    @property
    def unused(self) -> tuple[str, ...]:
        """What is not believed of a manifest that merely lies beside the data."""
        dataset = self.manifest.dataset if self.manifest is not None else None
        if self.named or dataset is None or not dataset.columns:
            return ()
        return (
            f"{self.path} lies beside the data: its columns are not used; name it with --lineage, or use --column",
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A lineage with what it was made from. data: None where only documents were named."""

    lineage: LineageGraph
    evidence: Evidence
    declared: Declared
    data: Dataset | None
    files: tuple[DataFile, ...]

    def record(self) -> Lineage:
        """The lineage as formats show it, with the documents that could not be read."""
        unread = tuple(UnreadRecord(one.path, one.reason) for one in self.evidence.unread)
        return replace(self.lineage.record(), unread=unread)


def declared(request: Request, files: Sequence[DataFile]) -> Declared:
    """What the user wrote down: the file that `--lineage` names, or what lies beside the data.

    Data can name makers, not excuse them. Raises ManifestError (exit 2).
    """
    if request.lineage is not None:
        path = Path(request.lineage)
        if is_lock(path):
            return _written(None, path, named=True)
        beside = path.parent / LOCK_NAME
        return _written(path, beside if beside.is_file() else None, named=True)
    places = [Path(name) for name in request.paths if Path(name).is_dir()] + [
        Path(file.path).parent for file in files if not file.remote
    ]
    found = [
        written
        for place in dict.fromkeys(places)
        if any(
            written := [
                path if path.is_file() else None for path in (place / MANIFEST_NAME, place / LOCK_NAME)
            ]
        )
    ]
    if len(found) > 1:
        names = ", ".join(str(path) for written in found for path in written if path is not None)
        raise ManifestError(
            f"several manifests lie beside the data: {names}",
            remedy="name the one to use with --lineage, or scan apart",
        )
    return _written(*found[0], named=False) if found else Declared()


def _written(manifest: Path | None, lock: Path | None, *, named: bool) -> Declared:
    # It takes YAML, which most runs do not need.
    from provenance_audit.lineage.manifest_file import read_manifest

    return Declared(
        read_manifest(manifest) if manifest is not None else None,
        str(manifest or ""),
        named,
        read_lock(lock) if lock is not None else None,
        str(lock or ""),
    )


def resolve(
    request: Request,
    stated: Declared,
    connection: Connection,
    data: Dataset | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> tuple[LineageGraph, Evidence]:
    """Gather every source and relate each maker to the student; with `--online`, ask the Hub for what is missing."""
    files = (
        tuple(dict.fromkeys(file.path for source in data.sources for file in source.files))
        if data is not None
        else ()
    )
    registry = load(tuple(Path(path) for path in request.registry))
    evidence = discover(
        files, request.config, _names(request, stated, data), documents=request.documents, roots=request.paths
    )
    if stated.lock is not None:
        evidence = replace(
            evidence,
            assertions=(*evidence.assertions, *stated.lock.statements(stated.lock_path, named=stated.named)),
        )
    sources = _sources(request, stated, data, files, evidence)
    lineage = gather(sources, connection, registry)
    if request.online:
        from provenance_audit.lineage import hub

        asked: set[str] = set()
        for _ in range(ROUNDS):
            gaps = [id for id in lineage.gaps if id not in asked]
            if not gaps:
                break
            progress(f"asking the Hub for {', '.join(gaps[:3])}")
            asked.update(gaps)
            answer = hub.look_up(gaps)
            evidence = replace(evidence, unread=(*evidence.unread, *answer.unread))
            sources = replace(sources, documents=(*sources.documents, *answer.assertions))
            lineage = gather(sources, connection, registry)
    return lineage, evidence


@contextmanager
def resolved(request: Request, progress: Callable[[str], None] = lambda stage: None) -> Iterator[Resolved]:
    """The lineage of datasets, of documents, and of directories that hold either, for the commands that judge nothing.

    Raises UsageError (exit 2), and InputError (exit 3) for a dataset that is named and cannot be read.
    """
    validate(request, dataset_needed=False)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="paudit-")))
        documents, rows = _sorted(request.paths)
        located = locate(rows, scratch)
        files = located.files
        connection = stack.enter_context(engine_for(files, memory=request.memory, threads=request.threads))
        data = None
        if files:
            progress("reading rows")
            columns = dict(request.columns)
            data = open_dataset(connection, files, view="data", mapping=columns, damaged=located.damaged)
        stated = declared(request, files)
        request = replace(request, documents=documents)
        lineage, evidence = resolve(request, stated, connection, data, progress)
        yield Resolved(lineage, evidence, stated, data, files)


def locked_files(found: Resolved, digests: Digests, folder: Path) -> list[tuple[str, str | None, int | None]]:
    """(path from a directory, SHA-256, rows) of each file of the dataset, for a lock."""
    rows = {one.path: one.rows for one in found.data.census.files} if found.data is not None else {}
    return [
        (
            file.path if file.remote else os.path.relpath(file.path, folder),
            digests.of(file),
            rows.get(file.read_path),
        )
        for file in found.files
    ]


def _sorted(paths: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The documents, and the files of rows, among what was named; a directory may hold both."""
    documents: list[str] = []
    rows: list[str] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            documents.append(name)
            try:
                found = find([name])
            except MissingInputError:
                found = ()
            rows += [file.path for file in found if not is_document(Path(file.path))]
        elif not remote.is_remote(name) and path.is_file() and is_document(path):
            documents.append(name)
        else:
            rows.append(name)
    return tuple(documents), tuple(rows)


def _names(request: Request, stated: Declared, data: Dataset | None) -> list[str]:
    """Whatever names a model, and may be a place on disk or in the Hub's cache."""
    names = [request.student, *request.teachers]
    if stated.manifest is not None:
        folder = Path(stated.path).parent
        models = list(stated.manifest.models.items())
        student = stated.manifest.student
        names += [student if isinstance(student, str) else student.id if student is not None else None]
        names += [stated.manifest.teacher, *(one.model for one in stated.manifest.generations)]
        names += [model.id or key for key, model in models]
        names += [str(folder / model.path) for _, model in models if model.path is not None]
        names += [parent.id for _, model in models for parent in model.base]
    if data is not None:
        names += [value for value, _ in data.makers]
    return list(dict.fromkeys(name for name in names if name))


def _sources(
    request: Request, stated: Declared, data: Dataset | None, files: tuple[str, ...], evidence: Evidence
) -> Sources:
    sources = Sources(
        student=request.student,
        teachers=request.teachers,
        teacher_prompt=request.teacher_prompt,
        manifest=stated.manifest,
        manifest_path=stated.path,
        manifest_named=stated.named,
        documents=evidence.assertions,
        local=evidence.local,
    )
    if data is None:
        return sources
    return replace(
        sources,
        footers=data.footers(),
        makers=tuple(
            RowMaker(value, rows, data.maker_prompts.get(value, ()), data.prompts_in_column)
            for value, rows in data.makers
        ),
        maker_column=data.maker_column,
        makers_from=data.makers_from,
        selectors=data.selectors,
        files=files,
        trained_rows=data.trained_rows,
    )
