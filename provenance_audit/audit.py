"""Request in, Report out: open, gather, look, judge, report. The only file that knows the order.

It reads and returns; it writes nothing, and asks no clock and no random source that did not come with the request.
"""

from __future__ import annotations

import shlex
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance_audit._version import __version__
from provenance_audit.checks import CHECKS, Case
from provenance_audit.database import MEMORY_LIMIT, Connection, Error, literal, open_engine
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.files import DataFile, digest, locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import Dataset, Selection
from provenance_audit.errors import ManifestError, MissingInputError, UnreadableError, UsageError
from provenance_audit.findings import (
    CountTable,
    DatasetFacts,
    Finding,
    InputRecord,
    NotEvaluated,
    Report,
    Run,
    Skip,
    TestRecord,
)
from provenance_audit.lineage.gather import RowMaker, Sources, gather
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.manifest import NAME as MANIFEST_NAME
from provenance_audit.lineage.manifest import Manifest, Select, read_manifest, valid_prompt
from provenance_audit.lineage.registry import load
from provenance_audit.policy.judge import Gate, judge

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that shapes a run. `started` is the clock's word, ISO 8601; `seed` feeds every resampling."""

    paths: tuple[str, ...]
    control: tuple[str, ...] = ()
    student: str | None = None
    teachers: tuple[str, ...] = ()
    teacher_prompt: str | None = None
    lineage: str | None = None
    traits: tuple[str, ...] = ()
    seed: int = 0
    gate: Gate = field(default_factory=Gate)
    memory: str = MEMORY_LIMIT
    threads: int | None = None
    keep_counts: bool = False
    started: str = ""

    @property
    def command(self) -> str:
        """The command line that asks for the same, to be copied and completed."""
        words = ["paudit", "scan", *self.paths]
        for option, values in (
            ("--student", (self.student,)),
            ("--teacher", self.teachers),
            ("--teacher-prompt", (self.teacher_prompt,)),
            ("--lineage", (self.lineage,)),
            ("--control", self.control),
        ):
            words += [word for value in values if value is not None for word in (option, value)]
        return shlex.join(words)


def audit(request: Request, progress: Progress = lambda stage: None) -> Report:
    """Scan one dataset. Raises UsageError (exit 2) and InputError (exit 3) when there is nothing to report on."""
    began = time.perf_counter()
    _validate(request)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        files = locate(request.paths, scratch)
        (scratch / "control").mkdir()
        control_files = locate(request.control, scratch / "control") if request.control else ()
        manifest, manifest_path = _manifest(request, files)
        digests = stack.enter_context(_Digests((*files, *control_files)))
        readable = [file.read_path for file in (*files, *control_files)]
        connection = stack.enter_context(
            open_engine(readable, memory=request.memory, threads=request.threads)
        )

        progress("reading rows")
        data = _open(connection, files, manifest, manifest_path)
        control, control_damage = _open_control(connection, control_files)

        progress("resolving lineage")
        lineage = gather(_sources(request, data, manifest, manifest_path), connection)

        progress("looking")
        case = Case(
            data,
            control,
            lineage,
            damaged=(*data.damaged, *(control.damaged if control is not None else control_damage)),
            traits=request.traits,
            seed=request.seed,
            command=request.command,
        )
        findings, tests, not_evaluated = _look(case, progress)

        judgement = judge(findings, not_evaluated, request.gate)
        progress("digesting files")
        return Report(
            version=__version__,
            run=_run(request, time.perf_counter() - began),
            dataset=_facts(data, request.paths),
            control=_facts(control, request.control) if control is not None else None,
            inputs=(
                *_inputs(files, data, "data", digests, data.damaged),
                *_inputs(control_files, control, "control", digests, control_damage),
            ),
            verdict=judgement.verdict,
            exit_code=judgement.exit_code,
            reasons=judgement.reasons,
            rulings=judgement.rulings,
            not_evaluated=tuple(not_evaluated),
            tests=tuple(tests),
            lineage=lineage.record(),
            checks_run=tuple(check.id for check in CHECKS),
            next_steps=_next_steps(not_evaluated),
            counts=tuple(_counts(data, control)) if request.keep_counts else (),
        )


def _validate(request: Request) -> None:
    if not request.paths:
        raise UsageError("no dataset is named", remedy="paudit scan DATASET")
    if request.teacher_prompt is not None and not valid_prompt(request.teacher_prompt):
        raise UsageError(
            f"--teacher-prompt {request.teacher_prompt!r} is neither `none` nor `sha256:` and 64 hexadecimal digits",
            remedy="printf '%s' \"$PROMPT\" | sha256sum",
        )
    if not 0 <= request.seed < 2**64:
        raise UsageError(
            f"--seed {request.seed} is out of range", remedy="give a whole number from 0 to 2^64 - 1"
        )
    for option, names in (("--student", (request.student,)), ("--teacher", request.teachers)):
        if any(name is not None and not name.strip() for name in names):
            raise UsageError(f"{option} is empty", remedy=f"{option} ORG/MODEL")


def _manifest(request: Request, files: Sequence[DataFile]) -> tuple[Manifest | None, str]:
    """The manifest named, or the one found beside the data; data can name makers, not excuse them."""
    if request.lineage is not None:
        return read_manifest(Path(request.lineage)), request.lineage
    places = [Path(name) for name in request.paths if Path(name).is_dir()] + [
        Path(file.path).parent for file in files
    ]
    for place in dict.fromkeys(places):
        beside = place / MANIFEST_NAME
        if beside.is_file():
            return read_manifest(beside), str(beside)
    return None, ""


def _open(connection: Connection, files: Sequence[DataFile], manifest: Manifest | None, path: str) -> Dataset:
    selections = _selections(manifest, path, files)
    try:
        data = open_dataset(connection, files, view="data", selections=selections)
    except Error as error:
        if not selections:
            raise
        raise ManifestError(
            f"{path}: /generations: a `where` cannot be evaluated: {str(error).splitlines()[0]}",
            remedy=f"it may use these columns: {', '.join(CANONICAL)}",
        ) from error
    if data.trained_rows == 0:
        raise MissingInputError(
            f"{', '.join(file.path for file in files[:3])}: no row holds a completion",
            remedy="check that the files are what was meant",
        )
    return data


def _open_control(
    connection: Connection, files: Sequence[DataFile]
) -> tuple[Dataset | None, tuple[Damage, ...]]:
    """The control, if it can be read; a control that cannot be read hides no finding about the data."""
    if not files:
        return None, ()
    try:
        return open_dataset(connection, files, view="control"), ()
    except UnreadableError as error:
        file = next(file for file in files if file.path == error.file)
        reason = error.message.split(": ", 1)[-1]
        return None, (Damage(file, reason, error.row, error.remedy),)


def _selections(manifest: Manifest | None, path: str, files: Sequence[DataFile]) -> list[Selection]:
    """Which rows the manifest gives to which maker, as predicates over the canonical row."""
    found = []
    for number, generation in enumerate(manifest.generations if manifest is not None else ()):
        if isinstance(generation.select, Select):
            found.append(
                Selection(
                    _predicate(generation.select, f"{path}: /generations/{number}/select", files),
                    generation.model,
                )
            )
    return found


def _predicate(select: Select, where: str, files: Sequence[DataFile]) -> str:
    if select.where is not None:
        return f"({select.where})"
    if select.column is not None and select.equals is not None:
        if select.column not in CANONICAL:
            raise ManifestError(
                f"{where}/column: {select.column!r} is no column of the canonical row",
                remedy=f"use one of {', '.join(CANONICAL)}",
            )
        return f"{select.column} = {literal(select.equals)}"
    chosen = [file for file in files if any(Path(file.path).match(pattern) for pattern in select.files)]
    if not chosen:
        raise ManifestError(
            f"{where}/files: no file matches {', '.join(select.files)}", remedy="check the names"
        )
    return f"file IN ({', '.join(literal(file.read_path) for file in chosen)})"


def _sources(request: Request, data: Dataset, manifest: Manifest | None, path: str) -> Sources:
    return Sources(
        student=request.student,
        teachers=request.teachers,
        teacher_prompt=request.teacher_prompt,
        manifest=manifest,
        manifest_path=path,
        manifest_named=request.lineage is not None,
        footers=data.footers(),
        makers=tuple(RowMaker(value, rows, data.maker_prompts.get(value, ())) for value, rows in data.makers),
        maker_column=data.maker_column or "maker",
        trained_rows=data.trained_rows,
    )


def _look(case: Case, progress: Progress) -> tuple[list[Finding], list[TestRecord], list[NotEvaluated]]:
    findings: list[Finding] = []
    tests: list[TestRecord] = []
    skipped: list[NotEvaluated] = []
    for check in CHECKS:
        progress(f"{check.id} {check.name}")
        try:
            for result in check.look(case, check.parameters()):
                if isinstance(result, Finding):
                    findings.append(result)
                else:
                    tests.append(result)
        except Skip as skip:
            skipped.append(NotEvaluated(check.id, check.name, skip.reason, skip.remedy, skip.needed))
    return findings, tests, skipped


def _facts(data: Dataset, paths: Sequence[str]) -> DatasetFacts:
    return DatasetFacts(
        name=", ".join(paths),
        rows=data.rows,
        trained_rows=data.trained_rows,
        modality=data.modality,
        groups=len(data.census.groups),
        notes=tuple(_notes(data)),
    )


def _notes(data: Dataset) -> list[str]:
    notes = []
    if data.modality_share < 1:
        notes.append(
            f"{data.modality_share:.0%} of rows are {data.modality}; all are tested with its families"
        )
    if data.modality == "code":
        notes.append("code is tested with the families of prose")
    missing = data.rows - data.trained_rows
    if missing > 0:
        notes.append(f"{missing:,} records hold no completion")
    notes += [
        f"column {column!r} does not hold names of models, and is not taken for the maker"
        for source in data.sources
        for column in source.projection.unused
    ]
    return list(dict.fromkeys(notes))


def _inputs(
    files: Sequence[DataFile],
    data: Dataset | None,
    role: str,
    digests: _Digests,
    damaged: Sequence[Damage],
) -> list[InputRecord]:
    counts = {one.path: one for one in data.census.files} if data is not None else {}
    schemas = {
        file.path: source.projection.schema
        for source in (data.sources if data is not None else ())
        for file in source.files
    }
    broken = {one.file.path: one for one in (*damaged, *(data.damaged if data is not None else ()))}
    records = []
    for file in files:
        count, damage = counts.get(file.read_path), broken.get(file.path)
        records.append(
            InputRecord(
                path=file.path,
                role=role,
                bytes=file.bytes,
                sha256=digests.of(file),
                rows=count.rows if count else None if damage else 0,
                trained_rows=count.trained_rows if count else None if damage else 0,
                container=file.container,
                schema=schemas.get(file.path, ""),
                error=damage.message if damage else "",
            )
        )
    return records


def _run(request: Request, seconds: float) -> Run:
    arguments: dict[str, Any] = {
        "paths": list(request.paths),
        "control": list(request.control),
        "student": request.student,
        "teachers": list(request.teachers),
        "teacher_prompt": request.teacher_prompt,
        "lineage": request.lineage,
        "traits": list(request.traits),
    }
    gate = {
        "fail_on": request.gate.fail_on.value if request.gate.fail_on is not None else "none",
        "min_confidence": request.gate.min_confidence.value,
        "on_incomplete": request.gate.on_incomplete.value,
    }
    return Run(arguments, request.started, round(seconds, 3), request.seed, gate)


def _counts(data: Dataset, control: Dataset | None) -> Iterator[CountTable]:
    """The block counts behind the tests, for a store."""
    makers = {group.name: group.maker for group in data.census.groups}
    for name, counts in data.response_counts(data.features).items():
        yield CountTable("data", name, makers.get(name), counts)
    if control is not None:
        for name, counts in control.response_counts(control.features, whole=True).items():
            yield CountTable("control", name, None, counts)


def _next_steps(not_evaluated: Sequence[NotEvaluated]) -> tuple[str, ...]:
    needed = [one.remedy for one in not_evaluated if one.needed and one.remedy]
    wanted = [one.remedy for one in not_evaluated if not one.needed and one.remedy.startswith("paudit ")]
    return tuple(dict.fromkeys([*needed, *wanted]))


class _Digests:
    """SHA-256 of every file, computed beside the scan: hashing needs no lock of the interpreter."""

    def __init__(self, files: Sequence[DataFile]) -> None:
        self._files = files

    def __enter__(self) -> _Digests:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._futures = {file.path: self._pool.submit(digest, file.path) for file in self._files}
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def of(self, file: DataFile) -> str | None:
        """The digest, or None for a file that cannot be opened."""
        try:
            return self._futures[file.path].result()
        except OSError:
            return None


def describe(paths: tuple[str, ...], *, memory: str = MEMORY_LIMIT) -> dict[str, Any]:
    """How a dataset is read, with nothing judged: files, schemas, mapping, makers, modality, counts."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        files = locate(paths, scratch)
        connection = stack.enter_context(open_engine([file.read_path for file in files], memory=memory))
        data = open_dataset(connection, files, view="data")
        registry = load()
        return {
            "rows": data.rows,
            "trained_rows": data.trained_rows,
            "modality": data.modality,
            "modality_share": round(data.modality_share, 6),
            "has_prompts": data.has_prompts,
            "schemas": [
                {
                    "schema": source.projection.schema,
                    "container": source.files[0].container.value,
                    "files": len(source.files),
                    "mapping": dict(source.projection.mapping),
                }
                for source in data.sources
            ],
            "makers": [
                {
                    "maker": value,
                    "id": identify(value, registry).id,
                    "rows": rows,
                    "share": round(rows / data.trained_rows, 6),
                }
                for value, rows in data.makers
                if value is not None
            ],
            "unnamed_rows": sum(rows for value, rows in data.makers if value is None),
            "system_prompts": data.system_prompts("").distinct,
            "notes": _notes(data),
            "unreadable": [damage.message for damage in data.damaged],
            "files": [
                {"path": file.path, "bytes": file.bytes, "container": file.container.value} for file in files
            ],
        }
