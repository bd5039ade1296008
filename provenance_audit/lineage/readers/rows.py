"""What the rows say of themselves: a maker column (tier 4; its values are names that somebody wrote)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier

SOURCE = "rows"


def read(makers: Iterable[tuple[str | None, int]], column: str) -> Iterator[Assertion]:
    """One statement for each distinct value: (value, rows)."""
    for value, rows in makers:
        if value is not None and value.strip():
            yield Assertion(
                "dataset",
                Predicate.MAKER,
                value,
                None,
                Tier.PUBLISHED,
                SOURCE,
                f"column {column}: {rows:,} rows",
                role=Role.GENERATOR,
            )
