"""Counting by unit: from rows in the engine to `UnitCounts`, a scan for each cut. What calibration and spike-ins deal out."""

from __future__ import annotations

import numpy as np

from provenance_audit.database import Connection
from provenance_audit.dataset.census import COMPARED, THREAD_HASH
from provenance_audit.dataset.features import FeatureSet
from provenance_audit.dataset.features.texts import Integers
from provenance_audit.dataset.tally import tally
from provenance_audit.stats.counts import Array
from provenance_audit.stats.units import UnitCounts

# As in counting: the block number uses the bits below these.
THINNING_BITS = 8
# Of more than this, one unit in 2^s is counted, as long as enough units are left.
ROWS_AT_MOST = 32_768
BYTES_AT_MOST = 64 * 1024 * 1024
UNITS_AT_LEAST = 2_048
CELLS_AT_ONCE = 8_000_000


def count_units(
    connection: Connection, view: str, features: FeatureSet, text: str, *, clustered: bool, longest: int
) -> UnitCounts:
    """Take each text apart once and count its features by prompt, or by completion where rows have no prompt.

    Of many rows those of one unit in 2^s, nested by hash like every thinned count. Rows that a judge or a filter rejected
    are left out. text: SQL of the text that is counted. longest: bytes of the longest, at most.
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
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {view}_unit_texts AS "
        f"SELECT unit, text FROM ({rows}) JOIN ({kept}) USING (h) ORDER BY unit"
    )
    unit, feature, count = _tallied(connection, f"{view}_unit_texts", features, len(head["h"]), longest)
    connection.execute(f"DROP TABLE {view}_unit_texts")
    return UnitCounts(
        key=np.asarray(head["h"], dtype=np.uint64),
        rows=np.asarray(head["n"], dtype=np.float64),
        clustered=clustered,
        start=np.searchsorted(unit, np.arange(len(head["h"]) + 1)).astype(np.int64),
        feature=feature,
        count=count,
        width=features.width,
        tables=features.tables,
        thinning=thinning,
    )


def _tallied(
    connection: Connection, table: str, features: FeatureSet, units: int, longest: int
) -> tuple[Integers, Integers, Array]:
    """Unit, feature and count of all that is not 0, in this order. Counted in tables of so many units at a time."""
    step = max(1, CELLS_AT_ONCE // features.width)
    found = []
    for first in range(0, max(units, 1), step):
        counts = np.zeros((min(step, units - first), features.width))
        texts = (
            f"SELECT CAST(unit - {first} AS INTEGER) AS cell, text FROM {table} "
            f"WHERE unit >= {first} AND unit < {first + step}"
        )
        tally(connection, texts, features, features.cuts, counts, longest=longest)
        unit, feature = np.nonzero(counts)
        found.append((unit + first, feature, counts[unit, feature]))
    units_of, features_of, counts_of = (np.concatenate(part) for part in zip(*found, strict=True))
    return units_of, features_of, counts_of


def _thinning(rows: int, size: int, units: int) -> int:
    """The smallest s that brings rows and bytes within their bounds, or leaves few enough units for it not to matter."""
    s = 0
    while (rows > ROWS_AT_MOST << s or size > BYTES_AT_MOST << s) and units >= UNITS_AT_LEAST << (s + 1):
        s += 1
    return s
