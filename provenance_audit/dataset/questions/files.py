"""Questions about files beyond the canonical row: columns that it does not have, rules on them, footers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from provenance_audit.database import glob_escape, identifier, literal
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.containers import READERS, arrow
from provenance_audit.dataset.files import Container, DataFile
from provenance_audit.dataset.filters.base import Replayed, Rule
from provenance_audit.dataset.filters.replay import replay
from provenance_audit.dataset.questions.base import Rows
from provenance_audit.dataset.source import Source
from provenance_audit.dataset.types import as_text

FOOTER_BYTES = 1024 * 1024


class OfFiles(Rows):
    """What files say beside their rows, and rules that are replayed on them."""

    def has_column(self, name: str) -> bool:
        """Whether the canonical row, or some file, has a column of this name."""
        return name in CANONICAL or any(name in columns for _, columns in self._file_columns)

    def replay(self, rules: Sequence[Rule]) -> tuple[Replayed, ...]:
        """Every rule on every row that no filter of the file rejected, in one scan, but for rules on other columns."""
        own = [rule for rule in rules if rule.column is None]
        found = dict(zip(own, replay(self._connection, self.view, own), strict=True))
        for rule in rules:
            if rule.column is not None:
                found[rule] = replay(self._connection, self._rows_with(rule.column), [rule])[0]
        return tuple(found[rule] for rule in rules)

    def _rows_with(self, column: str) -> str:
        """The canonical row with `value`: a column of the files that it does not have. NULL where a file has none."""
        selects = []
        for source, columns in self._file_columns:
            if source.projection.asks_only:
                continue
            kind = columns.get(column)
            value = "CAST(NULL AS VARCHAR)" if kind is None else as_text(identifier(column), kind)
            used = {**source.projection.columns, **({column: kind} if kind is not None else {})}
            projection = replace(
                source.projection, columns=used, fields={**source.projection.fields, "value": value}
            )
            selects.append(f"({projection.select(source.relation(self._connection, used))})")
        return f"({' UNION ALL '.join(selects)})"

    @cached_property
    def _file_columns(self) -> tuple[tuple[Source, Mapping[str, str]], ...]:
        """The columns that the first file of each source has, whether or not they are read."""
        return tuple(
            (source, READERS[source.files[0].container].columns(self._connection, source.files[0]))
            for source in self.sources
        )

    def footers(self) -> tuple[tuple[str, str, str], ...]:
        """The key-value metadata of Parquet footers and Arrow schemas: (file, key, value), long values left out."""
        files = self._files
        found = self._parquet_footers([file for file in files if file.container is Container.PARQUET])
        for file in files:
            if file.container is Container.ARROW:
                found += [(file.path, key, value) for key, value in arrow.metadata(file).items()]
        return tuple(
            (file, key, value)
            for file, key, value in found
            if key not in ("ARROW:schema", "pandas") and len(value) <= FOOTER_BYTES
        )

    def _parquet_footers(self, files: Sequence[DataFile]) -> list[tuple[str, str, str]]:
        if not files:
            return []
        names = {file.read_path: file.path for file in files}
        paths = ", ".join(literal(glob_escape(file.read_path)) for file in files)
        found = self._connection.execute(
            f"SELECT file_name, key, value FROM parquet_kv_metadata([{paths}]) "
            f"WHERE octet_length(value) <= {FOOTER_BYTES} ORDER BY ALL"
        ).fetchall()
        return [(names.get(file, file), _decoded(key), _decoded(value)) for file, key, value in found]


def _decoded(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
