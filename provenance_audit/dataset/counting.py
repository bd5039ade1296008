"""Counting: from rows in the engine to `BlockCounts`, one scan for each column of text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from provenance_audit.database import Connection
from provenance_audit.dataset.census import BLOCKS, COMPARED, GROUP_KEY, THREAD_HASH, Group
from provenance_audit.dataset.features import FeatureSet
from provenance_audit.stats.counts import Array, BlockCounts

FEWEST_BLOCKS = 64
CELLS_AT_MOST = 32_000_000
# Which rows of a thinned group are counted is told by bits of the hash that the block number does not use.
THINNING_BITS = 8
OTHER = "other"

# Rows of each block, and the sum of their prompt hashes modulo 2^64.
Head = tuple[Array, NDArray[np.uint64]]


def count_blocks(
    connection: Connection,
    view: str,
    groups: Sequence[Group],
    features: FeatureSet,
    column: str,
    *,
    clustered: bool,
    distinct: bool = False,
    rows_at_most: int | None = None,
) -> dict[str, BlockCounts]:
    """Take each text of a column apart once, and count its features by group and block.

    Rows that a judge or a filter rejected are left out. view: of canonical rows, of which the census was taken. clustered: whether blocks are prompts. distinct: identical
    completions count once. rows_at_most: of a larger group, the rows of one prompt in 2^s, nested by hash.
    """
    blocks = BLOCKS if len(groups) * BLOCKS * features.width <= CELLS_AT_MOST else FEWEST_BLOCKS
    thinning = [_thinning(group.rows, rows_at_most) for group in groups]
    rows = _rows(view, groups, thinning, distinct=distinct)
    cell = f"CAST((g * {blocks} + CAST(h % {blocks} AS INTEGER)) * {features.width} AS INTEGER)"
    source = f"(SELECT {cell} AS base, {column} AS text FROM ({rows}) WHERE {column} IS NOT NULL)"
    found = connection.execute(
        f"SELECT key, count(*) AS n FROM ({features.explode(source, features.offsets)}) WHERE key IS NOT NULL GROUP BY key"
    ).fetchnumpy()
    flat = np.zeros(len(groups) * blocks * features.width)
    flat[np.asarray(found["key"], dtype=np.int64)] = found["n"]
    counts = flat.reshape(len(groups), blocks, features.width)
    # What the census counted need not be counted again, unless some of its rows are left out here.
    cut = distinct or any(thinning)
    heads = _heads(
        connection,
        _head_of_rows(rows, blocks) if cut else _head_of_census(view, groups, blocks),
        len(groups),
        blocks,
    )
    return {
        group.name: BlockCounts(
            heads[number][0],
            features.tables(counts[number]),
            heads[number][1] if clustered else None,
            thinning[number],
        )
        for number, group in enumerate(groups)
    }


def groups_at_most(features: FeatureSet) -> int:
    """How many groups can be tested alone within the bound on cells."""
    return CELLS_AT_MOST // (FEWEST_BLOCKS * features.width)


def _thinning(rows: int, rows_at_most: int | None) -> int:
    """The smallest s for which rows / 2^s is within the bound."""
    return 0 if rows_at_most is None else max(0, (rows - 1) // rows_at_most).bit_length()


def _rows(view: str, groups: Sequence[Group], thinning: Sequence[int], *, distinct: bool) -> str:
    """SQL of the rows that are counted, with the number of their group, g, and the hash of their thread, h."""
    rows = (
        f"SELECT *, {_group_number(GROUP_KEY, groups)} AS g, {THREAD_HASH} AS h FROM {view} "
        f"WHERE completion IS NOT NULL AND {COMPARED}"
    )
    if any(thinning):
        kept = " ".join(f"WHEN {group} THEN {2**s}" for group, s in enumerate(thinning))
        rows = f"SELECT * FROM ({rows}) WHERE (h >> {THINNING_BITS}) % (CASE g {kept} END) = 0"
    if distinct:
        rows += " QUALIFY row_number() OVER (PARTITION BY completion ORDER BY thread) = 1"
    return rows


def _head_of_rows(rows: str, blocks: int) -> str:
    return (
        f"SELECT g, CAST(h % {blocks} AS INTEGER) AS b, count(*), "
        f"CAST(sum(h) % 18446744073709551616 AS UBIGINT) FROM ({rows}) GROUP BY g, b"
    )


def _head_of_census(view: str, groups: Sequence[Group], blocks: int) -> str:
    return (
        f"SELECT {_group_number('key', groups)} AS g, block % {blocks} AS b, sum(rows), "
        f"CAST(sum(digest) % 18446744073709551616 AS UBIGINT) FROM {view}_census WHERE compared GROUP BY g, b"
    )


def _heads(connection: Connection, sql: str, groups: int, blocks: int) -> list[Head]:
    rows = np.zeros((groups, blocks))
    digest = np.zeros((groups, blocks), dtype=np.uint64)
    for group, block, n, total in connection.execute(sql).fetchall():
        rows[group, block] = n
        digest[group, block] = total or 0
    return list(zip(rows, digest, strict=True))


def _group_number(key: str, groups: Sequence[Group]) -> str:
    """SQL of the position of a row's group; the last one takes what no other does."""
    cases = " ".join(
        f"WHEN {group.key} THEN {number}" for number, group in enumerate(groups) if group.name != OTHER
    )
    return f"CASE {key} {cases} ELSE {len(groups) - 1} END" if len(groups) > 1 else "0"
