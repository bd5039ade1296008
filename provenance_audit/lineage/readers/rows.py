"""What the rows say of themselves: who made them, and who judged them.

A log that names the model that answered was written by a tool as it ran (tier 2); a column of names is a statement
published with the data (tier 4); the name of a column is a hint (tier 5: it warns).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier

SOURCE = "rows"
# Rows by people have no weights behind them.
HUMANS = frozenset({"human", "humans", "human-written", "human_written"})
TIERS = {"log": Tier.WRITTEN_BY_TOOL, "column": Tier.PUBLISHED, "column name": Tier.INFERRED}


def read(
    makers: Iterable[tuple[str | None, int]],
    column: str,
    makers_from: str,
    selectors: Iterable[tuple[str, str, str, int]] = (),
) -> Iterator[Assertion]:
    """One statement for each maker (value, rows) and each judge (column, role, value, records)."""
    for value, rows in makers:
        if value is not None and value.strip():
            locator = f"{makers_from} {column}: {rows:,} rows"
            role = Role.HUMAN if value.strip().casefold() in HUMANS else Role.GENERATOR
            yield _made(value, TIERS[makers_from], locator, role)
    for name, kind, value, records in selectors:
        yield _made(value, Tier.PUBLISHED, f"column {name}: {records:,} records", Role(kind))


def _made(value: str, tier: Tier, locator: str, role: Role) -> Assertion:
    return Assertion("dataset", Predicate.MAKER, value, None, tier, SOURCE, locator, role=role)
