"""`paudit models show` and `paudit models search`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

DISTILL = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"


def shown(paudit: Run, *arguments: str | Path) -> dict[str, Any]:
    done = paudit("models", "show", *arguments, "-o", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_a_fine_tune_shows_its_root_and_the_path(paudit: Run) -> None:
    seen = shown(paudit, DISTILL.casefold())
    assert (seen["id"], seen["root"], seen["reason"]) == (DISTILL, "Qwen/Qwen2.5-7B", "")
    assert [(step["child"], step["relation"], step["parent"]) for step in seen["path"]] == [
        (DISTILL, "finetune", "Qwen/Qwen2.5-Math-7B"),
        ("Qwen/Qwen2.5-Math-7B", "continued_pretrain", "Qwen/Qwen2.5-7B"),
    ]
    assert all(step["source"] and step["grade"] for step in seen["path"])
    assert [one["teacher"] for one in seen["taught_by"]] == ["deepseek-ai/DeepSeek-R1"]


def test_a_pre_trained_model_is_its_own_root(paudit: Run) -> None:
    seen = shown(paudit, "mistralai/Mistral-7B-v0.1")
    assert (seen["root"], seen["path"]) == ("mistralai/Mistral-7B-v0.1", [])
    closed = shown(paudit, "gpt-4-0613")
    assert (closed["root"], closed["known"]["origin"]) == ("gpt-4-0613", "earliest-published")


@pytest.mark.parametrize(
    ("model", "id", "reason"),
    [
        ("acme/unheard-of-7b", "acme/unheard-of-7b", "does not know acme/unheard-of-7b"),
        ("Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen3-4B-Instruct-2507", "is not documented"),
        ("./checkpoints/Mistral-7B-v0.1", None, "local path"),
        ("deepseek-r1", None, "more than one model"),
    ],
)
def test_an_unknown_root_is_null_with_the_reason(
    paudit: Run, model: str, id: str | None, reason: str
) -> None:
    seen = shown(paudit, model)
    assert (seen["id"], seen["root"], seen["path"], seen["equivalent"]) == (id, None, [], [])
    assert reason in seen["reason"]


def test_what_behaves_alike_is_shown_with_the_ancestor_that_does(paudit: Run) -> None:
    seen = shown(paudit, "meta-llama/Llama-3.1-8B-Instruct")
    (row,) = seen["equivalent"]
    assert (row["id"], row["of"], row["grade"]) == (
        "meta-llama/Meta-Llama-3-8B",
        "meta-llama/Llama-3.1-8B",
        "weight-tested",
    )
    assert "gpt-4.1-2025-04-14" in {row["id"] for row in shown(paudit, "gpt-4o-2024-08-06")["equivalent"]}


def test_a_fine_tuning_job_leads_to_the_base_inside_its_id(paudit: Run) -> None:
    seen = shown(paudit, "ft:gpt-4.1-nano-2025-04-14:acme::BwPoywmD")
    assert seen["root"] == "gpt-4.1-nano-2025-04-14"
    assert seen["path"][0]["relation"] == "finetune"


def test_a_merge_shows_every_way_up(paudit: Run) -> None:
    seen = shown(paudit, "deepseek-ai/DeepSeek-V2.5")
    assert {step["parent"] for step in seen["edges"] if step["child"] == seen["id"]} == {
        "deepseek-ai/DeepSeek-V2-Chat",
        "deepseek-ai/DeepSeek-Coder-V2-Instruct",
    }
    assert seen["roots"] == ["deepseek-ai/DeepSeek-V2"]


def test_the_text_draws_the_path_and_cites(paudit: Run) -> None:
    lines = paudit("models", "show", DISTILL).stdout.splitlines()
    assert lines[:4] == [
        DISTILL,
        "  └─ fine-tuned from Qwen/Qwen2.5-Math-7B (author-stated [1])",
        "     └─ continued from Qwen/Qwen2.5-7B (author-stated [2])",
        "  root: Qwen/Qwen2.5-7B",
    ]
    assert any(line.startswith("  [1] github:deepseek-ai/DeepSeek-R1") for line in lines)


def test_a_users_rows_are_added_and_disagreements_told(paudit: Run, tmp_path: Path) -> None:
    rows = tmp_path / "ours.csv"
    rows.write_text(
        "child,parent,relation,grade,source\n"
        f"acme/owl-7b,{DISTILL},finetune,author-stated,wiki\n"
        f"{DISTILL},meta-llama/Llama-3.1-8B,finetune,reported,rumour\n"
    )
    seen = shown(paudit, "acme/owl-7b", "--registry", rows)
    assert seen["root"] in seen["roots"] == ["meta-llama/Llama-3.1-8B", "Qwen/Qwen2.5-7B"]
    assert seen["disagreements"][0]["where"] == f"{rows}, line 3"
    assert "disagrees: " in paudit("models", "show", "acme/owl-7b", "--registry", rows).stdout


def test_a_bad_row_exits_2_in_one_line(paudit: Run, tmp_path: Path) -> None:
    rows = tmp_path / "ours.csv"
    rows.write_text("child,parent,relation,grade,source\na/b,c/d,finetuned,reported,x\n")
    done = paudit("models", "show", "a/b", "--registry", rows)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].startswith(f"paudit: {rows}, line 2: relation 'finetuned'")
    assert "Traceback" not in done.stderr


def test_search_finds_ids_names_and_mirrors(paudit: Run) -> None:
    found = json.loads(paudit("models", "search", "Zephyr-7B", "-o", "json").stdout)
    roots = {row["id"]: row["root"] for row in found["models"]}
    assert roots["HuggingFaceH4/zephyr-7b-beta"] == "mistralai/Mistral-7B-v0.1"
    assert roots["HuggingFaceH4/zephyr-7b-gemma-v0.1"] == "google/gemma-7b"
    by_mirror = json.loads(paudit("models", "search", "unsloth/tinyllama-chat", "-o", "json").stdout)
    assert [row["id"] for row in by_mirror["models"]] == ["TinyLlama/TinyLlama-1.1B-Chat-v1.0"]


def test_search_says_how_many_more_there_are_and_what_was_meant(paudit: Run) -> None:
    lines = paudit("models", "search", "llama", "--limit", "2").stdout.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("and ")
    assert "did you mean" in paudit("models", "search", "mistral-7b-v01x").stdout


def test_an_unknown_format_and_hostile_text_do_no_harm(paudit: Run) -> None:
    assert paudit("models", "show", "gpt2", "-o", "xml").returncode == 2
    done = paudit("models", "show", "a\x1b[31m/b")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
