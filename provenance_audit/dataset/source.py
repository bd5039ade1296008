"""`Source`: files that are read by one call, and the projection of their records, or of some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provenance_audit.database import Connection
from provenance_audit.dataset.adapters import Projection
from provenance_audit.dataset.containers import READERS
from provenance_audit.dataset.files import DataFile


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one container and one schema.

    where: SQL of which records, in files that hold records of several schemas; it asks for the columns `beside`.
    records: how many these are.
    """

    files: tuple[DataFile, ...]
    projection: Projection
    where: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    records: int | None = None

    def relation(self, connection: Connection, columns: Mapping[str, str]) -> str:
        """SQL of a relation of these columns of its records (and perhaps more), and of `file`."""
        read = READERS[self.files[0].container].relation(
            connection, self.files, {**self.beside, **columns} if self.where else columns
        )
        return f"(SELECT * FROM {read} WHERE {self.where})" if self.where else read
