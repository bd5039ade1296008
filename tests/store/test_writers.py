"""Several writers, writers that are killed, and disks that are full: nothing that was kept is lost."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from provenance_audit.errors import BusyError, StoreError
from provenance_audit.findings import Report
from provenance_audit.store import history, save
from provenance_audit.store.opening import writing
from tests.store.conftest import ask

ROOT = Path(__file__).parents[2]
KILLS = 100


@pytest.fixture(scope="module")
def pickled(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.pickle"
    path.write_bytes(pickle.dumps(report))
    return path


def writer(store: Path, pickled: Path, count: int, *more: str) -> subprocess.Popen[str]:
    """Another process that keeps this many runs."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", str(store), str(pickled), str(count), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def complete(store: Path, report: Report) -> list[int]:
    """The runs of a store, each with all its rows in all its tables."""
    counted = ask(store, "SELECT count(*) FROM block_rows GROUP BY run ORDER BY run")
    assert len(set(counted)) <= 1
    for table, rows in (
        ("test", len(report.tests)),
        ("finding", len(report.findings)),
        ("input", len(report.inputs)),
    ):
        assert {row for (row,) in ask(store, f"SELECT count(*) FROM {table} GROUP BY run")} <= {rows}
    runs = [int(str(run)) for (run,) in ask(store, "SELECT run FROM run ORDER BY run")]
    assert len(counted) == len(runs)
    return runs


def test_two_writers_take_turns_and_both_are_kept(report: Report, pickled: Path, tmp_path: Path) -> None:
    store = tmp_path / "audit.duckdb"
    writers = [writer(store, pickled, 4) for _ in range(2)]
    said = [one.communicate(timeout=240) for one in writers]
    assert [one.returncode for one in writers] == [0, 0], said
    kept = sorted(
        int(line.split()[1]) for out, _ in said for line in out.splitlines() if line.startswith("saved")
    )
    assert kept == list(range(1, 9))
    assert complete(store, report) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["audit.duckdb"]


def test_a_store_that_is_held_is_waited_for_and_then_said_to_be(report: Report, tmp_path: Path) -> None:
    store = tmp_path / "audit.duckdb"
    save(report, store)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()", str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    began = time.monotonic()
    with pytest.raises(BusyError, match="held by another program"):
        writing(store, lambda connection: 0, patience=0.5)
    assert time.monotonic() - began >= 0.5
    holder.communicate("\n", timeout=30)
    assert save(report, store) == 2


def test_killed_in_mid_write_a_hundred_times_nothing_is_lost(
    report: Report, pickled: Path, tmp_path: Path
) -> None:
    """Two writers at a time keep run after run until they are killed. What they said to be kept is there, and every run is whole."""
    store, few = tmp_path / "audit.duckdb", pickled.with_name("few.pickle")
    few.write_bytes(pickle.dumps(replace(report, counts=report.counts[:1])))
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.killer", store, few, str(KILLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    killed, said, held = (int(word) for word in done.stdout.split())
    assert killed == KILLS
    assert held >= KILLS // 2 or not Path("/proc/self/fd").exists()
    runs = complete(store, report)
    assert runs == list(range(1, len(runs) + 1))
    # A run may be kept, and its writer killed before it could say so.
    assert said <= len(runs) <= said + KILLS
    assert [row.run for row in history(store)] == runs
    assert save(report, store) == len(runs) + 1


def test_a_file_that_may_not_grow_leaves_the_store_as_it_was(
    report: Report, pickled: Path, tmp_path: Path
) -> None:
    store = tmp_path / "audit.duckdb"
    save(report, store)
    size = store.stat().st_size
    done = writer(store, pickled, 50, str(size + 4096))
    _, errors = done.communicate(timeout=120)
    assert done.returncode == 2
    assert errors.startswith("StoreError: ")
    assert "Traceback" not in errors
    assert complete(store, report) == list(range(1, len(history(store)) + 1))
    assert save(report, store) == len(history(store))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    if (
        not mounted
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("a small disk can be mounted by root only")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(report: Report, store: Path) -> None:
    for _ in range(200):
        save(report, store)


def test_a_full_disk_leaves_the_store_as_it_was(report: Report, small_disk: Path) -> None:
    store = small_disk / "audit.duckdb"
    save(report, store)
    with pytest.raises(StoreError, match="cannot be used as a store"):
        fill(report, store)
    runs = complete(store, report)
    assert runs == list(range(1, len(runs) + 1))
    (small_disk / "ballast").write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 8192))
    with pytest.raises(StoreError):
        save(report, small_disk / "new.duckdb")
    assert sorted(path.name for path in small_disk.iterdir()) in (
        ["audit.duckdb", "ballast"],
        ["audit.duckdb", "audit.duckdb.wal", "ballast"],
    )


def test_what_a_killed_writer_left_behind_is_removed_after_a_day(report: Report, tmp_path: Path) -> None:
    old, new = (tmp_path / f".audit.duckdb.{pid}.00000000.tmp" for pid in (1, 2))
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    save(report, tmp_path / "audit.duckdb")
    assert not old.exists()
    assert new.exists()


def test_a_store_can_be_read_while_nobody_writes_even_if_it_was_not_closed(
    report: Report, pickled: Path, tmp_path: Path
) -> None:
    store = tmp_path / "audit.duckdb"
    save(report, store)
    connection = duckdb.connect(str(store))
    connection.execute("SET checkpoint_threshold = '1GB'")
    connection.execute("CREATE TABLE more AS SELECT 1 AS a")
    shutil.copy(store, tmp_path / "copy.duckdb")
    shutil.copy(f"{store}.wal", tmp_path / "copy.duckdb.wal")
    connection.close()
    assert [row.run for row in history(tmp_path / "copy.duckdb")] == [1]
