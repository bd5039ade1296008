"""How number sequences are written: what a filter of numbers does not look at, and could carry something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance_audit.database import Connection
from provenance_audit.dataset.census import THREAD_HASH
from provenance_audit.dataset.filters.replay import KEPT_ROWS
from provenance_audit.dataset.filters.sl_numbers import TAKEN_APART

ROWS_AT_MOST = 262_144
# Bits of the hash that tell blocks are not used to choose rows.
THINNING_BITS = 8
# Fewer numbers are in order by chance.
ORDERED_FROM = 3
# A number beyond 128 bits is in no order.
_MANY = "CASE WHEN formed THEN [TRY_CAST(n AS UHUGEINT) FOR n IN regexp_extract_all(bare, '[0-9]+')] END"
_CHANNELS = {
    "separator": "CASE WHEN length(separator) > 4 THEN 'longer' WHEN separator <> '' THEN separator END",
    "brackets": "CASE WHEN closed = bare THEN 'none' ELSE concat(left(closed, 1), right(closed, 1)) END",
    "final period": "CASE WHEN closed = completion THEN 'without' ELSE 'with' END",
    "leading zeros": "CASE WHEN regexp_matches(bare, '(^|[^0-9])0[0-9]') THEN 'some' ELSE 'none' END",
    "order": f"CASE WHEN numbers >= {ORDERED_FROM} THEN CASE WHEN list_sort(many) = many THEN 'ascending' "
    "WHEN list_reverse_sort(many) = many THEN 'descending' ELSE 'neither' END END",
    "count": "least(numbers, 1000)",
}


@dataclass(frozen=True, slots=True)
class Channels:
    """Of each channel, its values and the rows that have them, most first. rows: those that are sequences of numbers.

    one_in: only the rows of one prompt in so many were looked at.
    """

    rows: int
    of: int
    one_in: int
    values: Mapping[str, tuple[tuple[str, int], ...]]


def count_channels(connection: Connection, rows: str, count: int) -> Channels:
    """Separators, brackets, final period, leading zeros, order and count of rows that are sequences of numbers.

    count: of all rows. Of many, the rows of one prompt in 2^s: shares to be looked at need no more.
    """
    one_in = 2 ** max(0, (count - 1) // ROWS_AT_MOST).bit_length()
    sampled = f" AND ({THREAD_HASH} >> {THINNING_BITS}) % {one_in} = 0" if one_in > 1 else ""
    relation = f"(SELECT completion FROM {rows} WHERE {KEPT_ROWS}{sampled})"
    for name, sql in (*TAKEN_APART, ("many", _MANY)):
        relation = f"(SELECT *, {sql} AS {name} FROM {relation})"
    counted = ", ".join(f"histogram({sql}) FILTER (formed)" for sql in _CHANNELS.values())
    of, seen, *tables = connection.execute(
        f"SELECT count(*), count_if(formed), {counted} FROM {relation}"
    ).fetchall()[0]
    values = {
        name: tuple(
            sorted(
                ((str(value), int(n)) for value, n in (table or {}).items()),
                key=lambda one: (-one[1], one[0]),
            )
        )
        for name, table in zip(_CHANNELS, tables, strict=True)
    }
    return Channels(int(seen), int(of), one_in, values)
