"""The same rows are the same rows, whatever they are stored in and whoever stored them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from provenance_audit.audit import audit
from provenance_audit.describe import describe
from provenance_audit.errors import MissingInputError
from provenance_audit.request import Request
from provenance_audit.stats.counts import BlockCounts
from tests.dataset.writers import ROWS, WRITERS, jsonl


def counts_of(path: Path) -> dict[str | None, BlockCounts]:
    report = audit(Request(paths=(str(path),), keep_counts=True))
    return {table.maker: table.counts for table in report.counts}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "rows.jsonl"
    path.write_bytes(jsonl(ROWS))
    return path


@pytest.mark.parametrize("name", WRITERS)
def test_a_container_changes_nothing(name: str, tmp_path: Path, plain: Path) -> None:
    path = WRITERS[name](tmp_path, ROWS)
    seen = describe((str(path),))
    assert (seen["rows"], seen["trained_rows"], seen["unreadable"]) == (len(ROWS), len(ROWS), [])
    assert [(one["maker"].replace("%2F", "/"), one["rows"]) for one in seen["makers"]] == [
        ("acme/m0", 40),
        ("acme/m1", 40),
    ]
    assert seen["modality"] == "numbers"
    for one, other in zip(counts_of(plain).values(), counts_of(path).values(), strict=True):
        assert np.array_equal(one.rows, other.rows)
        assert np.array_equal(one.digest, other.digest)  # type: ignore[arg-type]
        for family in one.families:
            assert np.array_equal(one.families[family], other.families[family]), family


def test_globs_and_several_paths_are_one_dataset(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.jsonl").write_bytes(jsonl(ROWS[number::4]))
    assert describe((str(tmp_path / "*.jsonl"),))["rows"] == len(ROWS)
    named = tuple(str(tmp_path / f"{number}.jsonl") for number in (0, 1, 0))
    assert describe(named)["rows"] == len(ROWS) // 2, "a file named twice is read once"


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.jsonl").write_bytes(jsonl(ROWS))
    root = tmp_path / "root"
    root.mkdir()
    (root / "rows.jsonl").write_bytes(jsonl(ROWS[:10]))
    (root / "link.jsonl").symlink_to(tmp_path / "outside.jsonl")
    assert describe((str(root),))["rows"] == 10


def test_sidecars_and_hidden_files_are_no_rows(tmp_path: Path) -> None:
    for name in ("dataset_info.json", "config.json", ".hidden.jsonl", "bom.cdx.json"):
        (tmp_path / name).write_bytes(jsonl(ROWS))
    with pytest.raises(MissingInputError, match="holds no data file"):
        describe((str(tmp_path),))


@pytest.mark.parametrize(
    "name", ["a b.jsonl", "it's.jsonl", "[x]*?.jsonl", "neu\nline.jsonl", "ümlaut.jsonl", "-x.jsonl"]
)
def test_odd_file_names_are_names(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(jsonl(ROWS))
    assert describe((str(tmp_path / name),))["rows"] == len(ROWS)


def test_a_quote_inside_a_cell_that_is_not_quoted_is_part_of_it(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.csv").write_text('prompt,completion\nq,5" disk\nr,6 disk\n')
    seen = describe((str(tmp_path),))
    assert (seen["rows"], seen["unreadable"]) == (40, [])


def test_a_header_that_names_twice_what_nobody_reads_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("prompt,completion,note,note\nq,a,1,2\n")
    assert describe((str(path),))["rows"] == 1
