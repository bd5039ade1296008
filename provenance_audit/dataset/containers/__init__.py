"""How rows are stored, and how the engine reads them. A new container: a file beside this one, and a line in each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from provenance_audit.database import Connection
from provenance_audit.dataset.containers import arrow, csv, json, parquet
from provenance_audit.dataset.files import Container, DataFile


class Reader(Protocol):
    """What a container's module offers."""

    def columns(self, connection: Connection, file: DataFile) -> dict[str, str]:
        """The columns of one file, with the DuckDB type to read each as."""

    def relation(self, connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
        """SQL of a relation of these columns and `file`, over files of one schema."""


READERS: Mapping[Container, Reader] = {
    Container.PARQUET: parquet,
    Container.ARROW: arrow,
    Container.JSONL: json,
    Container.JSON: json,
    Container.JSON_COLUMNS: json,
    Container.CSV: csv,
    Container.WEBDATASET: json,
}
