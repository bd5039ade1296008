"""What caps leave of a large dataset, kept by the engine once: every cut of texts, and of prompts, would read all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from provenance_audit.database import Connection, threads_of
from provenance_audit.dataset.census import GROUP_KEY, Census, Group
from provenance_audit.dataset.counting import Cap, rows_of, sampled

# Text up to this many bytes is kept.
KEPT_BYTES = 256_000_000
# The engine gives a thread 122,880 rows of a table at least; kept rows are few, but their texts are most of the work.
PARTS_AT_MOST = 16
PARTED_ROWS = 16_384


def keep(
    connection: Connection, view: str, name: str, groups: Sequence[Group], *, answers: Cap, prompts: Cap
) -> str:
    """Keep the texts of the rows that a cap leaves, in a table of the engine; return SQL of its rows.

    Answers are kept under one cap and prompts under another; samples are nested, so the one with more rows holds the
    other. With them, what slices are cut by: file, position, generated_at, and the group's key.
    """
    thinning = {cap: [cap.thinning(group) for group in groups] for cap in (answers, prompts)}
    fewest = [min(pair) for pair in zip(thinning[answers], thinning[prompts], strict=True)]
    answered, asked = sampled(thinning[answers]), sampled(thinning[prompts])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT g, h, {GROUP_KEY} AS key, file, position, generated_at, "
        f"CASE WHEN {asked} THEN prompt END AS prompt, "
        f"CASE WHEN {answered} THEN reasoning END AS reasoning, CASE WHEN {answered} THEN completion END AS completion "
        f"FROM ({rows_of(view, groups, None).sql}) WHERE {sampled(fewest)}"
    )
    return in_parts(connection, name)


def in_parts(connection: Connection, table: str) -> str:
    """SQL of the rows of a kept table, as a union of a part for each thread. It has `h`, the hash of a row's thread.

    The parts are ranges of the hash, which the engine can estimate; blocks and samples go by its lowest bits. More parts
    than threads would only be more tables of counts to hold.
    """
    parts = min(threads_of(connection), PARTS_AT_MOST)
    edges = [part * 2**64 // parts for part in range(parts + 1)]
    return " UNION ALL ".join(
        f"SELECT * FROM {table} WHERE h BETWEEN {low} AND {up - 1}" for low, up in pairwise(edges)
    )


def worth_keeping(census: Census, groups: Sequence[Group], *, answers: Cap, prompts: Cap) -> bool:
    """Whether a cap leaves rows out, and what is left is small."""
    left_out = any(answers.thinning(group) for group in groups)
    each = census.prompt_bytes / max(census.trained_rows, 1)
    size = sum(
        (group.bytes >> answers.thinning(group)) + each * (group.rows >> prompts.thinning(group))
        for group in groups
    )
    return left_out and size <= KEPT_BYTES
