"""The two distributions behind a test, binned for a reader: in order where a family has an order, else where they differ most.

Nothing is judged here, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from provenance_audit.dataset.features import LABELS
from provenance_audit.dataset.features.labels import UNNAMED
from provenance_audit.findings import Bin, TestRecord
from provenance_audit.stats.counts import Array, BlockCounts

BARS = 20
# Families whose features follow each other, and may be drawn as they come.
IN_ORDER = frozenset(
    {"last-digit", "middle-digit", "leading-digit", "count", "length", "value", "line-length"}
)


def with_bins(
    records: Iterable[TestRecord], data: Mapping[str, BlockCounts], control: BlockCounts
) -> Iterator[TestRecord]:
    """The records, each with what it compared; as they are where a family was not kept."""
    for record in records:
        side = data.get(record.groups[0])
        if side is None or record.family not in side.families or record.family not in control.families:
            yield record
            continue
        bins, which = draw(
            record.family, side.families[record.family].sum(0), control.families[record.family].sum(0)
        )
        yield replace(record, bins=bins, binned=which)


def draw(family: str, data: Array, control: Array) -> tuple[tuple[Bin, ...], str]:
    """At most BARS bars of a family, and which they are. data, control: (d,) counts."""
    if not data.sum() or not control.sum():
        return (), ""
    p, q = data / data.sum(), control / control.sum()
    size = len(p)
    if family in IN_ORDER:
        width = -(-size // BARS) if size > 2 * BARS else 1
        shares = [(_range(family, at, min(at + width, size)), p[at : at + width].sum(), q[at : at + width].sum())
                  for at in range(0, size, width)]  # fmt: skip
        seen = [number for number, (_, a, c) in enumerate(shares) if a or c]
        return tuple(
            Bin(label, float(a), float(c)) for label, a, c in shares[seen[0] : seen[-1] + 1]
        ), "in order"
    seen_features = np.flatnonzero(p + q)
    apart = (p - q)[seen_features] ** 2 / (p + q)[seen_features]
    label = LABELS.get(family, UNNAMED)
    order = seen_features[np.argsort(-apart, kind="stable")[:BARS]]
    bins = tuple(Bin(label(int(one)), float(p[one]), float(q[one])) for one in order)
    if len(bins) == len(seen_features):
        return bins, f"all {len(bins)}, furthest apart first" if len(bins) > 1 else "the only one seen"
    return bins, f"the {len(bins)} of {len(seen_features):,} that differ most"


def _range(family: str, start: int, end: int) -> str:
    if family == "value":
        return f"…{start:03d}–{end - 1:03d}" if end - start > 1 else f"…{start:03d}"
    return str(start) if end - start == 1 else f"{start}–{end - 1}"
