"""The table of every format that is read, as the documentation prints it."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.dataset.adapters import (
    api_logs,
    candidates,
    codex,
    column_per_maker,
    messages,
    pairs,
    plain_text,
    preferences,
    scores,
    telemetry,
    traces,
)
from provenance_audit.dataset.files import COMPRESSIONS, SUFFIXES, WHOLE, Container

_NOTES = {
    Container.PARQUET: "files, shards, hive partitions, a checkout or cache snapshot of the Hub; the footer's metadata",
    Container.ARROW: "IPC files, Feather, and the streams that `save_to_disk` writes; the schema's metadata",
    Container.JSONL: "a record per line, 16 MiB at most",
    Container.JSON: "a list of records; one object of columns (`Dataset.to_dict`, pandas)",
    Container.CSV: "a header, then text; separated by commas, or by tabs in `.tsv`",
    Container.WEBDATASET: "the `.json` members, compressed or not",
}


def markdown() -> Iterator[str]:
    """Two tables, line by line: containers, and what rows may look like, in the order tried."""
    yield "| container | names | what is read |"
    yield "| --- | --- | --- |"
    for container, note in _NOTES.items():
        names = [f"`{suffix}`" for suffix, kind in SUFFIXES.items() if kind is container]
        packed = "" if container in (*WHOLE, Container.WEBDATASET) else f" (also {', '.join(COMPRESSIONS)})"
        yield f"| {container} | {', '.join(names)}{packed} | {note} |"
    yield ""
    yield "| columns | written by | the maker is found in | tier |"
    yield "| --- | --- | --- | --- |"
    for module in (
        api_logs,
        telemetry,
        traces,
        codex,
        preferences,
        candidates,
        messages,
        column_per_maker,
        pairs,
        plain_text,
        scores,
    ):
        for one in module.READS:
            yield f"| {one.columns} | {one.writers} | {one.maker} | {one.tier} |"
