"""Parquet: single files, shards, and hive-partitioned directories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance_audit.database import Connection
from provenance_audit.dataset.containers.base import POSITION, hive, names, paths
from provenance_audit.dataset.files import DataFile


def columns(connection: Connection, file: DataFile) -> dict[str, str]:
    """The columns of one file, by its footer."""
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_parquet({paths([file])}{hive([file])})"
    ).fetchall()
    return {str(name): str(kind) for name, kind, *_ in described}


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    # The reader knows the number of a row, unless a column of the file has taken that name.
    own = "file_row_number" in columns
    position = POSITION if own else "file_row_number + 1 AS paudit_position"
    return f"(SELECT {names(columns, position)} FROM read_parquet({paths(files)}, filename = 'paudit_file'{hive(files)}))"


def alike(connection: Connection, files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Files in sets of one schema, by one query over all footers: describing thousands one by one takes longer than reading them.

    Raises the engine's error if any footer cannot be read.
    """
    shapes = connection.execute(f"""
        SELECT file_name, md5(string_agg(concat_ws(':', name, type, repetition_type, num_children, converted_type,
                                         logical_type), ',' ORDER BY column_id))
        FROM (SELECT *, row_number() OVER (PARTITION BY file_name) AS column_id FROM parquet_schema({paths(files)}))
        GROUP BY file_name""").fetchall()
    shape_of = dict(shapes)
    together: dict[str, list[DataFile]] = {}
    for file in files:
        together.setdefault(shape_of.get(file.read_path, file.read_path), []).append(file)
    return list(together.values())
