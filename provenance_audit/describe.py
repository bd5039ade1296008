"""What a report says of its inputs: files, schemas, mapping, makers, modality, counts. Nothing is judged here."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from provenance_audit.database import MEMORY_LIMIT, open_engine
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.files import DataFile, Digests, locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.rows import Dataset
from provenance_audit.dataset.unpack import unpack
from provenance_audit.findings import CountTable, DatasetFacts, InputRecord
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.registry import load


def describe(paths: tuple[str, ...], *, memory: str = MEMORY_LIMIT) -> dict[str, Any]:
    """How a dataset is read, with nothing judged: files, schemas, mapping, makers, modality, counts."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        files, damaged = unpack(locate(paths), scratch)
        connection = stack.enter_context(open_engine([file.read_path for file in files], memory=memory))
        data = open_dataset(connection, files, view="data", damaged=damaged)
        registry = load()
        return {
            "rows": data.rows,
            "trained_rows": data.trained_rows,
            "modality": data.census.modality,
            "modality_share": round(data.census.modality_share, 6),
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


def facts_of(data: Dataset, paths: Sequence[str]) -> DatasetFacts:
    """One side of the audit in a line, with what a reader should know of how it was read."""
    return DatasetFacts(
        name=", ".join(paths),
        rows=data.rows,
        trained_rows=data.trained_rows,
        modality=data.census.modality,
        groups=len(data.census.groups),
        notes=tuple(_notes(data)),
    )


def input_records(
    files: Sequence[DataFile],
    data: Dataset | None,
    role: str,
    digests: Digests,
    damaged: Sequence[Damage],
) -> list[InputRecord]:
    """Every file of one side, with its digest, its counts, and what is wrong with it."""
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


def count_tables(data: Dataset, control: Dataset | None) -> Iterator[CountTable]:
    """The block counts behind the tests, for a store."""
    makers = {group.name: group.maker for group in data.census.groups}
    for name, counts in data.response_counts(data.features).items():
        yield CountTable("data", name, makers.get(name), counts)
    if control is not None:
        for name, counts in control.response_counts(control.features, whole=True).items():
            yield CountTable("control", name, None, counts)


def _notes(data: Dataset) -> list[str]:
    notes = []
    if data.census.modality_share < 0.995:
        notes.append(
            f"{data.census.modality_share:.0%} of rows are {data.census.modality}; all are tested with its families"
        )
    if data.census.modality == "code":
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
