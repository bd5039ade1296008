"""`Sieve`: the rows that a filter saw, each kept or removed, and the bounded questions that may be asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from provenance_audit.database import Connection
from provenance_audit.dataset.census import BLOCKS, THREAD_HASH, take_census
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.features import FeatureSet
from provenance_audit.dataset.filters.base import Rule, passing
from provenance_audit.dataset.rows import Dataset
from provenance_audit.dataset.trail import Trail
from provenance_audit.stats.counts import Array, BlockCounts

KEPT, REMOVED = "kept", "removed"
# A judge's choice between two answers is not a filter's.
_SEEN = "completion IS NOT NULL AND kept IS NOT NULL AND branch <> 'rejected'"
# What a prompt asks its answer to look like.
_ASKED = ("comma", "semicolon", "space", "line", "bracket", "parenthes", "[", "(", "json", "list", "table")


class Match(StrEnum):
    """How alike kept and removed rows are made before they are compared.

    NONE: all rows. PROMPT_KIND: of each maker and kind of prompt (length, numbers in it, format asked for) as many of
    one side as of the other. PROMPT: of each maker and prompt.
    """

    NONE = "none"
    PROMPT_KIND = "prompt-kind"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Retention:
    """Of one maker: rows that a filter saw and rows that it kept, in each block of prompts, (B,) each."""

    maker: str | None
    seen: Array
    kept: Array


@dataclass(frozen=True, slots=True)
class Sides:
    """Kept and removed rows as they are to be compared. prompts: None where rows have none. distinct: equal answers once."""

    answers: Mapping[str, BlockCounts]
    prompts: Mapping[str, BlockCounts] | None
    distinct: Mapping[str, BlockCounts] | None

    @property
    def n(self) -> tuple[int, int]:
        """Rows, kept and removed."""
        return tuple(self.answers[side].n if side in self.answers else 0 for side in (KEPT, REMOVED))  # type: ignore[return-value]


class Sieve:
    """The rows that a filter saw. Built by `sieve_of`."""

    def __init__(self, connection: Connection, view: str, source: str, data: Dataset) -> None:
        self._connection = connection
        self._view = view
        self._data = data
        self.source = source
        kept, removed, prompted, groups = connection.execute(
            f"SELECT count_if(kept), count_if(NOT kept), count(thread), approx_count_distinct(hash(maker, system_prompt)) "
            f"FROM {view} WHERE {_SEEN}"
        ).fetchall()[0]
        self.kept, self.removed = int(kept), int(removed)
        self.has_prompts = prompted == kept + removed
        self.mixed = groups > 1

    def retention(self) -> tuple[Retention, ...]:
        """What was seen and kept of each maker, by block; most rows first."""
        found = self._connection.execute(
            f"SELECT maker, CAST({THREAD_HASH} % {BLOCKS} AS INTEGER) AS b, count(*), count_if(kept) "
            f"FROM {self._view} WHERE {_SEEN} GROUP BY maker, b"
        ).fetchall()
        tables: dict[str | None, tuple[Array, Array]] = {}
        for maker, block, seen, kept in found:
            table = tables.setdefault(maker, (np.zeros(BLOCKS), np.zeros(BLOCKS)))
            table[0][block], table[1][block] = seen, kept
        one_each = (Retention(maker, *table) for maker, table in tables.items())
        return tuple(sorted(one_each, key=lambda one: (-one.seen.sum(), one.maker or "")))

    def passing(self, rules: Sequence[Rule]) -> tuple[int, int]:
        """How many of the kept and of the removed rows every one of these rules lets through."""
        relation, predicate = passing(_on_texts(rules), f"(SELECT * FROM {self._view} WHERE {_SEEN})")
        kept, removed = self._connection.execute(
            f"SELECT count_if(kept), count_if(NOT kept) FROM {relation} WHERE {predicate}"
        ).fetchall()[0]
        return int(kept), int(removed)

    def sides(self, match: Match, features: FeatureSet, rules: Sequence[Rule] = ()) -> Sides:
        """Block counts of kept and removed rows, of those that every rule lets through."""
        view = self._matched(match, rules)
        rows = Dataset(self._connection, view, self._data.sources, (), take_census(self._connection, view))
        names = {group.name: group.maker or "" for group in rows.census.groups}

        def named(counts: Mapping[str, BlockCounts]) -> dict[str, BlockCounts]:
            return {names[group]: table for group, table in counts.items() if group in names}

        repeated = rows.repeated_share
        return Sides(
            named(rows.response_counts(features)),
            named(rows.prompt_counts()) if rows.has_prompts else None,
            named(rows.response_counts(features, distinct=True)) if repeated > 0.01 else None,
        )

    def _matched(self, match: Match, rules: Sequence[Rule]) -> str:
        """A view in which `maker` says kept or removed, and nothing else tells groups apart."""
        name = f"{self._view}_sides"
        relation, predicate = passing(_on_texts(rules), f"(SELECT * FROM {self._view} WHERE {_SEEN})")
        rows = f"SELECT * FROM {relation} WHERE {predicate}"
        if match is not Match.NONE:
            stratum = f"hash(maker, system_prompt, {_prompt_kind() if match is Match.PROMPT_KIND else 'hash(thread)'})"
            rows = f"SELECT *, {stratum} AS stratum FROM ({rows})"
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {name}_strata AS SELECT stratum, least(count_if(kept), count_if(NOT kept)) AS n "
                f"FROM ({rows}) GROUP BY stratum HAVING n > 0"
            )
            rows = (
                f"SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY stratum, kept ORDER BY hash(thread, completion)) AS copy "
                f"FROM ({rows})) JOIN {name}_strata USING (stratum) WHERE copy <= n"
            )
        alike = {
            "maker": f"CASE WHEN kept THEN '{KEPT}' ELSE '{REMOVED}' END",
            "kept": "CAST(NULL AS BOOLEAN)",
            "system_prompt": "CAST(NULL AS VARCHAR)",
            "branch": "'completion'",
        }
        columns = ", ".join(f"{alike[name]} AS {name}" if name in alike else name for name in CANONICAL)
        self._connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {columns}, 0 AS doubtful FROM ({rows})"
        )
        return name


def sieve_of(
    connection: Connection, data: Dataset, trail: Trail | None, rejects: Dataset | None
) -> Sieve | None:
    """What a filter saw: the raw rows, else the data with its rejects, else the rows that the data mark. None: no way to tell."""
    if trail is not None:
        return Sieve(connection, trail.view, "raw rows", data)
    if rejects is not None:
        columns = ", ".join(name for name in CANONICAL if name != "kept")
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW data_and_rejects AS "
            f"SELECT {columns}, kept IS DISTINCT FROM false AS kept, doubtful FROM {data.view} "
            f"UNION ALL SELECT {columns}, false, doubtful FROM {rejects.view}"
        )
        return Sieve(connection, "data_and_rejects", "rejects", data)
    if data.census.filtered_rows:
        shown = next(
            (one.projection.mapping["kept"] for one in data.sources if "kept" in one.projection.mapping),
            "kept",
        )
        return Sieve(connection, data.view, f"column {shown}", data)
    return None


def _prompt_kind() -> str:
    """SQL of a coarse kind of prompt: its length by half octaves, how many numbers it names, what format it asks for."""
    asked = ", ".join(f"contains(lower(prompt), '{word}')" for word in _ASKED)
    return (
        "hash(CAST(floor(2 * log2(coalesce(length(prompt), 0) + 1)) AS INTEGER), "
        f"least(len(regexp_extract_all(coalesce(prompt, ''), '[0-9]+')), 31), {asked})"
    )


def _on_texts(rules: Sequence[Rule]) -> list[Rule]:
    """The rules whose columns every row has."""
    return [rule for rule in rules if rule.column is None]
