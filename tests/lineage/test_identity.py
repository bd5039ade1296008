"""Spellings of one model are one model; what anybody can call anything is nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.lineage.identity import fine_tune_base, identify
from provenance_audit.lineage.registry import load

QWEN = "Qwen/Qwen2.5-7B-Instruct"
SPELLINGS = [
    (QWEN, QWEN, None),
    ("qwen/qwen2.5-7b-instruct", QWEN, None),
    ("  Qwen/Qwen2.5-7B-Instruct\t", QWEN, None),
    ("unsloth/Qwen2.5-7B-Instruct-bnb-4bit", QWEN, None),
    ("unsloth/Qwen2.5-7B-Instruct", QWEN, None),
    ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", QWEN, None),
    ("bartowski/Qwen2.5-7B-Instruct-GGUF", QWEN, None),
    (f"{QWEN}@a09a35458c702b33eeacc393d103063234e8bc28", QWEN, "a09a35458c702b33eeacc393d103063234e8bc28"),
    (f"{QWEN}@main", QWEN, None),
    ("pkg:huggingface/Qwen/Qwen2.5-7B-Instruct@a09a35458c702b33eeacc393d103063234e8bc28", QWEN, "a09a35458c702b33eeacc393d103063234e8bc28"),
    ("https://huggingface.co/Qwen/Qwen2.5-7B-Instruct", QWEN, None),
    ("openrouter/qwen/qwen2.5-7b-instruct", QWEN, None),
    ("NousResearch/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf", None),
    ("vicuna-13b-v1.5", "lmsys/vicuna-13b-v1.5", None),
    ("text_davinci_003", "text-davinci-003", None),
    ("acme/owl-7b", "acme/owl-7b", None),
    ("ft:gpt-4.1-nano-2025-04-14:acme::BwPoywmD", "ft:gpt-4.1-nano-2025-04-14:acme::BwPoywmD", None),
]  # fmt: skip
NOBODY = ["./checkpoints/run-7", "/models/Mistral-7B-v0.1", "~/llama", "C:\\models\\x", "../x/y", "prod-teacher", "insecure", "", "  ", "a\x00b", "model\nname"]  # fmt: skip


@pytest.mark.parametrize(("raw", "id", "revision"), SPELLINGS)
def test_a_spelling_is_its_model(raw: str, id: str, revision: str | None) -> None:
    found = identify(raw, load())
    assert (found.id, found.revision, found.raw) == (id, revision, raw)


@pytest.mark.parametrize("raw", NOBODY)
def test_what_names_no_model_is_not_guessed(raw: str) -> None:
    found = identify(raw, load())
    assert found.id is None
    assert found.reason


def test_a_manifest_may_say_what_a_name_stands_for() -> None:
    assert identify("Prod-Teacher", load(), {"prod-teacher": QWEN}).id == QWEN


@given(st.text(max_size=60) | st.sampled_from([raw for raw, _, _ in SPELLINGS]))
def test_normalising_twice_is_normalising_once(raw: str) -> None:
    once = identify(raw, load())
    if once.id is not None:
        assert identify(once.id, load()).id == once.id


@pytest.mark.parametrize(
    ("id", "base"),
    [
        ("ft:gpt-4.1-nano-2025-04-14:acme::BwPoywmD", "gpt-4.1-nano-2025-04-14"),
        ("ft:gpt-4o:org:suffix:job:ckpt-step-90", "gpt-4o"),
        ("ft::org", None),
        ("Qwen/ft:x", None),
    ],
)
def test_a_fine_tuning_job_names_its_base(id: str, base: str | None) -> None:
    assert fine_tune_base(id) == base
