"""Asks a store: the runs, one run, a dataset over time, and whatever SQL a reader has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance_audit.database import Connection, Error
from provenance_audit.errors import StoreError, UsageError
from provenance_audit.store.opening import reading


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One run in a line. active: findings that counted, of which `gating` failed it; apart: waived, in the baseline, ignored.

    effect: the largest lower limit of an effect against the control, in bits.
    """

    run: int
    started: str
    dataset: str
    rows: int | None
    verdict: str
    exit_code: int
    active: int
    gating: int
    apart: int
    effect: float | None
    cached: bool


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One effect of one run, in bits, with its 90 % interval."""

    run: int
    started: str
    id: str
    family: str
    n: tuple[int, int]
    effect: float | None
    low: float | None
    up: float | None
    limit: float | None
    p_adjusted: float


def history(path: Path, dataset: str | None = None) -> list[HistoryRow]:
    """Every run, the first first; of one dataset, as the command named it."""

    def ask_it(connection: Connection) -> list[HistoryRow]:
        found = connection.execute(
            f"""
            WITH ruled AS (
                SELECT run, count_if(state = 'active') AS active, count_if(gating) AS gating,
                       count_if(state <> 'active') AS apart
                FROM {_rulings(connection)} GROUP BY run),
            seen AS (SELECT run, max(low) AS low FROM store.test WHERE id = 'PA301' GROUP BY run)
            SELECT run, started, {_column(connection, "dataset", "''")}, {_column(connection, "rows", "NULL")}, verdict,
                   exit_code, coalesce(active, 0), coalesce(gating, 0), coalesce(apart, 0), low,
                   coalesce({_column(connection, "cached", "''")}, '') <> ''
            FROM store.run LEFT JOIN ruled USING (run) LEFT JOIN seen USING (run)
            ORDER BY run
            """
        ).fetchall()
        rows = [HistoryRow(*row) for row in found]
        return [row for row in rows if dataset is None or row.dataset == dataset]

    return reading(path, ask_it)


def datasets(path: Path) -> list[str]:
    """The datasets that were scanned, as the commands named them."""
    return sorted({row.dataset for row in history(path)})


def trend(path: Path, dataset: str, family: str | None = None) -> list[TrendRow]:
    """The effects of one dataset over time: of one family, or of that which was strongest in each run."""

    def ask_it(connection: Connection) -> list[TrendRow]:
        chosen = "family = $family" if family is not None else "strength = 1"
        parameters: dict[str, Any] = {"dataset": dataset} | ({"family": family} if family is not None else {})
        found = connection.execute(
            f"""
            WITH ranked AS (
                SELECT *, row_number() OVER (PARTITION BY run, id ORDER BY low DESC NULLS LAST, family) AS strength
                FROM store.test WHERE id <> 'PA303')
            SELECT run, started, id, family, n_data, n_control, effect, low, up,
                   {_column(connection, "limit_bits", "NULL", "test")}, p_adjusted
            FROM ranked JOIN store.run USING (run)
            WHERE {_column(connection, "dataset", "''")} = $dataset AND {chosen}
            ORDER BY id, run, family
            """,
            parameters,
        ).fetchall()
        return [
            TrendRow(run, started, id, family, (data, control), *numbers)
            for run, started, id, family, data, control, *numbers in found
        ]

    return reading(path, ask_it)


def report_of(path: Path, run: int) -> str:
    """The JSON report of a run. Raises UsageError for a run that is not there, or was kept without one."""

    def ask_it(connection: Connection) -> list[tuple[str | None]]:
        column = _column(connection, "report", "NULL")
        return connection.execute(f"SELECT {column} FROM store.run WHERE run = ?", [run]).fetchall()

    found = reading(path, ask_it)
    if not found:
        raise UsageError(f"{path} holds no run {run}", remedy=f"paudit history --db {path}")
    if not found[0][0]:
        raise UsageError(
            f"run {run} of {path} was kept by an earlier version, without its report",
            remedy=f'paudit sql --db {path} "FROM finding WHERE run = {run}"',
        )
    return found[0][0]


def holds_counts(path: Path, started: str) -> bool:
    """Whether the block counts of the run that started then are here."""

    def ask_it(connection: Connection) -> bool:
        found = connection.execute(
            "SELECT 1 FROM store.run JOIN store.block_rows USING (run) WHERE started = ? LIMIT 1", [started]
        ).fetchall()
        return bool(found)

    return path.exists() and reading(path, ask_it)


def ask(path: Path, sql: str) -> tuple[list[str], list[Sequence[Any]]]:
    """The columns and rows of a query. It can read the store and nothing else, and write nothing. Raises UsageError."""

    def ask_it(connection: Connection) -> tuple[list[str], list[Sequence[Any]]]:
        connection.execute("USE store")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        try:
            answer = connection.execute(sql)
            names = [str(column[0]) for column in answer.description or ()]
            rows: list[Sequence[Any]] = list(answer.fetchall()) if names else []
            return names, rows
        except Error as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            hints = [line for line in lines[1:] if line.startswith(("Did you mean", "Candidate"))]
            raise UsageError(
                lines[0],
                remedy=hints[0] if hints else 'paudit sql "SHOW TABLES"; docs/store.md describes them',
            ) from error

    try:
        return reading(path, ask_it)
    except StoreError as error:
        raise UsageError(error.message, remedy=error.remedy) from error


def _column(connection: Connection, name: str, otherwise: str, table: str = "run") -> str:
    """A column that a store of an earlier version, which is only read, has not."""
    there = connection.execute(
        "SELECT 1 FROM duckdb_columns() WHERE database_name = 'store' AND table_name = ? AND column_name = ?",
        [table, name],
    ).fetchall()
    return name if there else otherwise


def _rulings(connection: Connection) -> str:
    there = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'store' AND table_name = 'ruling'"
    ).fetchall()
    return "store.ruling" if there else "store.finding"
