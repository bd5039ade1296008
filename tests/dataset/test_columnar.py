"""One JSON object of columns is its rows, however it is written and however large; what is no such object is left alone."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.dataset.columnar import OversizedError, by_line
from provenance_audit.describe import describe

LIMIT = 16 << 20
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5)


def lines(text: str, folder: Path) -> list[Any] | None:
    target = folder / "rows.jsonl"
    found = by_line(io.BytesIO(text.encode("utf-8", "surrogatepass")), target, LIMIT)
    assert sorted(path.name for path in folder.iterdir()) == (["rows.jsonl"] if found else [])
    return [json.loads(line) for line in target.read_bytes().splitlines()] if found else None


@given(rows=ROWS, indent=st.sampled_from([None, 0, 3]), keyed=st.booleans())
def test_columns_are_their_rows(
    rows: list[tuple[Any, Any]], indent: int | None, keyed: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    columns: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate("ab")}
    if keyed:
        columns = {name: {str(n): value for n, value in enumerate(cells)} for name, cells in columns.items()}
    text = json.dumps(columns, indent=indent)
    assert lines(text, tmp_path_factory.mktemp("x")) == [{"a": a, "b": b} for a, b in rows]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"a": []}',
        '{"a": "b"}',
        '{"a": [1], "b": [1, 2]}',
        '{"a": [1], "b": "x"}',
        '{"a": [1]}\n{"a": [2]}',
        '{"messages": [{"role": "user"}]}',
        '{"a": [1, 2',
        '{"a": [1 2]}',
        '{"a": [1], "b"',
        "{" + '"a": [' * 100_000,
        "[" * 100_000,
    ],
)
def test_what_is_no_object_of_columns_is_left_alone(text: str, tmp_path: Path) -> None:
    assert lines(text, tmp_path) is None


def test_a_value_over_the_limit_is_said(tmp_path: Path) -> None:
    text = json.dumps({"a": ["x" * 4_000]}).encode()
    with pytest.raises(OversizedError):
        by_line(io.BytesIO(text), tmp_path / "rows.jsonl", 1_000)
    assert not list(tmp_path.iterdir())


def test_a_hundred_megabytes_are_read_with_the_usual_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    count = 200_000
    columns = {
        "prompt": [f"p{n}" for n in range(count)],
        "completion": ["word " * 100 + str(n) for n in range(count)],
    }
    path.write_text(json.dumps(columns))
    assert path.stat().st_size > 100_000_000
    seen = describe((str(path),))
    assert (seen["rows"], seen["unreadable"]) == (count, [])
