"""CSV and TSV: a header, then rows of text. Nothing is guessed but the separator and the quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance_audit.database import Connection
from provenance_audit.dataset.containers.base import RECORD_LIMIT, hive, names, paths
from provenance_audit.dataset.files import DataFile


def columns(connection: Connection, file: DataFile) -> dict[str, str]:
    """The columns of one file, by its header: all are text."""
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_csv({paths([file])}{_options(file)}{hive([file])})"
    ).fetchall()
    return {str(name): "VARCHAR" for name, *_ in described}


def relation(connection: Connection, files: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """SQL of a relation of these columns and `file`."""
    return (
        f"(SELECT {names(columns)} FROM read_csv({paths(files)}{_options(files[0])}, filename = 'paudit_file'"
        f"{hive(files)}))"
    )


def _options(file: DataFile) -> str:
    separator = (
        "'\\t'" if file.path.lower().removesuffix(".gz").removesuffix(".zst").endswith(".tsv") else "','"
    )
    return (
        f", header = true, all_varchar = true, delim = {separator}, quote = '\"', escape = '\"', strict_mode = true, "
        f"max_line_size = {RECORD_LIMIT}, sample_size = 2048"
    )
