"""The filters of a dataset as they were declared: by the manifest, and by a summary that lies beside the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance_audit.database import Connection, Error, literal
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.filters import (
    PUBLISHED_BAN,
    DeclaredFilter,
    Rule,
    column,
    regex,
    sl_numbers,
    words,
)
from provenance_audit.dataset.rows import Dataset
from provenance_audit.errors import ManifestError
from provenance_audit.lineage import documents
from provenance_audit.lineage.filter_params import Column, FilterParams, Regex, SlNumbers, Words
from provenance_audit.lineage.manifest import Filter, Manifest

SUMMARY = "filter_summary.json"
# Under which names a summary keeps its counts; writers differ, and nest them one level deep or not.
_COUNTS = {
    "rows_in": ("rows_in", "total", "n_total", "raw", "n_raw", "num_raw", "raw_rows", "input", "n_input", "input_rows"),
    "rows_out": ("rows_out", "kept", "n_kept", "num_kept", "kept_rows", "passed", "n_passed", "filtered", "n_filtered",
                 "num_filtered", "filtered_rows", "output", "n_output", "output_rows"),
    "rejects": ("rejects", "rejected", "n_rejected", "num_rejected", "rejected_rows", "removed", "n_removed", "dropped",
                "n_dropped"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stages:
    """The files of other stages that a manifest names: raw rows, rejects, and why some of them cannot be used."""

    raw: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def stages_of(manifest: Manifest | None, path: str) -> Stages:
    """The raw rows and the rejects that a manifest names, below its own directory."""
    if manifest is None:
        return Stages()
    folder, absent = Path(path).parent.resolve(), []

    def found(pointer: str, name: str) -> Iterator[str]:
        place = (folder / name).resolve()
        if not place.is_relative_to(folder):
            absent.append(f"{path}:{pointer} names {name}, which is not below the manifest")
        elif not place.exists():
            absent.append(f"{path}:{pointer} names {name}, which is not there")
        else:
            yield str(place)

    dataset = manifest.dataset.raw if manifest.dataset is not None else []
    raw = [place for n, one in enumerate(dataset) for place in found(f"/dataset/raw/{n}", one.path)]
    rejects = [
        place
        for n, one in enumerate(manifest.filters)
        if one.rejects is not None
        for place in found(f"/filters/{n}/rejects", one.rejects)
    ]
    return Stages(tuple(raw), tuple(rejects), tuple(absent))


def declared_filters(
    manifest: Manifest | None, path: str, connection: Connection, data: Dataset
) -> tuple[DeclaredFilter, ...]:
    """The filters of the manifest, in the order in which they were applied. Raises ManifestError for a pattern that is none."""
    steps = list(enumerate(manifest.filters)) if manifest is not None else []
    steps.sort(key=lambda step: (step[1].order is None, step[1].order or 0, step[0]))
    return tuple(_declared(one, f"{path}:/filters/{number}", connection, data) for number, one in steps)


def stated_filters(files: Sequence[DataFile]) -> tuple[DeclaredFilter, ...]:
    """What summaries of filters beside the data say: counts, and no rule that could be replayed."""
    places = dict.fromkeys(Path(file.path).parent / SUMMARY for file in files if not file.remote)
    return tuple(_stated(place) for place in places if place.is_file())


def _declared(step: Filter, locator: str, connection: Connection, data: Dataset) -> DeclaredFilter:
    params = step.replayable
    rule, reason = None, ""
    banned = _banned(params)
    if params is not None:
        rule, reason = _rule(step.id, params, banned), _missing(params, data)
        _refuse_bad_pattern(params, locator, connection)
    elif step.kind is None:
        reason = "no kind is declared"
    else:
        reason = f"filters of kind {step.kind!r} are not replayed"
    return DeclaredFilter(
        step.id,
        step.kind or "unknown",
        "manifest",
        locator,
        None if reason else rule,
        reason,
        step.rows_in,
        step.rows_out,
        None,
        step.model,
        banned,
    )


def _rule(id: str, params: FilterParams, banned: tuple[int, ...]) -> Rule | None:
    if isinstance(params, SlNumbers):
        return sl_numbers(id, **params.model_dump(exclude={"banned_numbers"}), banned=banned)
    if isinstance(params, Regex):
        return regex(id, **params.model_dump())
    if isinstance(params, Words):
        return words(id, **params.model_dump())
    if isinstance(params, Column):
        return column(id, **params.model_dump())
    return None


def _banned(params: FilterParams | None) -> tuple[int, ...]:
    if not isinstance(params, SlNumbers):
        return ()
    return tuple(params.banned_numbers) if isinstance(params.banned_numbers, list) else PUBLISHED_BAN


def _missing(params: FilterParams, data: Dataset) -> str:
    """What the rows lack that the rule is about."""
    if isinstance(params, Column) and not data.has_column(params.column):
        return f"no file has a column {params.column!r}"
    if isinstance(params, Regex | Words):
        if params.text == "prompt" and not data.census.prompted_rows:
            return "it is about prompts, and the rows have none"
        if params.text == "reasoning" and not data.census.reasoned_rows:
            return "it is about reasoning, and the rows have none"
    return ""


def _refuse_bad_pattern(params: FilterParams, locator: str, connection: Connection) -> None:
    if not isinstance(params, Regex):
        return
    try:
        connection.execute(f"SELECT regexp_matches('', {literal(params.pattern)})")
    except Error as error:
        why = str(error).split("\n")[0].removeprefix("Invalid Input Error: ")
        raise ManifestError(
            f"{locator}/params/pattern is no regular expression: {why}",
            remedy="patterns are RE2: there are no look-arounds and no back-references",
        ) from error


def _stated(place: Path) -> DeclaredFilter:
    found = documents.read(place)
    if isinstance(found, documents.Unread):
        return DeclaredFilter(SUMMARY, "summary", SUMMARY, str(place), reason=found.reason)
    counts = dict(_counts(found.data)) if isinstance(found.data, Mapping) else {}
    return DeclaredFilter(
        SUMMARY,
        "summary",
        SUMMARY,
        str(place),
        reason="it states counts, and no rule",
        rows_in=counts.get("rows_in"),
        rows_out=counts.get("rows_out"),
        rejects=counts.get("rejects"),
    )


def _counts(data: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Each count that a summary states, if it states it once."""
    levels = [data, *(value for value in data.values() if isinstance(value, Mapping))]
    for field, names in _COUNTS.items():
        values = {
            value
            for level in levels
            for key, value in level.items()
            if str(key).lower() in names
            and isinstance(value, int)
            and not isinstance(value, bool)
            and value >= 0
        }
        if len(values) == 1:
            yield field, values.pop()
