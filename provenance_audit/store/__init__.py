"""Past runs, as DuckDB tables: only what is small. The file is readable by DuckDB 1.5 and 2.

A run is written in one transaction. Each table has `run`, the id of the run; `docs/store.md` describes them.
"""

from __future__ import annotations

from provenance_audit.store.opening import check_store, is_store
from provenance_audit.store.reading import (
    HistoryRow,
    TrendRow,
    ask,
    datasets,
    history,
    holds_counts,
    report_of,
    trend,
)
from provenance_audit.store.saving import save
from provenance_audit.store.tables import MIGRATIONS, TABLES, VERSION

__all__ = [
    "MIGRATIONS",
    "TABLES",
    "VERSION",
    "HistoryRow",
    "TrendRow",
    "ask",
    "check_store",
    "datasets",
    "history",
    "holds_counts",
    "is_store",
    "report_of",
    "save",
    "trend",
]
