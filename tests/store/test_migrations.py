"""Stores of before and of after, and what other versions of DuckDB make of one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from provenance_audit.errors import StoreError, UsageError
from provenance_audit.findings import Report
from provenance_audit.store import TABLES, VERSION, history, report_of, save, trend
from tests.store.conftest import ask

# The tables of version 1, as the first stores had them.
V1 = {
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


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1 with one run and one finding."""
    path = tmp_path / "old.duckdb"
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{path}' AS store (STORAGE_VERSION 'v1.5.0')")
    connection.execute("CREATE TABLE store.paudit_store (version INTEGER)")
    connection.execute("INSERT INTO store.paudit_store VALUES (1)")
    for name, columns in V1.items():
        connection.execute(f"CREATE TABLE store.{name} ({columns})")
    connection.execute(
        "INSERT INTO store.run VALUES (1, '0.0.9', '2026-01-01T00:00:00+00:00', 1.0, 0, 'FAIL', 1, "
        '\'{"paths": ["a.jsonl", "b.jsonl"], "student": "acme/s"}\', \'{}\')'
    )
    connection.execute(
        "INSERT INTO store.finding VALUES (1, 'PA202', 'shared-base', 'critical', 'high', 'm', '{}', '{}', 'pa1:00', 'active', true)"
    )
    connection.execute(
        "INSERT INTO store.test VALUES (1, 'PA301', 'g0', 'exact', 'value', 9, 9, 0, .01, .02, .5, .4, .6, .1, 0)"
    )
    connection.close()
    return path


def test_an_older_store_is_read_as_it_is(old: Path) -> None:
    before = old.read_bytes()
    (row,) = history(old)
    assert (row.verdict, row.active, row.gating, row.dataset) == ("FAIL", 1, 1, "")
    with pytest.raises(UsageError, match="earlier version"):
        report_of(old, 1)
    assert old.read_bytes() == before


def test_an_older_store_becomes_a_newer_one_when_it_is_written(report: Report, old: Path) -> None:
    assert save(report, old) == 2
    assert ask(old, "SELECT version FROM paudit_store") == [(VERSION,)]
    assert ask(old, "SELECT state, gating, owner FROM ruling WHERE run = 1") == [("active", True, None)]
    assert ask(old, "SELECT dataset, student FROM run WHERE run = 1") == [("a.jsonl, b.jsonl", "acme/s")]
    assert [row.effect for row in trend(old, "a.jsonl, b.jsonl")] == [0.5]


def test_a_migrated_store_has_the_columns_of_a_new_one(report: Report, old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.duckdb"
    save(report, new)
    save(report, old)
    columns = "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    assert ask(old, columns) == ask(new, columns)


def test_every_table_and_column_says_what_it_holds(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "audit.duckdb"
    save(report, path)
    said = dict(ask(path, "SELECT table_name, comment FROM duckdb_tables()"))
    assert {table.name: table.row for table in TABLES}.items() <= said.items()
    silent = "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal AND table_name <> 'paudit_store'"
    assert ask(path, silent) == [(0,)]


def test_a_migration_that_fails_changes_nothing(
    report: Report, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from provenance_audit.store import tables

    monkeypatch.setitem(tables.MIGRATIONS, 1, (*tables.MIGRATIONS[1][:2], "SELECT * FROM nowhere"))
    with pytest.raises(StoreError):
        save(report, old)
    assert ask(old, "SELECT version FROM paudit_store") == [(1,)]
    monkeypatch.undo()
    assert save(report, old) == 2


def test_the_file_is_of_the_version_that_duckdb_1_5_reads(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "audit.duckdb"
    for _ in range(2):  # made, and then written to by this DuckDB
        save(report, path)
        tags = ask(path, "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal")
        assert str(tags[0][0]).startswith("v1.5.0"), tags
