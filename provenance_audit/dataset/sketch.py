"""A sketch of the rows of a side: enough to tell later whether two sides hold the same rows, and no text."""

from __future__ import annotations

from collections.abc import Sequence

from provenance_audit.database import Connection
from provenance_audit.dataset.census import COMPARED

SIZE = 256
# Answers repeat by chance; so large a part of them does not.
SHARED = 0.05


def sketch(connection: Connection, view: str) -> tuple[int, ...]:
    """The smallest hashes of rows (prompt and completion), at most 256."""
    found = connection.execute(
        f"SELECT DISTINCT hash(thread, completion) AS h FROM {view} "
        f"WHERE completion IS NOT NULL AND {COMPARED} ORDER BY h LIMIT {SIZE}"
    ).fetchall()
    return tuple(int(one[0]) for one in found)


def overlap(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two sketches are of sides that share rows: over 5 % of the smaller side's that both could show."""
    if not one or not other:
        return False
    reach = min(_reach(one), _reach(other))
    mine, theirs = ({value for value in side if value <= reach} for side in (one, other))
    return len(mine & theirs) > SHARED * max(min(len(mine), len(theirs)), 1)


def _reach(values: Sequence[int]) -> int:
    """Up to which hash a sketch shows every row."""
    return max(values) if len(values) == SIZE else 2**64
