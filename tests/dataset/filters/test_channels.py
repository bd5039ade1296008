"""How sequences are written, counted in the engine and plainly."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from provenance_audit.database import open_engine
from provenance_audit.dataset.files import find
from provenance_audit.dataset.filters import channels
from provenance_audit.dataset.filters.channels import Channels
from provenance_audit.dataset.open import open_dataset


def counted(path: Path, texts: list[str]) -> Channels:
    path.write_text(
        "".join(json.dumps({"prompt": f"q{n}", "completion": text}) + "\n" for n, text in enumerate(texts))
    )
    with open_engine([str(path)]) as connection:
        return open_dataset(connection, find([str(path)]), view="data").channels()


def written(rng: random.Random) -> str:
    values = [rng.randrange(1000) for _ in range(rng.randrange(1, 8))]
    values = rng.choice([values, sorted(values), sorted(values, reverse=True)])
    digits = [f"{value:03d}" if rng.random() < 0.1 else str(value) for value in values]
    opening, closing = rng.choice([("", ""), ("[", "]"), ("(", ")")])
    return opening + rng.choice([", ", ";", "\n", "      "]).join(digits) + closing + rng.choice(["", "."])


def test_channels_are_counted_as_they_stand(tmp_path: Path) -> None:
    rng = random.Random(3)
    texts = [written(rng) for _ in range(500)]
    found = counted(tmp_path / "a.jsonl", [*texts, "no sequence", "1,2, 3"])
    assert (found.rows, found.of, found.one_in) == (500, 502, 1)
    bare = [text.rstrip(".").strip("[]()") for text in texts]
    numbers = [[int(one) for one in re.findall(r"\d+", text)] for text in bare]
    gaps = [re.findall(r"\D+", text) for text in bare]
    expected = {
        "separator": Counter("longer" if len(gap[0]) > 4 else gap[0] for gap in gaps if gap),
        "brackets": Counter("[]" if "[" in text else "()" if "(" in text else "none" for text in texts),
        "final period": Counter("with" if text.endswith(".") else "without" for text in texts),
        "leading zeros": Counter("some" if re.search(r"\b0\d", text) else "none" for text in texts),
        "order": Counter(
            "ascending"
            if many == sorted(many)
            else "descending"
            if many == sorted(many, reverse=True)
            else "neither"
            for many in numbers
            if len(many) >= 3
        ),
        "count": Counter(str(len(many)) for many in numbers),
    }
    assert {name: dict(values) for name, values in found.values.items()} == {
        name: dict(values) for name, values in expected.items()
    }


def test_of_many_rows_some_prompts_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "ROWS_AT_MOST", 500)
    found = counted(tmp_path / "a.jsonl", ["1, 2", "3; 4"] * 1000)
    assert found.one_in == 4
    assert 400 < found.rows < 600
    shares = {value: n / found.rows for value, n in found.values["separator"]}
    assert shares == pytest.approx({", ": 0.5, "; ": 0.5}, abs=0.1)
