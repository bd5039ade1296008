"""The tables of a store, each column with its type and what it holds; and how an older store becomes a newer one.

The descriptions are in the file too: `SELECT table_name, comment FROM duckdb_tables()`.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row of it is, and (column, type, what it holds) for each column."""

    name: str
    row: str
    columns: tuple[tuple[str, str, str], ...]

    @property
    def definition(self) -> str:
        """The columns as SQL."""
        return ", ".join(f"{name} {kind}" for name, kind, _ in self.columns)


_RUN = ("run", "BIGINT", "the run, numbered from 1")

TABLES: tuple[Table, ...] = (
    Table(
        "run",
        "one scan",
        (
            _RUN,
            ("version", "VARCHAR", "of paudit"),
            ("started", "VARCHAR", "ISO 8601, UTC"),
            ("seconds", "DOUBLE", "that it took"),
            ("seed", "UBIGINT", "of the resampling"),
            ("verdict", "VARCHAR", "FAIL, INCOMPLETE, REVIEW, NO FINDING"),
            ("exit_code", "INTEGER", "of the command"),
            ("arguments", "VARCHAR", "what was asked, as JSON"),
            ("gate", "VARCHAR", "thresholds, profile and policy, as JSON"),
            ("dataset", "VARCHAR", "as the command named it"),
            ("rows", "BIGINT", "trained rows of the data"),
            ("student", "VARCHAR", "with its revision"),
            ("reasons", "VARCHAR[]", "for the verdict, the first first"),
            ("cached", "VARCHAR", "start of the run that looked at the rows, if it was an earlier one; its block counts are this run's"),
            ("report", "VARCHAR", "the JSON report, whole"),
        ),
    ),
    Table(
        "input",
        "one file that was read, or could not be",
        (
            _RUN,
            ("path", "VARCHAR", "as named"),
            ("role", "VARCHAR", "data, control, raw, rejects"),
            ("bytes", "BIGINT", "its size"),
            ("sha256", "VARCHAR", "of its bytes"),
            ("rows", "BIGINT", "records"),
            ("trained_rows", "BIGINT", "completions"),
            ("container", "VARCHAR", "parquet, jsonl, …"),
            ("schema", "VARCHAR", "the schema that was recognised"),
            ("error", "VARCHAR", "why it could not be read"),
            ("etag", "VARCHAR", "of a remote object, in place of a digest"),
        ),
    ),
    Table(
        "maker",
        "one model that made, changed or judged rows",
        (
            _RUN,
            ("maker", "VARCHAR", "as written"),
            ("id", "VARCHAR", "as normalised"),
            ("revision", "VARCHAR", "if it is pinned"),
            ("role", "VARCHAR", "generator, judge, …"),
            ("prompt", "VARCHAR", "none, unrecorded, or a digest"),
            ("rows", "BIGINT", "its rows"),
        ),
    ),
    Table(
        "assertion",
        "one statement by one source",
        (
            _RUN,
            ("subject", "VARCHAR", "what it is about"),
            ("predicate", "VARCHAR", "base, maker, student, …"),
            ("object", "VARCHAR", "as written"),
            ("object_id", "VARCHAR", "as normalised"),
            ("tier", "INTEGER", "0 signed to 5 inferred"),
            ("locator", "VARCHAR", "file and place in it"),
        ),
    ),
    Table(
        "pair",
        "one maker beside the student",
        (
            _RUN,
            ("maker", "VARCHAR", "its id"),
            ("role", "VARCHAR", "generator, judge, …"),
            ("student", "VARCHAR", "with its revision"),
            ("relation", "VARCHAR", "shared-base, …"),
            ("common_ancestor", "VARCHAR", "the nearest"),
            ("displacement", "VARCHAR", "what separates the maker from it"),
            ("rows", "BIGINT", "the maker's rows"),
            ("share", "DOUBLE", "of the trained rows"),
            ("confidence", "VARCHAR", "of the relation"),
            ("level", "VARCHAR", "of the risk matrix"),
        ),
    ),
    Table(
        "block_rows",
        "the rows of one group in one block",
        (
            _RUN,
            ("side", "VARCHAR", "data or control"),
            ("group_name", "VARCHAR", "of the group"),
            ("maker", "VARCHAR", "of the group"),
            ("block", "INTEGER", "of prompts, by hash"),
            ("rows", "BIGINT", "of the group in it"),
            ("digest", "UBIGINT", "of the prompts in it"),
        ),
    ),
    Table(
        "block_count",
        "one feature of one group in one block",
        (
            _RUN,
            ("side", "VARCHAR", "data or control"),
            ("group_name", "VARCHAR", "of the group"),
            ("family", "VARCHAR", "of features"),
            ("block", "INTEGER", "of prompts, by hash"),
            ("feature", "INTEGER", "in the family"),
            ("count", "BIGINT", "how often"),
        ),
    ),
    Table(
        "test",
        "one feature family of one test, significant or not",
        (
            _RUN,
            ("id", "VARCHAR", "of the check"),
            ("group_name", "VARCHAR", "that was tested"),
            ("design", "VARCHAR", "exact, block-paired, unclustered"),
            ("family", "VARCHAR", "of features"),
            ("n_data", "BIGINT", "rows"),
            ("n_control", "BIGINT", "rows"),
            ("statistic", "DOUBLE", "of the test"),
            ("p", "DOUBLE", "of this family"),
            ("p_adjusted", "DOUBLE", "over all families"),
            ("effect", "DOUBLE", "in bits"),
            ("low", "DOUBLE", "lower end of its 90 % interval"),
            ("up", "DOUBLE", "upper end"),
            ("minimum_detectable", "DOUBLE", "bits that would have been seen in 80 % of repetitions"),
            ("seed", "UBIGINT", "of the resampling"),
            ("limit_bits", "DOUBLE", "that the lower end must reach to count as high"),
        ),
    ),
    Table(
        "finding",
        "one thing wrong",
        (
            _RUN,
            ("id", "VARCHAR", "of the check"),
            ("name", "VARCHAR", "of the check"),
            ("severity", "VARCHAR", "info to critical"),
            ("confidence", "VARCHAR", "low to high"),
            ("message", "VARCHAR", "what is wrong"),
            ("subject", "VARCHAR", "what it is about, as JSON"),
            ("evidence", "VARCHAR", "as JSON"),
            ("fingerprint", "VARCHAR", "the same wherever the finding is the same"),
        ),
    ),
    Table(
        "ruling",
        "what policy made of one finding",
        (
            _RUN,
            ("fingerprint", "VARCHAR", "of the finding"),
            ("state", "VARCHAR", "active, waived, baseline, ignored"),
            ("gating", "BOOLEAN", "whether it failed the gate"),
            ("category", "VARCHAR", "of the waiver"),
            ("reason", "VARCHAR", "of the waiver"),
            ("owner", "VARCHAR", "of the waiver"),
            ("expires", "VARCHAR", "of the waiver"),
            ("ticket", "VARCHAR", "of the waiver"),
        ),
    ),
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}

# From each version to the next, in SQL. `{table}` is the database's prefix. What is new is NULL in the runs of before.
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        *(f"ALTER TABLE store.run ADD COLUMN {column}" for column in (
            "dataset VARCHAR", "rows BIGINT", "student VARCHAR", "reasons VARCHAR[]", "cached VARCHAR", "report VARCHAR",
        )),
        "UPDATE store.run SET dataset = array_to_string(CAST(json_extract_string(arguments, '$.paths[*]') AS VARCHAR[]), ', '), "
        "student = json_extract_string(arguments, '$.student'), cached = ''",
        "ALTER TABLE store.pair ADD COLUMN level VARCHAR",
        "ALTER TABLE store.test ADD COLUMN limit_bits DOUBLE",
        f"CREATE TABLE store.ruling ({BY_NAME['ruling'].definition})",
        "INSERT INTO store.ruling SELECT run, fingerprint, state, gating, NULL, NULL, NULL, NULL, NULL FROM store.finding",
        "ALTER TABLE store.finding DROP COLUMN state",
        "ALTER TABLE store.finding DROP COLUMN gating",
    ),
}  # fmt: skip


def comments() -> list[str]:
    """The descriptions, as SQL."""
    statements = []
    for table in TABLES:
        statements.append(f"COMMENT ON TABLE store.{table.name} IS '{table.row}'")
        statements += [
            f"COMMENT ON COLUMN store.{table.name}.{name} IS '{what.replace(chr(39), chr(39) * 2)}'"
            for name, _, what in table.columns
        ]
    return statements
