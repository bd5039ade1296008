"""Who made the rows, and how each maker is related to the student: every source gathered, for the audit and for `paudit lineage`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provenance_audit.database import Connection
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.rows import Dataset
from provenance_audit.lineage.discover import Evidence, discover
from provenance_audit.lineage.gather import LineageGraph, Sources, gather
from provenance_audit.lineage.lock import NAME as LOCK_NAME
from provenance_audit.lineage.lock import Lock, is_lock, read_lock
from provenance_audit.lineage.makers import RowMaker
from provenance_audit.lineage.manifest import NAME as MANIFEST_NAME
from provenance_audit.lineage.manifest import Manifest, read_manifest
from provenance_audit.lineage.registry import load
from provenance_audit.request import Request

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
    for place in dict.fromkeys(places):
        found = [path if path.is_file() else None for path in (place / MANIFEST_NAME, place / LOCK_NAME)]
        if any(found):
            return _written(*found, named=False)
    return Declared()


def _written(manifest: Path | None, lock: Path | None, *, named: bool) -> Declared:
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
    files = tuple(file.path for source in data.sources for file in source.files) if data is not None else ()
    registry = load()
    evidence = discover(files, request.config, _names(request, stated, data), documents=request.documents)
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
        makers=tuple(RowMaker(value, rows, data.maker_prompts.get(value, ())) for value, rows in data.makers),
        maker_column=data.maker_column,
        makers_from=data.makers_from,
        selectors=data.selectors,
        files=files,
        trained_rows=data.trained_rows,
    )
