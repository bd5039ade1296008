from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from provenance_audit.audit import audit
from provenance_audit.findings import Report
from provenance_audit.request import Request

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="session")
def report() -> Report:
    """A real report with its block counts."""
    return audit(
        Request(
            (str(SAMPLE / "dataset.parquet"),),
            control=(str(SAMPLE / "control.parquet"),),
            keep_counts=True,
            started="2026-11-23T12:00:00+00:00",
        )
    )


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What DuckDB itself reads in a file."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
