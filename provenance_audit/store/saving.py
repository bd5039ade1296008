"""Puts one run into a store."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from provenance_audit.database import Connection
from provenance_audit.findings import Report
from provenance_audit.store.opening import writing
from provenance_audit.store.tables import BY_NAME

Row = tuple[Any, ...]


def save(report: Report, path: Path, document: str = "") -> int:
    """Keep a run, and return its id. document: the JSON report. The file is as it was if anything fails."""
    return writing(path, lambda connection: _append(connection, report, document))


def _append(connection: Connection, report: Report, document: str) -> int:
    run = int(connection.execute("SELECT coalesce(max(run), 0) + 1 FROM store.run").fetchall()[0][0])
    for name, rows in _rows(report, document):
        _insert(connection, name, [(run, *row) for row in rows])
    for table in report.counts:
        _insert_counts(connection, run, table.side, table.group, table.counts.families)
    return run


def _rows(report: Report, document: str) -> Iterator[tuple[str, Sequence[Row]]]:
    run, lineage = report.run, report.lineage
    levels = {(row.role, row.relation): row.level for row in report.risk}
    yield "run", [
        (report.version, run.started, run.seconds, run.seed, report.verdict.value, report.exit_code,
         json.dumps(dict(run.arguments), default=str), json.dumps(dict(run.gate)), report.dataset.name,
         report.dataset.trained_rows, lineage.student, list(report.reasons), run.cached, document)
    ]  # fmt: skip
    yield "input", [
        (one.path, one.role, one.bytes, one.sha256, one.rows, one.trained_rows, str(one.container), one.schema, one.error,
         one.etag)
        for one in report.inputs
    ]  # fmt: skip
    yield (
        "maker",
        [(one.maker, one.id, one.revision, one.role, one.prompt, one.rows) for one in lineage.makers],
    )
    yield "assertion", [
        (one.subject, one.predicate, one.object, one.object_id, one.tier, one.locator) for one in lineage.assertions
    ]  # fmt: skip
    yield "pair", [
        (one.maker, one.role, one.student, one.relation.value, one.common_ancestor, one.displacement, one.rows, one.share,
         one.confidence.value, levels.get((one.role, one.relation)))
        for one in lineage.pairs
    ]  # fmt: skip
    yield "test", [
        (one.id, one.groups[0], one.design, one.family, *one.n, _number(one.statistic), one.p, one.p_adjusted,
         _number(one.effect), *map(_number, one.interval), _number(one.minimum_detectable), one.seed, _number(one.limit))
        for one in report.tests
    ]  # fmt: skip
    yield "finding", [
        (one.id, one.name, one.severity.value, one.confidence.value, one.message, json.dumps(dict(one.subject)),
         json.dumps(dict(one.evidence), default=str), one.fingerprint)
        for one in report.findings
    ]  # fmt: skip
    yield "ruling", [
        (one.finding.fingerprint, one.state.value, one.gating,
         *((one.waiver.category, one.waiver.reason, one.waiver.owner, one.waiver.expires, one.waiver.ticket)
           if one.waiver is not None else (None,) * 5))
        for one in report.rulings
    ]  # fmt: skip
    yield "block_rows", [
        (table.side, table.group, table.maker, block, int(rows),
         int(table.counts.digest[block]) if table.counts.digest is not None else None)
        for table in report.counts
        for block, rows in enumerate(table.counts.rows)
    ]  # fmt: skip


def _insert(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Rows go in column by column, each column as one parameter: a statement for each row would be a statement too many."""
    if rows:
        columns = BY_NAME[table].columns
        names = ", ".join(name for name, _, _ in columns)
        lists = ", ".join(f"unnest(CAST(? AS {kind}[]))" for _, kind, _ in columns)
        values = [[row[column] for row in rows] for column in range(len(columns))]
        connection.execute(f"INSERT INTO store.{table} ({names}) SELECT {lists}", values)


def _insert_counts(
    connection: Connection, run: int, side: str, group: str, families: Mapping[str, Any]
) -> None:
    """The non-zero counts of one group."""
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
