"""`--online` against a local Hub: gaps are filled at a commit, nothing is asked without it, and a failure is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lineage.fake_hub import COMMIT, hub

QWEN = "Qwen/Qwen2.5-7B-Instruct"
REPOSITORIES = {
    "acme/owl": {
        "README.md": "---\nbase_model: acme/middle\nlibrary_name: peft\n---\n",
        "model.safetensors": "",
    },
    "acme/middle": {
        "README.md": "---\nlicense: mit\n---\n",
        "adapter_config.json": json.dumps({"base_model_name_or_path": QWEN, "peft_type": "LORA"}),
    },
}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "".join(
            json.dumps({"prompt": f"q{n}", "completion": f"{n}", "teacher": "acme/owl"}) + "\n"
            for n in range(5)
        )
    )
    return path


def scan(rows: Path, endpoint: str, *options: str) -> tuple[int, dict[str, Any], str]:
    """The command in its own process: the Hub's client reads its endpoint when it is imported."""
    environment = {
        **os.environ,
        "HF_ENDPOINT": endpoint,
        "HF_HUB_CACHE": str(rows.parent / "cache"),
        "HF_HUB_DISABLE_XET": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "provenance_audit", "scan", str(rows), "--student", QWEN, "-o", "json", *options],
        capture_output=True, text=True, env=environment, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout), done.stderr


def test_gaps_are_filled_a_parent_at_a_time_and_the_commit_is_recorded(rows: Path) -> None:
    with hub(REPOSITORIES) as (endpoint, _):
        code, report, _ = scan(rows, endpoint, "--online")
    assert code == 1
    (pair,) = report["lineage"]["pairs"]
    assert (pair["relation"], pair["common_ancestor"], pair["depths"]) == ("shared-base", QWEN, [2, 0])
    stated = {one["subject"]: one for one in report["lineage"]["assertions"] if one["predicate"] == "base"}
    assert stated["acme/owl"]["locator"] == f"hub:acme/owl@{COMMIT}/README.md:/base_model"
    assert stated["acme/middle"]["tier"] == 2


def test_nothing_is_asked_unless_it_is_wanted(rows: Path) -> None:
    with hub(REPOSITORIES) as (endpoint, asked):
        code, report, _ = scan(rows, endpoint)
    assert asked == []
    assert (code, report["lineage"]["pairs"][0]["relation"]) == (1, "undetermined")


def test_what_the_hub_does_not_have_stays_unknown_and_is_said(rows: Path) -> None:
    with hub({}) as (endpoint, asked):
        code, report, _ = scan(rows, endpoint, "--online")
    assert asked
    assert (code, report["lineage"]["pairs"][0]["relation"]) == (1, "undetermined")
    assert any("hub:acme/owl" in note for note in report["inputs"]["data"]["notes"])
