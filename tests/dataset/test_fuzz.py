"""Nothing but a clear error of ours ever escapes, whatever lies in the file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance_audit.describe import describe
from provenance_audit.errors import PauditError
from tests.dataset.test_schemas import SCHEMAS

NAMES = [
    "prompt",
    "completion",
    "question",
    "response",
    "instruction",
    "input",
    "output",
    "messages",
    "conversations",
    "chosen",
    "rejected",
    "generations",
    "answers",
    "completions",
    "text",
    "model",
    "teacher",
    "system_prompt",
    "id",
    "metadata",
    "body",
    "custom_id",
    "result",
    "is_correct",
    "source",
    "type",
    "message",
    "sessionId",
    "judge_model",
    "filters",
    "split",
    "label",
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
turns = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "x"]), "content": scalars}
)
values = st.recursive(
    scalars | st.lists(turns, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "x", 'q"t', "a b"]), inner, max_size=3)
    ),
    max_leaves=6,
)
records = st.lists(
    st.dictionaries(st.sampled_from([*NAMES, "x", 'q"t', "a b", ""]), values, max_size=5),
    min_size=1,
    max_size=5,
)
bounded = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def inspected(name: str, content: bytes) -> int | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return int(describe((str(path),))["rows"])
        except PauditError as error:
            caught = error
    assert caught.exit_code in (2, 3)
    assert caught.message
    return None


@bounded
@given(records)
@example([{"prompt": "q", "completion": "a"}, {"prompt": ["q"], "completion": {"a": 1}}])
@example([{"messages": [{"role": "assistant", "content": None}]}, {"messages": None}, {"messages": []}])
def test_any_records(found: list[dict[str, object]]) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in found)
    rows = inspected("rows.jsonl", lines.encode())
    assert rows in (None, len(found))
    inspected("rows.json", json.dumps(found).encode())


@bounded
@given(
    st.binary(max_size=300),
    st.sampled_from(["parquet", "arrow", "jsonl", "jsonl.gz", "jsonl.bz2", "json", "csv", "tar", "bin"]),
)
def test_any_bytes(content: bytes, suffix: str) -> None:
    inspected(f"rows.{suffix}", content)


@bounded
@given(st.sampled_from(SCHEMAS), st.data())
def test_a_schema_with_one_value_changed(path: Path, data: st.DataObject) -> None:
    import yaml

    case = yaml.safe_load(path.read_text())
    found = case["records"] if "records" in case else case["files"][0]
    record = dict(data.draw(st.sampled_from(found)))
    record[data.draw(st.sampled_from(sorted(record)))] = data.draw(values)
    lines = [json.dumps(one) for one in (*found, record)]
    assert inspected("rows.jsonl", "\n".join(lines).encode()) in (None, len(lines))
