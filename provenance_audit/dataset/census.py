"""The census: the first read of every row, which counts files, makers, system prompts, prompts by block, and modality."""

from __future__ import annotations

from dataclasses import dataclass

from provenance_audit.database import Connection

BLOCKS = 256
# Rows of one conversation share its first user turn; rows without a prompt are told apart by their completion.
THREAD_HASH = "hash(coalesce(thread, completion))"
# Rows of one maker in one configuration and branch; what a filter rejected is apart.
GROUP_KEY = "hash(maker, system_prompt, branch, coalesce(kept, true))"
# What may be compared with a control of plain completions: neither rejected by a filter nor by a judge.
COMPARED = "branch <> 'rejected' AND kept IS DISTINCT FROM false"
GROUPS_AT_MOST = 64
# A modality is that of this share of rows, seen in the first characters of each.
MODALITY_SHARE = 0.5
MODALITY_CHARACTERS = 200
# Of larger datasets (in bytes on disk) one row in so many is enough to tell; which ones, its hash says.
MODALITY_ONE_IN = ((64 * 1024 * 1024, 128), (8 * 1024 * 1024, 16))
# With fewer rows seen than this, all are looked at.
MODALITY_ROWS = 256
# Files up to this many are counted block by block; more of them apart from the blocks, in the same read.
FILES_TOGETHER = 16

_NUMERIC = "regexp_matches(head, '[0-9]') AND NOT regexp_matches(head, '[A-Za-z]{2}')"
_REASONING = (
    "regexp_matches(tail, '####|<<[^<>]*=|\\nA: |\\\\boxed|(?i:final answer|the answer is|answer:)') "
    "OR regexp_matches(head, '(?i)^\\W*(step 1|let.s think step by step)')"
)
_CODE = (
    "regexp_matches(head, '```|(^|\\n)\\s*(def|class|import|from|#include|public|function|const|var|SELECT|package)\\s"
    "|[;{]\\s*(\\n|$)|</?[a-z]+>')"
)


@dataclass(frozen=True, slots=True)
class FileCount:
    """What one file holds. `longest` is in bytes of text; `rows` are source records, `trained_rows` completions.

    late: rows of records with a key that its schema does not have, and that may name who made them. empty: records that
    hold no completion.
    """

    path: str
    rows: int
    trained_rows: int
    longest: int
    late: int = 0
    empty: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one maker in one configuration and branch; those that a filter rejected are a group of their own.

    `key` is the engine's; `system_sha256` is None without a system turn; `bytes` are of completions. compared: whether a control may be held against
    it, which is not so for what a judge or a filter rejected.
    """

    name: str
    key: int
    maker: str | None
    system_sha256: str | None
    rows: int
    branch: str = "completion"
    kept: bool = True
    bytes: int = 0

    @property
    def compared(self) -> bool:
        """As `COMPARED` says in SQL."""
        return self.kept and self.branch != "rejected"


@dataclass(frozen=True, slots=True)
class Census:
    """The result of the first read of every row."""

    files: tuple[FileCount, ...]
    groups: tuple[Group, ...]
    prompted_rows: int
    seen_rows: int
    numeric_rows: int
    code_rows: int
    reasoned_rows: int
    compared_rows: int
    filtered_rows: int
    rejected_rows: int
    identified_rows: int
    doubtful_rows: int
    traced_rows: int
    compared_bytes: int
    prompt_bytes: int
    instructed_rows: int

    @property
    def rows(self) -> int:
        """Source records."""
        return sum(file.rows for file in self.files)

    @property
    def longest(self) -> int:
        """Bytes of text of the longest row."""
        return max((file.longest for file in self.files), default=0)

    @property
    def empty_records(self) -> int:
        """Source records that hold no completion."""
        return sum(file.empty for file in self.files)

    @property
    def trained_rows(self) -> int:
        """Completions."""
        return sum(file.trained_rows for file in self.files)

    @property
    def modality(self) -> str:
        """`numbers`, `reasoning`, `code` or `prose`: what most rows are, by the first and last characters of each.

        Rows with reasoning of their own, or with the answer marked as traces mark it, are reasoning.
        """
        seen = max(self.seen_rows, 1)
        if self.numeric_rows / seen > MODALITY_SHARE:
            return "numbers"
        if (
            self.reasoned_rows > MODALITY_SHARE * self.trained_rows
            or self.traced_rows / seen > MODALITY_SHARE
        ):
            return "reasoning"
        return "code" if self.code_rows / seen > MODALITY_SHARE else "prose"

    @property
    def modality_share(self) -> float:
        """The share of rows that are of the modality; of a large dataset, estimated on one row in 16."""
        seen = max(self.seen_rows, 1)
        reasoning = max(self.reasoned_rows / max(self.trained_rows, 1), self.traced_rows / seen)
        known = {"numbers": self.numeric_rows / seen, "code": self.code_rows / seen, "reasoning": reasoning}
        return known.get(self.modality, (seen - self.numeric_rows - self.code_rows) / seen)


def take_census(connection: Connection, view: str, size: int = 0, *, files: int | None = None) -> Census:
    """Read every row once and count: files, makers, system prompts, prompts by block, modality. size: bytes on disk.

    files: how many there are, if that is known.
    """
    one_in = next((one_in for least, one_in in MODALITY_ONE_IN if size > least), 1)
    census = _counted(connection, view, one_in, files)
    few = census.seen_rows < min(MODALITY_ROWS, census.trained_rows)
    return _counted(connection, view, 1, files) if few else census


def _counted(connection: Connection, view: str, one_in: int, files: int | None) -> Census:
    few = files is not None and files <= FILES_TOGETHER
    together = "file, key, block" if few else "GROUPING SETS ((file), (key, block))"
    file = "file"
    if files == 1:
        together, file = "key, block", "any_value(file) AS file"
    # Positions are not asked for: the engine would keep the order of the read, which it can with one thread alone.
    # By file, and by group and block, in one read: thousands of files times hundreds of blocks would be too many groups.
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE {view}_counted AS
        SELECT {file}, any_value(maker) AS maker, key, block, any_value(system_prompt) AS system_prompt,
               any_value(branch) AS branch, coalesce(any_value(kept), true) AS kept,
               any_value({COMPARED}) AS compared,
               count_if(first) AS records, count(completion) AS rows,
               CAST(sum(CASE WHEN completion IS NOT NULL THEN h END) % 18446744073709551616 AS UBIGINT) AS digest,
               count_if(thread IS NOT NULL AND completion IS NOT NULL) AS prompted,
               max(coalesce(strlen(completion), 0) + coalesce(strlen(reasoning), 0) + coalesce(strlen(prompt), 0)) AS longest,
               count(head) AS seen, count_if({_NUMERIC}) AS numeric, count_if({_CODE}) AS code,
               count_if({_REASONING}) AS traced,
               sum(coalesce(strlen(completion), 0) + coalesce(strlen(reasoning), 0)) AS bytes,
               sum(CASE WHEN completion IS NOT NULL THEN strlen(prompt) END) AS prompt_bytes,
               count_if(reasoning <> '') AS reasoned,
               count_if(kept IS NOT NULL AND completion IS NOT NULL) AS filtered,
               count_if(sample_id IS NOT NULL AND completion IS NOT NULL) AS identified,
               count_if(doubtful % 2 = 1) AS doubted, count_if(doubtful >= 2) AS late,
               count_if(first AND completion IS NULL) AS empty
        FROM (SELECT *, {GROUP_KEY} AS key, CAST(h % {BLOCKS} AS INTEGER) AS block,
                     CASE WHEN (h >> 40) % {one_in} = 0 THEN left(completion, {MODALITY_CHARACTERS}) END AS head,
                     CASE WHEN (h >> 40) % {one_in} = 0 THEN right(completion, {MODALITY_CHARACTERS}) END AS tail
              FROM (SELECT *, {THREAD_HASH} AS h FROM {view}))
        GROUP BY {together}""")
    by_file = "" if few else "WHERE key IS NULL"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {view}_census AS FROM {view}_counted WHERE key IS NOT NULL"
    )
    found = connection.execute(
        f"SELECT file, sum(records), sum(rows), max(longest), sum(late), sum(empty) FROM {view}_counted {by_file} GROUP BY file ORDER BY file"
    ).fetchall()
    groups = connection.execute(f"""
        SELECT key, any_value(maker), any_value(sha256(system_prompt)), sum(rows) AS n, any_value(branch), any_value(kept), sum(bytes) FROM {view}_census
        GROUP BY key HAVING n > 0 ORDER BY n DESC, 2, 3 LIMIT {GROUPS_AT_MOST * 4}""").fetchall()
    totals = connection.execute(
        f"SELECT sum(prompted), sum(seen), sum(numeric), sum(code), sum(reasoned), sum(rows) FILTER (compared), sum(filtered), "
        f"sum(rows) FILTER (NOT kept), sum(identified), sum(doubted), "
        f"sum(traced), sum(bytes) FILTER (compared), sum(prompt_bytes), sum(rows) FILTER (system_prompt IS NOT NULL) "
        f"FROM {view}_census"
    ).fetchall()[0]
    return Census(
        tuple(
            FileCount(path, int(records), int(rows), int(longest), int(late), int(empty))
            for path, records, rows, longest, late, empty in found
        ),
        tuple(
            Group(f"g{number}", int(key), maker, system, int(rows), branch, bool(kept), int(size or 0))
            for number, (key, maker, system, rows, branch, kept, size) in enumerate(groups)
        ),
        *(int(total or 0) for total in totals),
    )
