"""Counting by unit: from rows in the engine to `UnitCounts`, one scan. What calibration and spike-ins deal out."""

from __future__ import annotations

import numpy as np

from provenance_audit.database import Connection
from provenance_audit.dataset.census import COMPARED, THREAD_HASH
from provenance_audit.dataset.features import FeatureSet
from provenance_audit.stats.units import UnitCounts

# As in counting: the block number uses the bits below these.
THINNING_BITS = 8
# Of more than this, one unit in 2^s is counted, as long as enough units are left.
ROWS_AT_MOST = 32_768
BYTES_AT_MOST = 64 * 1024 * 1024
UNITS_AT_LEAST = 2_048


def count_units(
    connection: Connection, view: str, features: FeatureSet, text: str, *, clustered: bool
) -> UnitCounts:
    """Take each text apart once and count its features by prompt, or by completion where rows have no prompt.

    Of many rows those of one unit in 2^s, nested by hash like every thinned count. Rows that a judge or a filter rejected
    are left out. text: SQL of the text that is counted.
    """
    rows = (
        f"SELECT {THREAD_HASH} AS h, {text} AS text FROM {view} WHERE completion IS NOT NULL AND {COMPARED}"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {view}_units AS "
        f"SELECT h, count(*) AS n, sum(strlen(text)) AS bytes FROM ({rows}) GROUP BY h"
    )
    total, size, units = connection.execute(
        f"SELECT coalesce(sum(n), 0), coalesce(sum(bytes), 0), count(*) FROM {view}_units"
    ).fetchall()[0]
    thinning = _thinning(int(total), int(size), int(units))
    kept = (
        f"SELECT h, n, row_number() OVER (ORDER BY h) - 1 AS unit FROM {view}_units "
        f"WHERE (h >> {THINNING_BITS}) % {2**thinning} = 0"
    )
    head = connection.execute(f"SELECT h, n FROM ({kept}) ORDER BY unit").fetchnumpy()
    source = f"(SELECT CAST(unit * {features.width} AS BIGINT) AS base, text FROM ({rows}) JOIN ({kept}) USING (h))"
    found = connection.execute(
        f"SELECT key, count(*) AS n FROM ({features.explode(source, features.offsets)}) "
        "WHERE key IS NOT NULL GROUP BY key ORDER BY key"
    ).fetchnumpy()
    unit, feature = np.divmod(np.asarray(found["key"], dtype=np.int64), features.width)
    return UnitCounts(
        key=np.asarray(head["h"], dtype=np.uint64),
        rows=np.asarray(head["n"], dtype=np.float64),
        clustered=clustered,
        start=np.searchsorted(unit, np.arange(len(head["h"]) + 1)).astype(np.int64),
        feature=feature,
        count=np.asarray(found["n"], dtype=np.float64),
        width=features.width,
        tables=features.tables,
        thinning=thinning,
    )


def _thinning(rows: int, size: int, units: int) -> int:
    """The smallest s that brings rows and bytes within their bounds, or leaves few enough units for it not to matter."""
    s = 0
    while (rows > ROWS_AT_MOST << s or size > BYTES_AT_MOST << s) and units >= UNITS_AT_LEAST << (s + 1):
        s += 1
    return s
