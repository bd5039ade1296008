"""`Dataset`: the named, bounded questions that may be asked of rows. Rows never come into Python; small tables do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from provenance_audit.database import Connection, glob_escape, literal
from provenance_audit.dataset.adapters import Projection
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.features import BY_MODALITY, PROMPTS, FeatureSet
from provenance_audit.dataset.files import Container, DataFile
from provenance_audit.stats.counts import Array, BlockCounts

BLOCKS = 256
FEWEST_BLOCKS = 64
GROUPS_AT_MOST = 64
GROUP_ROWS = 500
# Prompt features of a group are counted on about this many rows; blocks use the low bits of the hash, this the next.
PROMPT_ROWS = 131_072
THINNING_BITS = 8
CELLS_AT_MOST = 32_000_000
OTHER = "other"
ALL = "all"
FOOTER_BYTES = 1024 * 1024
# A modality is that of this share of rows, seen in the first characters of each.
MODALITY_SHARE = 0.5
MODALITY_CHARACTERS = 200

# Rows of each block, and the sum of their prompt hashes.
Head = tuple[Array, "NDArray[np.uint64] | None"]

_NUMERIC = "regexp_matches(head, '[0-9]') AND NOT regexp_matches(head, '[A-Za-z]{2}')"
_CODE = (
    "regexp_matches(head, '```|(^|\\n)\\s*(def|class|import|from|#include|public|function|const|var|SELECT|package)\\s"
    "|[;{]\\s*(\\n|$)|</?[a-z]+>')"
)
_THREAD_HASH = "hash(coalesce(thread, completion))"


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one container and one schema."""

    files: tuple[DataFile, ...]
    projection: Projection


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows, by a SQL predicate over the canonical row, that a manifest gives to one maker."""

    predicate: str
    maker: str


@dataclass(frozen=True, slots=True)
class FileCount:
    """What one file holds. `longest` is in bytes of text; `rows` are source records, `trained_rows` completions."""

    path: str
    rows: int
    trained_rows: int
    longest: int


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one maker in one configuration. `key` is the engine's; `system_sha256` is None without a system turn."""

    name: str
    key: int
    maker: str | None
    system_sha256: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Census:
    """The result of the first read of every row."""

    files: tuple[FileCount, ...]
    groups: tuple[Group, ...]
    prompted_rows: int
    numeric_rows: int
    code_rows: int

    @property
    def rows(self) -> int:
        """Source records."""
        return sum(file.rows for file in self.files)

    @property
    def trained_rows(self) -> int:
        """Completions."""
        return sum(file.trained_rows for file in self.files)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows whose completion another row has too. `largest` is the rows of the commonest completion."""

    rows: int
    duplicated: int
    distinct: int
    largest: int

    @property
    def share(self) -> float:
        """The share of rows that repeat an earlier one."""
        return (self.rows - self.distinct) / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class SystemPrompts:
    """System turns that match a pattern: in how many rows, and how many different ones."""

    rows: int
    distinct: int


def take_census(connection: Connection, view: str) -> Census:
    """Read every row once and count: files, makers, system prompts, prompts by block, modality."""
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE {view}_census AS
        SELECT file, maker, hash(maker, system_prompt) AS key, any_value(system_prompt) AS system_prompt,
               CAST({_THREAD_HASH} % {BLOCKS} AS INTEGER) AS block,
               count_if(first) AS records, count(completion) AS rows,
               CAST(sum(CASE WHEN completion IS NOT NULL THEN {_THREAD_HASH} END) % 18446744073709551616 AS UBIGINT)
                 AS digest,
               count_if(thread IS NOT NULL AND completion IS NOT NULL) AS prompted,
               max(coalesce(strlen(completion), 0) + coalesce(strlen(prompt), 0)) AS longest,
               count_if({_NUMERIC}) AS numeric, count_if({_CODE}) AS code
        FROM (SELECT *, left(completion, {MODALITY_CHARACTERS}) AS head FROM {view})
        GROUP BY file, maker, hash(maker, system_prompt), block""")
    files = connection.execute(
        f"SELECT file, sum(records), sum(rows), max(longest) FROM {view}_census GROUP BY file ORDER BY file"
    ).fetchall()
    groups = connection.execute(f"""
        SELECT key, any_value(maker), any_value(sha256(system_prompt)), sum(rows) AS n FROM {view}_census
        GROUP BY key HAVING n > 0 ORDER BY n DESC, 2, 3 LIMIT {GROUPS_AT_MOST * 4}""").fetchall()
    totals = connection.execute(
        f"SELECT sum(prompted), sum(numeric), sum(code) FROM {view}_census"
    ).fetchall()[0]
    return Census(
        tuple(
            FileCount(path, int(records), int(rows), int(longest)) for path, records, rows, longest in files
        ),
        tuple(
            Group(f"g{number}", int(key), maker, system, int(rows))
            for number, (key, maker, system, rows) in enumerate(groups)
        ),
        *(int(total or 0) for total in totals),
    )


class Dataset:
    """The rows of one side: the data, or the control. Built by `open_dataset`."""

    def __init__(
        self,
        connection: Connection,
        view: str,
        sources: tuple[Source, ...],
        damaged: tuple[Damage, ...],
        census: Census,
    ) -> None:
        self._connection = connection
        self._view = view
        self.sources = sources
        self.damaged = damaged
        self.census = census
        self._counted: dict[tuple[str, bool, bool], dict[str, BlockCounts]] = {}

    @property
    def rows(self) -> int:
        """Source records."""
        return self.census.rows

    @property
    def trained_rows(self) -> int:
        """Completions that a student would be trained on."""
        return self.census.trained_rows

    @property
    def has_prompts(self) -> bool:
        """Whether every trained row has a prompt, so that blocks are prompts."""
        return self.trained_rows > 0 and self.census.prompted_rows == self.trained_rows

    @property
    def modality(self) -> str:
        """`numbers`, `code` or `prose`: what most rows are, by the first characters of each."""
        rows = max(self.trained_rows, 1)
        if self.census.numeric_rows / rows > MODALITY_SHARE:
            return "numbers"
        return "code" if self.census.code_rows / rows > MODALITY_SHARE else "prose"

    @property
    def modality_share(self) -> float:
        """The share of rows that are of the modality."""
        numeric, code = self.census.numeric_rows, self.census.code_rows
        rows = max(self.trained_rows, 1)
        return {"numbers": numeric, "code": code}.get(self.modality, rows - numeric - code) / rows

    @cached_property
    def makers(self) -> tuple[tuple[str | None, int], ...]:
        """What rows say of their makers, verbatim, with trained rows; None for rows that say nothing. Most rows first."""
        found = self._connection.execute(
            f"SELECT maker, sum(rows) AS n FROM {self._view}_census GROUP BY maker HAVING n > 0 ORDER BY n DESC, maker"
        ).fetchall()
        return tuple((maker, int(rows)) for maker, rows in found)

    @cached_property
    def tested_groups(self) -> tuple[Group, ...]:
        """The groups large enough to be tested alone; the rest are together in *other*."""
        large = tuple(group for group in self.census.groups if group.rows >= GROUP_ROWS)[
            : self._groups_at_most
        ]
        others = self.trained_rows - sum(group.rows for group in large)
        return (*large, Group(OTHER, 0, None, None, others)) if others else large

    @property
    def features(self) -> FeatureSet:
        """The feature families of this modality."""
        return BY_MODALITY[self.modality]

    @property
    def _groups_at_most(self) -> int:
        return min(GROUPS_AT_MOST, CELLS_AT_MOST // (FEWEST_BLOCKS * self.features.width)) - 1

    @cached_property
    def duplicates(self) -> Duplicates:
        """Exact duplicates among completions, by 64-bit hash."""
        rows, duplicated, distinct, largest = self._connection.execute(f"""
            SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (n > 1), 0), count(*), coalesce(max(n), 0)
            FROM (SELECT count(*) AS n FROM {self._view} WHERE completion IS NOT NULL GROUP BY hash(completion))
            """).fetchall()[0]
        return Duplicates(int(rows), int(duplicated), int(distinct), int(largest))

    def system_prompts(self, pattern: str, *, ignoring: str = "") -> SystemPrompts:
        """System turns that match a regular expression (RE2), after what `ignoring` matches is taken out."""
        text = "lower(system_prompt)"
        if ignoring:
            text = f"regexp_replace({text}, {literal(ignoring)}, ' ', 'g')"
        rows, distinct = self._connection.execute(f"""
            SELECT coalesce(sum(rows), 0), count(DISTINCT system_prompt) FROM {self._view}_census
            WHERE regexp_matches({text}, {literal(pattern)})""").fetchall()[0]
        return SystemPrompts(int(rows), int(distinct))

    def rows_with(self, pattern: str) -> int:
        """Trained rows whose prompt, system turn or completion matches a regular expression (RE2)."""
        found = self._connection.execute(f"""
            SELECT count(*) FROM {self._view} WHERE completion IS NOT NULL
            AND regexp_matches(lower(concat_ws(chr(10), system_prompt, prompt, completion)), {literal(pattern)})
            """).fetchall()[0][0]
        return int(found)

    def response_counts(
        self, features: FeatureSet, *, whole: bool = False, distinct: bool = False
    ) -> dict[str, BlockCounts]:
        """Block counts of the completions, by tested group. whole: all rows as one group, named *all*.

        distinct: identical completions count once.
        """
        key = (features.name, whole, distinct)
        if key not in self._counted:
            self._counted[key] = self._counts(features, "completion", self._groups(whole), distinct=distinct)
        return self._counted[key]

    def prompt_counts(self, *, whole: bool = False) -> dict[str, BlockCounts]:
        """Block counts of the prompts, by tested group. whole: all rows as one group, named *all*.

        Of a large group the rows of one prompt in 2^s, nested by hash, so that some 131,072 rows are left: it takes
        few to see that two sides were asked different things.
        """
        return self._counts(PROMPTS, "prompt", self._groups(whole), rows_at_most=PROMPT_ROWS)

    def footers(self) -> tuple[tuple[str, str, str], ...]:
        """The key-value metadata of Parquet footers: (file, key, value), long values left out."""
        files = [
            file for source in self.sources for file in source.files if file.container is Container.PARQUET
        ]
        if not files:
            return ()
        names = {file.read_path: file.path for file in files}
        paths = ", ".join(literal(glob_escape(file.read_path)) for file in files)
        found = self._connection.execute(
            f"SELECT file_name, key, value FROM parquet_kv_metadata([{paths}]) "
            f"WHERE octet_length(value) <= {FOOTER_BYTES} ORDER BY ALL"
        ).fetchall()
        return tuple(
            (names.get(file, file), _decoded(key), _decoded(value))
            for file, key, value in found
            if _decoded(key) not in ("ARROW:schema", "pandas")
        )

    @property
    def maker_column(self) -> str | None:
        """The column whose values name the makers, if one was recognised."""
        return next(
            (s.projection.maker_column for s in self.sources if s.projection.maker_column is not None), None
        )

    @cached_property
    def maker_prompts(self) -> dict[str | None, tuple[tuple[str | None, int], ...]]:
        """For each maker, the SHA-256 of its system turns -> rows; at most 64 of them each."""
        prompts: dict[str | None, list[tuple[str | None, int]]] = {}
        for group in self.census.groups:
            prompts.setdefault(group.maker, []).append((group.system_sha256, group.rows))
        return {maker: tuple(found) for maker, found in prompts.items()}

    def _groups(self, whole: bool) -> tuple[Group, ...]:
        return (Group(ALL, 0, None, None, self.trained_rows),) if whole else self.tested_groups

    def shared_with(self, other: Dataset) -> tuple[Dataset, Dataset]:
        """Both sides cut to the prompts they share; of each prompt as many rows as the smaller side has."""
        connection = self._connection
        mine, theirs = f"{self._view}_shared", f"{other._view}_shared"
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE {mine}_prompts AS
            SELECT h, least(a.n, c.n) AS n
            FROM (SELECT hash(thread) AS h, count(*) AS n FROM {self._view} WHERE completion IS NOT NULL GROUP BY h) a
            JOIN (SELECT hash(thread) AS h, count(*) AS n FROM {other._view} WHERE completion IS NOT NULL GROUP BY h) c
            USING (h)""")
        cut = []
        for side, name in ((self, mine), (other, theirs)):
            connection.execute(f"""
                CREATE OR REPLACE TEMP VIEW {name} AS
                SELECT file, first, thread, prompt, system_prompt, completion, maker
                FROM (SELECT *, row_number() OVER (PARTITION BY hash(thread) ORDER BY hash(completion)) AS k
                      FROM {side._view} WHERE completion IS NOT NULL) r
                JOIN {mine}_prompts p ON hash(r.thread) = p.h AND k <= p.n""")
            cut.append(Dataset(connection, name, side.sources, side.damaged, take_census(connection, name)))
        return cut[0], cut[1]

    def _counts(
        self,
        features: FeatureSet,
        column: str,
        groups: tuple[Group, ...],
        *,
        distinct: bool = False,
        rows_at_most: int | None = None,
    ) -> dict[str, BlockCounts]:
        """One scan: each text is taken apart once, and its features are counted by group and block."""
        blocks = BLOCKS if len(groups) * BLOCKS * features.width <= CELLS_AT_MOST else FEWEST_BLOCKS
        thinning = [
            0 if rows_at_most is None else max(0, (one.rows - 1) // rows_at_most).bit_length()
            for one in groups
        ]
        number = _group_number("hash(maker, system_prompt)", groups)
        rows = f"SELECT *, {number} AS g, {_THREAD_HASH} AS h FROM {self._view} WHERE completion IS NOT NULL"
        if any(thinning):
            # Bits of the hash that the block number does not use; the same rows on every machine.
            kept = " ".join(f"WHEN {group} THEN {2**s}" for group, s in enumerate(thinning))
            rows = f"SELECT * FROM ({rows}) WHERE (h >> {THINNING_BITS}) % (CASE g {kept} END) = 0"
        if distinct:
            rows += " QUALIFY row_number() OVER (PARTITION BY completion ORDER BY thread) = 1"
        cell = f"CAST((g * {blocks} + CAST(h % {blocks} AS INTEGER)) * {features.width} AS INTEGER)"
        source = f"(SELECT {cell} AS base, {column} AS text FROM ({rows}) WHERE {column} IS NOT NULL)"
        found = self._connection.execute(
            f"SELECT key, count(*) AS n FROM ({features.explode(source, features.offsets)}) WHERE key IS NOT NULL GROUP BY key"
        ).fetchnumpy()
        flat = np.zeros(len(groups) * blocks * features.width)
        flat[np.asarray(found["key"], dtype=np.int64)] = found["n"]
        counts = flat.reshape(len(groups), blocks, features.width)
        cut = distinct or any(thinning)
        heads = self._heads(rows, len(groups), blocks) if cut else self._heads_from_census(groups, blocks)
        return {
            one.name: BlockCounts(
                heads[group][0], features.tables(counts[group]), heads[group][1], thinning[group]
            )
            for group, one in enumerate(groups)
        }

    def _heads_from_census(self, groups: tuple[Group, ...], blocks: int) -> list[Head]:
        return self._collect(
            f"SELECT {_group_number('key', groups)} AS g, block % {blocks} AS b, sum(rows), "
            f"CAST(sum(digest) % 18446744073709551616 AS UBIGINT) FROM {self._view}_census GROUP BY g, b",
            len(groups),
            blocks,
        )

    def _heads(self, rows: str, groups: int, blocks: int) -> list[Head]:
        return self._collect(
            f"SELECT g, CAST(h % {blocks} AS INTEGER) AS b, count(*), "
            f"CAST(sum(h) % 18446744073709551616 AS UBIGINT) FROM ({rows}) GROUP BY g, b",
            groups,
            blocks,
        )

    def _collect(self, sql: str, groups: int, blocks: int) -> list[Head]:
        rows = np.zeros((groups, blocks))
        digest = np.zeros((groups, blocks), dtype=np.uint64)
        for group, block, n, total in self._connection.execute(sql).fetchall():
            rows[group, block] = n
            digest[group, block] = total or 0
        return [(rows[number], digest[number] if self.has_prompts else None) for number in range(groups)]


def _group_number(key: str, groups: tuple[Group, ...]) -> str:
    """SQL of the position of a row's group; the last one takes what no other does."""
    cases = " ".join(
        f"WHEN {one.key} THEN {number}" for number, one in enumerate(groups) if one.name != OTHER
    )
    return f"CASE {key} {cases} ELSE {len(groups) - 1} END" if len(groups) > 1 else "0"


def _decoded(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
