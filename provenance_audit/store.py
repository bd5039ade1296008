"""Past runs, as DuckDB tables: only what is small. The file is readable by DuckDB 1.5 and 2.

A run is written in one transaction; a new file is made beside its place and renamed. Each table has `run`, the id of
the run; `docs/store.md` describes them.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from provenance_audit.database import Connection, Error, open_file
from provenance_audit.errors import UsageError
from provenance_audit.findings import Report

VERSION = 1

TABLES = {
    "run": "run BIGINT, version VARCHAR, started VARCHAR, seconds DOUBLE, seed UBIGINT, verdict VARCHAR, exit_code INTEGER, arguments VARCHAR, gate VARCHAR",
    "input": "run BIGINT, path VARCHAR, role VARCHAR, bytes BIGINT, sha256 VARCHAR, rows BIGINT, trained_rows BIGINT, container VARCHAR, schema VARCHAR, error VARCHAR, etag VARCHAR",
    "maker": "run BIGINT, maker VARCHAR, id VARCHAR, revision VARCHAR, role VARCHAR, prompt VARCHAR, rows BIGINT",
    "assertion": "run BIGINT, subject VARCHAR, predicate VARCHAR, object VARCHAR, object_id VARCHAR, tier INTEGER, locator VARCHAR",
    "pair": "run BIGINT, maker VARCHAR, role VARCHAR, student VARCHAR, relation VARCHAR, common_ancestor VARCHAR, displacement VARCHAR, rows BIGINT, share DOUBLE, confidence VARCHAR",
    "block_rows": "run BIGINT, side VARCHAR, group_name VARCHAR, maker VARCHAR, block INTEGER, rows BIGINT, digest UBIGINT",
    "block_count": "run BIGINT, side VARCHAR, group_name VARCHAR, family VARCHAR, block INTEGER, feature INTEGER, count BIGINT",
    "test": "run BIGINT, id VARCHAR, group_name VARCHAR, design VARCHAR, family VARCHAR, n_data BIGINT, n_control BIGINT, statistic DOUBLE, p DOUBLE, p_adjusted DOUBLE, effect DOUBLE, low DOUBLE, up DOUBLE, minimum_detectable DOUBLE, seed UBIGINT",
    "finding": "run BIGINT, id VARCHAR, name VARCHAR, severity VARCHAR, confidence VARCHAR, message VARCHAR, subject VARCHAR, evidence VARCHAR, fingerprint VARCHAR, state VARCHAR, gating BOOLEAN",
}


def check_store(path: Path) -> None:
    """Refuse, before a scan is made, a place where its result could not be kept."""
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path.parent} is no directory that can be written to", remedy="create it first")
    if path.exists():
        _guarded(path, lambda connection: _version(connection, path))


def save(report: Report, path: Path) -> int:
    """Keep a run, and return its id. The file is left as it was if anything fails."""
    if path.exists():
        return _guarded(path, lambda connection: _append(connection, report, path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        run = _guarded(temporary, lambda connection: _append(connection, report, path))
        temporary.replace(path)
    finally:
        for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
            leftover.unlink(missing_ok=True)
    return run


def _guarded(path: Path, work: Callable[[Connection], int]) -> int:
    try:
        with open_file(path) as connection:
            return work(connection)
    except Error as error:
        reason = str(error).splitlines()[0]
        remedy = "another program has it open" if "lock" in reason.lower() else "give --db another file"
        raise UsageError(f"{path} cannot be used as a store: {reason}", remedy=remedy) from error


def _version(connection: Connection, path: Path) -> int:
    tables = {
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store'"
        ).fetchall()
    }
    if not tables:
        return 0
    if "paudit_store" not in tables:
        raise UsageError(f"{path} is a database of something else", remedy="give --db another file")
    version = int(connection.execute("SELECT max(version) FROM store.paudit_store").fetchall()[0][0])
    if version > VERSION:
        raise UsageError(
            f"{path} was written by a newer paudit (store version {version})", remedy="upgrade paudit"
        )
    return version


def _append(connection: Connection, report: Report, path: Path) -> int:
    new = _version(connection, path) == 0
    connection.execute("BEGIN")
    try:
        if new:
            connection.execute("CREATE TABLE store.paudit_store (version INTEGER)")
            connection.execute(f"INSERT INTO store.paudit_store VALUES ({VERSION})")
            for name, columns in TABLES.items():
                connection.execute(f"CREATE TABLE store.{name} ({columns})")
        run = int(connection.execute("SELECT coalesce(max(run), 0) + 1 FROM store.run").fetchall()[0][0])
        for name, rows in _rows(report):
            _insert(connection, name, [(run, *row) for row in rows])
        for table in report.counts:
            _insert_counts(connection, run, table.side, table.group, table.counts.families)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return run


def _rows(report: Report) -> Iterable[tuple[str, Sequence[tuple[Any, ...]]]]:
    run = report.run
    yield "run", [
        (report.version, run.started, run.seconds, run.seed, report.verdict, report.exit_code,
         json.dumps(dict(run.arguments)), json.dumps(dict(run.gate)))
    ]  # fmt: skip
    yield (
        "input",
        [
            (
                one.path,
                one.role,
                one.bytes,
                one.sha256,
                one.rows,
                one.trained_rows,
                one.container,
                one.schema,
                one.error,
                one.etag,
            )
            for one in report.inputs
        ],
    )
    yield (
        "maker",
        [(one.maker, one.id, one.revision, one.role, one.prompt, one.rows) for one in report.lineage.makers],
    )
    yield (
        "assertion",
        [
            (one.subject, one.predicate, one.object, one.object_id, one.tier, one.locator)
            for one in report.lineage.assertions
        ],
    )
    yield "pair", [
        (one.maker, one.role, one.student, one.relation, one.common_ancestor, one.displacement, one.rows, one.share,
         one.confidence)
        for one in report.lineage.pairs
    ]  # fmt: skip
    yield "test", [
        (one.id, one.groups[0], one.design, one.family, *one.n, _number(one.statistic), one.p, one.p_adjusted,
         _number(one.effect), *map(_number, one.interval), _number(one.minimum_detectable), one.seed)
        for one in report.tests
    ]  # fmt: skip
    yield "finding", [
        (one.finding.id, one.finding.name, one.finding.severity, one.finding.confidence, one.finding.message,
         json.dumps(dict(one.finding.subject)), json.dumps(dict(one.finding.evidence), default=str),
         one.finding.fingerprint, one.state, one.gating)
        for one in report.rulings
    ]  # fmt: skip
    yield (
        "block_rows",
        [
            (
                table.side,
                table.group,
                table.maker,
                block,
                int(rows),
                int(table.counts.digest[block]) if table.counts.digest is not None else None,
            )
            for table in report.counts
            for block, rows in enumerate(table.counts.rows)
        ],
    )


def _insert(connection: Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO store.{table} VALUES ({marks})", [list(row) for row in rows])


def _insert_counts(connection: Connection, run: int, side: str, group: str, families: Any) -> None:
    """The non-zero counts of one group. Lists of numbers go in as one parameter each: a count is no place for a loop."""
    for family, table in families.items():
        blocks, features = np.nonzero(table)
        connection.execute(
            "INSERT INTO store.block_count SELECT ?, ?, ?, ?, unnest(CAST(? AS INTEGER[])), "
            "unnest(CAST(? AS INTEGER[])), unnest(CAST(? AS BIGINT[]))",
            [
                run,
                side,
                group,
                family,
                blocks.tolist(),
                features.tolist(),
                table[blocks, features].astype(int).tolist(),
            ],
        )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
