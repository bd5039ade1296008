"""What a report says of its inputs: files, schemas, mapping, makers, filters, counts. Nothing is judged here."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from provenance_audit.database import MEMORY_LIMIT
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.files import DataFile, Digests
from provenance_audit.dataset.locate import engine_for, locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.profile import Profile
from provenance_audit.dataset.rows import ALL, Dataset
from provenance_audit.dataset.trail import Trail, siblings
from provenance_audit.findings import CountTable, DatasetFacts, FunnelStep, InputRecord
from provenance_audit.lineage.documents import Unread
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.readers import file_names
from provenance_audit.lineage.readers import rows as row_reader
from provenance_audit.lineage.registry import load

SHARE_SHOWN_AS_ALL = 0.995


def describe(
    paths: tuple[str, ...], *, columns: Mapping[str, str] | None = None, memory: str = MEMORY_LIMIT
) -> dict[str, Any]:
    """How a dataset is read, with nothing judged: what was recognised, why, and what was not."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        located = locate(paths, scratch)
        files = located.files
        connection = stack.enter_context(engine_for(files, memory=memory))
        data = open_dataset(connection, files, view="data", mapping=columns, damaged=located.damaged)
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
                    "records": source.records,
                    "mapping": dict(source.projection.mapping),
                    "ignored": list(source.projection.ignored),
                }
                for source in data.sources
            ],
            **_models(data),
            "system_prompts": data.system_prompts("").distinct,
            "filters": _filters(data),
            "stages": list(siblings(files)),
            "notes": _notes(data),
            "unreadable": [damage.message for damage in data.damaged],
            "files": [
                {"path": file.path, "bytes": file.bytes, "container": file.container.value} for file in files
            ],
        }


def facts_of(
    data: Dataset,
    paths: Sequence[str],
    trail: Trail | None = None,
    unread: Sequence[Unread] = (),
    more: Sequence[str] = (),
) -> DatasetFacts:
    """One side of the audit in a line, with what a reader should know of how it was read."""
    return DatasetFacts(
        name=", ".join(paths),
        rows=data.rows,
        trained_rows=data.trained_rows,
        modality=data.census.modality,
        groups=len(data.census.groups),
        notes=(
            *_notes(data),
            *data.reductions,
            *_trail_notes(trail),
            *(f"{one.path} could not be read for lineage: {one.reason}" for one in unread),
            *more,
        ),
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
    schemas: dict[str, str] = {}
    for source in data.sources if data is not None else ():
        for file in source.files:
            known = schemas.get(file.path)
            schema = source.projection.schema
            schemas[file.path] = schema if known is None else f"{known}; {schema}"
    broken = {one.file.path: one for one in (*damaged, *(data.damaged if data is not None else ()))}
    records = []
    for file in dict.fromkeys((*files, *(one.file for one in broken.values()))):
        count, damage = counts.get(file.read_path), broken.get(file.path)
        records.append(
            InputRecord(
                path=file.path,
                role=role,
                bytes=file.bytes,
                sha256=digests.of(file),
                etag=file.etag or None,
                rows=count.rows if count else None if damage else 0,
                trained_rows=count.trained_rows if count else None if damage else 0,
                container=file.container,
                schema=schemas.get(file.path, ""),
                error=damage.message if damage else "",
            )
        )
    return records


def funnel(data: Dataset, trail: Trail | None) -> tuple[FunnelStep, ...]:
    """What became of the rows: raw, kept by the filter, without those that a column rejects. Empty where nothing filtered."""
    steps = []
    if trail is not None:
        steps += [FunnelStep("raw rows", trail.raw), FunnelStep("kept by the filter", trail.kept)]
    if data.census.rejected_rows:
        if not steps:
            steps.append(FunnelStep("rows in the files", data.trained_rows))
        steps.append(
            FunnelStep(
                "passed the filter that a column records", data.trained_rows - data.census.rejected_rows
            )
        )
    return tuple(steps)


def anchor_of(*documents: str) -> str:
    """The first of the documents that lies in the repository, from its root: where tools for code show a finding.

    The repository is that of the working directory. Empty where none does.
    """
    here = Path.cwd()
    root = next((place for place in (here, *here.parents) if (place / ".git").exists()), here)
    for name in documents:
        place = Path(name).resolve() if name else None
        if place is not None and place.is_file() and place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    return ""


def count_tables(data: Dataset, control: Dataset | Profile | None) -> Iterator[CountTable]:
    """The block counts behind the tests, for a store."""
    makers = {group.name: group.maker for group in data.census.groups}
    for name, counts in data.response_counts(data.features).items():
        yield CountTable("data", name, makers.get(name), counts)
    if isinstance(control, Profile):
        yield CountTable("control", ALL, None, control.responses)
    elif control is not None:
        for name, counts in control.response_counts(control.features, whole=True).items():
            yield CountTable("control", name, None, counts)


def _models(data: Dataset) -> dict[str, Any]:
    """Who made the rows and who judged them, on what evidence."""
    registry = load()
    by_name = data.makers_from == "column name"
    found_in = "the name of a column" if by_name else f"{data.makers_from} {data.maker_column}"
    makers = [
        {
            "maker": value,
            "id": identify(value, registry).id,
            "rows": rows,
            "share": round(rows / data.trained_rows, 6) if data.trained_rows else 0.0,
            "evidence": found_in,
            "tier": int(row_reader.TIERS[data.makers_from]),
        }
        for value, rows in data.makers
        if value is not None
    ]
    paths = list(dict.fromkeys(file.path for source in data.sources for file in source.files))
    hints = [] if makers else [one.object for one in file_names.read(paths, registry)]
    return {
        "makers": makers,
        "unnamed_rows": sum(rows for value, rows in data.makers if value is None),
        "hints": hints,
        "selectors": [
            {"model": value, "id": identify(value, registry).id, "role": role, "column": column, "rows": rows}
            for column, role, value, rows in data.selectors
        ],
    }


def _filters(data: Dataset) -> list[dict[str, Any]]:
    """What the files record of filters, and how many rows did not pass them."""
    columns = dict.fromkeys(
        source.projection.mapping["kept"] for source in data.sources if "kept" in source.projection.mapping
    )
    if not columns:
        return []
    census = data.census
    return [{"columns": list(columns), "rows": census.filtered_rows, "rejected": census.rejected_rows}]


def _notes(data: Dataset) -> list[str]:
    notes = []
    census = data.census
    if census.modality_share < SHARE_SHOWN_AS_ALL:
        notes.append(
            f"{census.modality_share:.0%} of rows are {census.modality}; all are tested with its families"
        )
    if census.empty_records:
        notes.append(f"{census.empty_records:,} records hold no completion")
    mixed = [
        f"{source.records:,} as {source.projection.schema}"
        for source in data.sources
        if source.records is not None
    ]
    if mixed:
        notes.append(f"records of one file have several schemas, each read as it is: {', '.join(mixed)}")
    if census.rejected_rows:
        notes.append(
            f"{census.rejected_rows:,} rows did not pass a filter that the file records; they are not compared with a control"
        )
    notes += [
        f"column {column!r} does not hold names of models, and is not taken for the maker"
        for source in data.sources
        for column in source.projection.unused
    ]
    notes += [
        f"column {column!r} names models too, and is asked only where {source.projection.maker.column!r} names none; "
        f"if it is the maker: --column maker={column}"
        for source in data.sources
        for column in source.projection.rivals
        if source.projection.maker is not None
    ]
    return list(dict.fromkeys(notes))


def _trail_notes(trail: Trail | None) -> Iterator[str]:
    if trail is None:
        return
    how = "record id" if trail.joined_by == "sample_id" else "prompt and completion"
    yield f"{trail.kept:,} of {trail.raw:,} raw rows were kept and {trail.removed:,} removed, joined by {how}"
    if trail.strangers:
        yield f"{trail.strangers:,} rows are among no raw rows"
    if trail.rejects is not None and trail.rejects != trail.removed:
        yield f"{trail.rejects:,} rows are given as rejects, and {trail.removed:,} were removed"
