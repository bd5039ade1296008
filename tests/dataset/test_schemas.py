"""Every schema that is read, in the shape of the real thing: `schemas/*.yaml`, each with what it should be read as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml

from provenance_audit.database import open_engine
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.files import find
from provenance_audit.dataset.open import open_dataset

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.yaml"))


def read(paths: list[Path], mapping: dict[str, str]) -> tuple[list[dict[str, Any]], Any]:
    """The canonical rows, and what the dataset says of them."""
    files = find([str(path) for path in paths])
    with open_engine([file.read_path for file in files]) as connection:
        data = open_dataset(connection, files, view="data", mapping=mapping)
        rows = connection.execute(f"SELECT {', '.join(CANONICAL)} FROM data").fetchall()
        seen = {
            "rows": data.rows,
            "trained_rows": data.trained_rows,
            "schema": data.sources[0].projection.schema,
            "makers_from": data.makers_from,
            "selectors": [list(one[:3]) for one in data.selectors],
        }
    return [dict(zip(CANONICAL, row, strict=True)) for row in rows], seen


def holds(row: dict[str, Any], expected: dict[str, Any]) -> bool:
    return all(row[name] == value for name, value in expected.items())


@pytest.mark.parametrize("container", ["jsonl", "parquet", "json"])
@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_a_schema_is_read_as_it_is(path: Path, container: str, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    files = []
    for number, records in enumerate(case["files"] if "files" in case else [case["records"]]):
        file = tmp_path / f"{number}.{container}"
        if container == "parquet":
            pa.parquet.write_table(pa.Table.from_pylist(records), file)
        elif container == "jsonl":
            file.write_text("".join(json.dumps(record) + "\n" for record in records))
        else:
            file.write_text(json.dumps(records))
        files.append(file)
    rows, seen = read(files, case.get("mapping", {}))
    assert seen["schema"] == case["schema"]
    assert seen["makers_from"] == case.get("makers_from", "column")
    assert seen["selectors"] == case.get("selectors", [])
    assert seen["rows"] == case.get("counted", len(case.get("records", case.get("files", [[]])[0])))
    trained = [row for row in rows if row["completion"] is not None]
    assert seen["trained_rows"] == len(trained) == len(case["rows"])
    for expected in case["rows"]:
        assert any(holds(row, expected) for row in trained), f"{expected} is not among {trained}"
    named = {name for expected in case["rows"] for name in expected}
    for name in {"maker", "system_prompt", "kept", "reasoning"} - named:
        assert {row[name] for row in trained} <= {None}, f"nothing was said of {name}"
