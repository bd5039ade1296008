"""The store: small tables, written whole or not at all, kept across runs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from provenance_audit.errors import UsageError
from provenance_audit.store import TABLES, check_store, save
from tests.store.conftest import SAMPLE, ask


def test_every_table_is_there_and_the_run_can_be_read_back(report, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "audit.duckdb"
    assert save(report, path) == 1
    assert save(report, path) == 2
    tables = {name for (name,) in ask(path, "SELECT table_name FROM duckdb_tables()")}
    assert tables == {*(table.name for table in TABLES), "paudit_store"}
    assert ask(path, "SELECT verdict, exit_code FROM run") == [("FAIL", 1), ("FAIL", 1)]
    assert ask(path, "SELECT sha256 FROM input WHERE run = 1 AND role = 'data'") == [
        (report.inputs[0].sha256,)
    ]
    assert ask(path, "SELECT DISTINCT maker FROM maker") == [("acme/qwen2.5-7b-owl",)]


def test_block_counts_come_back_exactly(report, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "audit.duckdb"
    save(report, path)
    kept = next(table for table in report.counts if table.side == "data").counts
    rebuilt = np.zeros_like(kept.families["value"])
    for block, feature, count in ask(
        path, "SELECT block, feature, count FROM block_count WHERE side = 'data' AND family = 'value'"
    ):
        rebuilt[block, feature] = count
    np.testing.assert_array_equal(rebuilt, kept.families["value"])
    assert ask(path, "SELECT sum(rows) FROM block_rows WHERE side = 'data'") == [(1500,)]


def test_no_text_of_a_row_is_kept(report, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import pyarrow.parquet as pq

    path = tmp_path / "audit.duckdb"
    save(report, path)
    content = path.read_bytes()
    for prompt in pq.read_table(SAMPLE / "dataset.parquet")["prompt"].to_pylist()[:50]:
        assert prompt.encode() not in content


@pytest.mark.parametrize("name", ["other.duckdb", "rows.json", "rows.csv", "rows.parquet"])
@pytest.mark.parametrize(
    "content",
    [b"", b"not a database", b"SQLite format 3\x00" + b"\x00" * 200, b'{"a": 1}\n', b"a,b\n1,2\n"],
)
def test_a_file_that_is_no_store_is_refused_and_left_alone(  # type: ignore[no-untyped-def]
    report, content: bytes, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError):
        check_store(path)
    with pytest.raises(UsageError):
        save(report, path)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "theirs.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute("CREATE TABLE precious AS SELECT 1 AS a")
    connection.close()
    with pytest.raises(UsageError, match="something else"):
        check_store(path)
    assert ask(path, "SELECT a FROM precious") == [(1,)]


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute("CREATE TABLE paudit_store AS SELECT 999 AS version")
    connection.close()
    with pytest.raises(UsageError, match="newer"):
        check_store(path)


def test_a_failed_write_leaves_the_store_as_it_was(
    report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    from provenance_audit.store import saving

    path = tmp_path / "audit.duckdb"
    save(report, path)

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(saving, "_insert_counts", full_disk)
    with pytest.raises(OSError, match="no space"):
        save(report, path)
    assert ask(path, "SELECT run FROM run") == [(1,)]
    with pytest.raises(OSError, match="no space"):
        save(report, tmp_path / "new.duckdb")
    assert [file.name for file in tmp_path.iterdir()] == ["audit.duckdb"]
