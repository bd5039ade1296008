"""Counting: from rows in the engine to `BlockCounts`, one scan for each way to take a text apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance_audit.database import Connection
from provenance_audit.dataset.census import BLOCKS, COMPARED, GROUP_KEY, THREAD_HASH, Group
from provenance_audit.dataset.features import FeatureSet
from provenance_audit.dataset.tally import tally
from provenance_audit.stats.counts import BlockCounts, Sample

FEWEST_BLOCKS = 64
CELLS_AT_MOST = 32_000_000
# Which rows of a thinned group are counted is told by bits of the hash that the block number does not use.
THINNING_BITS = 8
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cap:
    """The rows, and bytes of text, of a group that costly families see, about. A larger one is thinned by prompt."""

    rows: int
    bytes: int

    def thinning(self, group: Group) -> int:
        """s: the smallest for which 1/2^s of the group is within the cap."""
        return max(_halvings(group.rows, self.rows), _halvings(group.bytes, self.bytes))


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to count: SQL of a relation of canonical rows with `g`, the number of their unit, and `h`, their thread's hash.

    thinning: s of each unit. head: SQL of (g, block, rows, digest), where
    something cheaper than reading rows gives it. kept: SQL of a smaller relation that holds all rows left by the thinning.
    """

    sql: str
    thinning: tuple[int, ...]
    head: str | None = None
    kept: str | None = None

    @property
    def thinned(self) -> str:
        """SQL of the rows of one prompt in 2^s of each unit: nested, and the same on every machine."""
        rows = self.kept or self.sql
        return f"SELECT * FROM ({rows}) WHERE {sampled(self.thinning)}" if any(self.thinning) else rows


def sampled(thinning: Sequence[int]) -> str:
    """SQL of whether a row, of unit `g` and thread hash `h`, is among those of one prompt in 2^s. thinning: s of each unit."""
    masks = " ".join(f"WHEN {unit} THEN {2**s - 1}" for unit, s in enumerate(thinning) if s)
    # Of the hash's own type: else every hash is widened to 128 bits.
    mask = f"CAST(CASE g {masks} ELSE 0 END AS UBIGINT)" if len(thinning) > 1 else str(2 ** thinning[0] - 1)
    return f"(h >> {THINNING_BITS}) & {mask} = 0"


def rows_of(view: str, groups: Sequence[Group], cap: Cap | None, *, distinct: bool = False) -> Rows:
    """The rows of groups that may be compared: neither a judge nor a filter rejected them.

    view: of canonical rows, of which the census was taken. distinct: of identical completions one, under the cap for all
    families.
    """
    sql = (
        f"SELECT *, {_group_number(GROUP_KEY, groups)} AS g, {THREAD_HASH} AS h FROM {view} "
        f"WHERE completion IS NOT NULL AND {COMPARED}"
    )
    thinning = tuple(cap.thinning(group) if cap is not None else 0 for group in groups)
    if distinct:
        fewer = Rows(sql, thinning).thinned
        return Rows(
            f"SELECT * FROM ({fewer}) QUALIFY row_number() OVER (PARTITION BY completion ORDER BY thread) = 1",
            thinning,
        )
    head = (
        f"SELECT {_group_number('key', groups)} AS g, block AS b, sum(rows) AS n, {_modulo('sum(digest)')} AS digest "
        f"FROM {view}_census WHERE compared GROUP BY g, b"
    )
    return Rows(sql, thinning, head)


def blocks_within(units: int, features: FeatureSet) -> int:
    """How many blocks keep the cells of so many units within their bound."""
    return BLOCKS if units * BLOCKS * features.width <= CELLS_AT_MOST else FEWEST_BLOCKS


def units_within(features: FeatureSet) -> int:
    """How many units can be counted apart within the bound on cells."""
    return CELLS_AT_MOST // (FEWEST_BLOCKS * features.width)


def count_blocks(
    connection: Connection,
    rows: Rows,
    features: FeatureSet,
    column: str,
    *,
    blocks: int,
    clustered: bool,
    longest: int,
    every_thinned: bool = False,
) -> list[BlockCounts]:
    """Count the features of a column of text by unit and block.

    clustered: whether blocks are prompts. longest: bytes of the longest text, at most. every_thinned: the cheap families
    see no more rows than the others.
    """
    units = len(rows.thinning)
    counts = np.zeros((units, blocks, features.width))
    thinned = any(rows.thinning)
    fewer_rows = rows.thinned
    for every_row, source in ((True, rows.sql), (False, fewer_rows)):
        texts = (
            f"SELECT g * {blocks} + CAST(h % {blocks} AS INTEGER) AS cell, {column} AS text FROM ({source}) "
            f"WHERE {column} IS NOT NULL"
        )
        cuts = [cut for cut in features.cuts if (cut.every_row and not every_thinned) == every_row]
        tally(connection, texts, features, cuts, counts.reshape(-1, features.width), longest=longest)
    every = _head(
        connection, rows.head or _head_of(rows.sql), rows.thinning, blocks, clustered, thinned=False
    )
    fewer = (
        _head(connection, _head_of(fewer_rows), rows.thinning, blocks, clustered, thinned=True)
        if thinned
        else every
    )
    found = []
    for unit in range(units):
        families = features.tables(counts[unit])
        if every_thinned or not features.every_row:
            whole, samples = fewer[unit], {}
        else:
            whole = every[unit]
            costly = families.keys() - features.every_row if fewer[unit].thinning else ()
            samples = {name: fewer[unit] for name in families if name in costly}
        found.append(BlockCounts(whole.rows, families, whole.digest, whole.thinning, samples))
    return found


def _head_of(rows: str) -> str:
    return (
        f"SELECT g, CAST(h % {BLOCKS} AS INTEGER) AS b, count(*) AS n, {_modulo('sum(h)')} AS digest "
        f"FROM ({rows}) GROUP BY g, b"
    )


def _modulo(total: str) -> str:
    """SQL of a sum of hashes modulo 2^64."""
    return f"CAST(coalesce({total}, 0) % {2**64} AS UBIGINT)"


def _head(
    connection: Connection,
    sql: str,
    thinning: Sequence[int],
    blocks: int,
    clustered: bool,
    *,
    thinned: bool,
) -> list[Sample]:
    """Rows of each block, and the sum of their prompt hashes modulo 2^64, for each unit."""
    counted = np.zeros((len(thinning), blocks))
    digest = np.zeros((len(thinning), blocks), dtype=np.uint64)
    found = connection.execute(sql).fetchnumpy()
    cells = np.asarray(found["g"], dtype=np.int64), np.asarray(found["b"], dtype=np.int64) % blocks
    np.add.at(counted, cells, np.asarray(found["n"], dtype=np.float64))
    np.add.at(digest, cells, np.asarray(found["digest"], dtype=np.uint64))  # modulo 2^64, by its type
    return [
        Sample(counted[unit], _digest(digest[unit], clustered), s if thinned else 0)
        for unit, s in enumerate(thinning)
    ]


def _digest(digest: NDArray[np.uint64], clustered: bool) -> NDArray[np.uint64] | None:
    return digest if clustered else None


def _halvings(amount: int, at_most: int) -> int:
    """How often an amount must be halved to be within a bound."""
    return max(0, (amount - 1) // at_most).bit_length()


def _group_number(key: str, groups: Sequence[Group]) -> str:
    """SQL of the position of a row's group; the last one takes what no other does."""
    cases = " ".join(
        f"WHEN {group.key} THEN {number}" for number, group in enumerate(groups) if group.name != OTHER
    )
    return f"CASE {key} {cases} ELSE {len(groups) - 1} END" if len(groups) > 1 else "0"
