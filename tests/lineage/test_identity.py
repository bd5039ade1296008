"""Spellings of one model are one model; what anybody can call anything is nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.lineage.identity import Identity, fine_tune_base, identify
from provenance_audit.lineage.registry import load
from provenance_audit.lineage.spelling import fold

QWEN = "Qwen/Qwen2.5-7B-Instruct"
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
SONNET = "claude-3-5-sonnet-20241022"
COMMIT = "a09a35458c702b33eeacc393d103063234e8bc28"
SPELLINGS = [
    (QWEN, QWEN, None),
    ("qwen/qwen2.5-7b-instruct", QWEN, None),
    ("  Qwen/Qwen2.5-7B-Instruct\t", QWEN, None),
    ("Qwen2.5-7B-Instruct", QWEN, None),
    ("qwen2-5-7b-instruct", QWEN, None),
    ("Qwen/Qwen2_5-7B-Instruct", QWEN, None),
    (f"{QWEN}@{COMMIT}", QWEN, COMMIT),
    (f"{QWEN}@main", QWEN, None),
    # package URLs and addresses
    (f"pkg:huggingface/Qwen/Qwen2.5-7B-Instruct@{COMMIT}", QWEN, COMMIT),
    ("pkg:huggingface/openai-community/gpt2", "openai-community/gpt2", None),
    ("https://huggingface.co/Qwen/Qwen2.5-7B-Instruct", QWEN, None),
    ("https://huggingface.co/Qwen/Qwen2.5-7B-Instruct/tree/main", QWEN, None),
    (f"https://huggingface.co/Qwen/Qwen2.5-7B-Instruct/blob/{COMMIT}/config.json", QWEN, COMMIT),
    ("hf://Qwen/Qwen2.5-7B-Instruct", QWEN, None),
    ("hf.co/bartowski/Qwen2.5-7B-Instruct-GGUF:Q4_K_M", QWEN, None),
    # the Hub's cache
    (f"/root/.cache/huggingface/hub/models--Qwen--Qwen2.5-7B-Instruct/snapshots/{COMMIT}", QWEN, COMMIT),
    (r"C:\Users\x\hub\models--Qwen--Qwen2.5-7B-Instruct\snapshots\by-hand", QWEN, None),
    # copies: quantised, re-uploaded, converted, renamed
    ("unsloth/Qwen2.5-7B-Instruct-bnb-4bit", QWEN, None),
    ("unsloth/Qwen2.5-7b-instruct", QWEN, None),
    ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", QWEN, None),
    ("bartowski/Qwen2.5-7B-Instruct-GGUF", QWEN, None),
    ("mlx-community/Qwen2.5-7B-Instruct-4bit", QWEN, None),
    ("bartowski/Qwen_Qwen3-8B-GGUF", "Qwen/Qwen3-8B", None),
    ("bartowski/nvidia_Llama-3_3-Nemotron-Super-49B-v1-GGUF", "nvidia/Llama-3_3-Nemotron-Super-49B-v1", None),
    ("TheBloke/Llama-2-7B-Chat-GGUF", "meta-llama/Llama-2-7b-chat-hf", None),
    ("TheBloke/Llama-2-13B-fp16", "meta-llama/Llama-2-13b-hf", None),
    ("NousResearch/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf", None),
    ("NousResearch/Llama-2-7b-chat-hf", "meta-llama/Llama-2-7b-chat-hf", None),
    ("NousResearch/Hermes-2-Pro-Mistral-7B", "NousResearch/Hermes-2-Pro-Mistral-7B", None),
    ("QuantTrio/GLM-4.5-GPTQ-Int4-Int8Mix-Lite", "zai-org/GLM-4.5", None),
    ("mobiuslabsgmbh/Llama-3.1-8b-instruct_4bitgs64_hqq", LLAMA, None),
    ("neuralmagic/Meta-Llama-3.1-8B-Instruct-quantized.w8a8", LLAMA, None),
    ("ISTA-DASLab/Meta-Llama-3-8B-Instruct-AQLM-2Bit-1x16", "meta-llama/Meta-Llama-3-8B-Instruct", None),
    ("Dracones/Llama-3.3-70B-Instruct_exl2_4.0bpw", "meta-llama/Llama-3.3-70B-Instruct", None),
    ("axolotl-ai-co/gpt-oss-120b-dequantized", "openai/gpt-oss-120b", None),
    ("unsloth/gpt-oss-20b-BF16", "openai/gpt-oss-20b", None),
    ("unsloth/zephyr-sft-bnb-4bit", "HuggingFaceH4/mistral-7b-sft-beta", None),
    ("lmsys/vicuna-7b-delta-v1.1", "lmsys/vicuna-7b-v1.1", None),
    ("meta-llama/Meta-Llama-3.1-8B-Instruct", LLAMA, None),
    ("zai-org/glm-4-9b-chat", "THUDM/glm-4-9b-chat", None),
    ("RedHatAI/Sparse-Llama-3.1-8B-2of4", "neuralmagic/Sparse-Llama-3.1-8B-2of4", None),
    ("meta/llama-7b", "huggyllama/llama-7b", None),
    # routers and hosts
    ("openrouter/qwen/qwen2.5-7b-instruct", QWEN, None),
    ("openrouter/qwen/qwen-2.5-7b-instruct:free", QWEN, None),
    ("meta-llama/llama-3.3-70b-instruct:free", "meta-llama/Llama-3.3-70B-Instruct", None),
    ("anthropic/claude-3.5-sonnet", SONNET, None),
    ("anthropic/claude-4.5-sonnet", "claude-sonnet-4-5-20250929", None),
    ("openai/gpt-4o-2024-08-06", "gpt-4o-2024-08-06", None),
    ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", SONNET, None),
    ("anthropic.claude-v2:1", "claude-2.1", None),
    ("bedrock/us-east-1/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku-20240307", None),
    ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-3-7-sonnet-20250219", None),
    ("eu.meta.llama3-1-8b-instruct-v1:0", LLAMA, None),
    ("meta.llama3-2-11b-instruct-v1:0", "meta-llama/Llama-3.2-11B-Vision-Instruct", None),
    ("meta.llama4-scout-17b-instruct-v1:0", "meta-llama/Llama-4-Scout-17B-16E-Instruct", None),
    ("mistral.mistral-7b-instruct-v0:2", "mistralai/Mistral-7B-Instruct-v0.2", None),
    ("us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", None),
    ("vertex_ai/claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620", None),
    ("claude-3-5-sonnet-v2@20241022", SONNET, None),
    ("publishers/meta/models/llama-3.1-405b-instruct-maas", "meta-llama/Llama-3.1-405B-Instruct", None),
    ("fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct", LLAMA, None),
    ("accounts/fireworks/models/qwen2p5-72b-instruct", "Qwen/Qwen2.5-72B-Instruct", None),
    ("azure/gpt-35-turbo-1106", "gpt-3.5-turbo-1106", None),
    ("meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", LLAMA, None),
    ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta-llama/Llama-3.3-70B-Instruct", None),
    ("meta-llama/Llama-3-8b-chat-hf", "meta-llama/Meta-Llama-3-8B-Instruct", None),
    ("gpt-4-turbo", "gpt-4-turbo-2024-04-09", None),
    ("openai/whisper-large-v3-turbo", "openai/whisper-large-v3-turbo", None),
    ("ollama/qwen2.5:7b", QWEN, None),
    ("llama3.1:8b-instruct-q4_K_M", LLAMA, None),
    ("gemma2:9b", "google/gemma-2-9b-it", None),
    ("qwen3:8b", "Qwen/Qwen3-8B", None),
    # served names
    ("vicuna-13b-v1.5", "lmsys/vicuna-13b-v1.5", None),
    ("vicuna-13b-v1.5-togetherai", "lmsys/vicuna-13b-v1.5", None),
    ("text_davinci_003", "text-davinci-003", None),
    ("gpt4_0613", "gpt-4-0613", None),
    ("gpt4_0613_concise", "gpt-4-0613", None),
    ("alpaca_eval_gpt4", "gpt-4", None),
    ("pairrm-zephyr-7b-beta", "HuggingFaceH4/zephyr-7b-beta", None),
    # API snapshots, their aliases, and models that nobody else knows
    ("gpt-4.1-nano", "gpt-4.1-nano-2025-04-14", None),
    ("gpt-4o", "gpt-4o", None),
    ("gpt-4o-mini-2031-01-01", "gpt-4o-mini-2031-01-01", None),
    ("ft:gpt-4.1-nano-2025-04-14:acme::BwPoywmD", "ft:gpt-4.1-nano-2025-04-14:acme::BwPoywmD", None),
    ("acme/owl-7b", "acme/owl-7b", None),
    ("openrouter/acme/owl-7b", "acme/owl-7b", None),
]  # fmt: skip
NOBODY = [
    "./checkpoints/run-7", "/models/Mistral-7B-v0.1", "~/llama", "C:\\models\\x", "../x/y", "saves/llama3-8b/lora/sft",
    "models/gemma-3-270m", "Mistral-7B-v0.1.Q4_K_M.gguf", "{{ base_model_name }}", "${teacher.user}/${teacher.type}",
    "prod-teacher", "azure/our-teacher", "gpt-4o-prod", "insecure", "aligner-2b_claude-3-opus-20240229", "pkg:pypi/torch@2",
    "mistral:7b", "deepseek-r1:7b", "", "  ", "a\x00b", "model\nname",
]  # fmt: skip


def found(raw: str) -> Identity:
    return identify(raw, load())


@pytest.mark.parametrize(("raw", "id", "revision"), SPELLINGS)
def test_a_spelling_is_its_model(raw: str, id: str, revision: str | None) -> None:
    one = found(raw)
    assert (one.id, one.revision, one.raw) == (id, revision, raw)


@pytest.mark.parametrize("raw", NOBODY)
def test_what_names_no_model_is_not_guessed(raw: str) -> None:
    one = found(raw)
    assert one.id is None
    assert one.reason


@pytest.mark.parametrize(
    "raw", ["/models/Mistral-7B-v0.1", "checkpoints/Mistral-7B-v0.1", "Mistral-7B-v0.1.Q4_K_M.gguf"]
)
def test_a_directory_called_like_a_model_is_a_hint(raw: str) -> None:
    one = found(raw)
    assert one.id is None
    assert one.hint == "mistralai/Mistral-7B-v0.1"
    assert "proves nothing" in one.reason


def test_a_stranger_of_a_known_name_keeps_its_own_id() -> None:
    one = found("sharpbai/Llama-2-7b-hf")
    assert (one.id, one.hint) == ("sharpbai/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf")


# Suffixes that look technical and are not a mere copy: the name keeps its own id, or stands for another one than its stem.
NOT_COPIES = [
    ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B"),
    ("NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "NousResearch/Nous-Hermes-2-Mixtral-8x7B-SFT"),
    ("chujiezheng/zephyr-7b-alpha-ExPO", "HuggingFaceH4/zephyr-7b-alpha"),
    ("XiaomiMiMo/MiMo-7B-RL", "XiaomiMiMo/MiMo-7B-Base"),
    ("Qwen/Qwen3-8B-Base", "Qwen/Qwen3-8B"),
    ("google/gemma-3-4b-pt", "google/gemma-3-4b-it"),
    ("baidu/ERNIE-4.5-21B-A3B-PT", "baidu/ERNIE-4.5-21B-A3B-Base-PT"),
    ("Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen3-4B"),
    ("deepseek-ai/DeepSeek-V3-0324", "deepseek-ai/DeepSeek-V3"),
    ("mlabonne/Meta-Llama-3.1-8B-Instruct-abliterated-GGUF", LLAMA),
    ("mlabonne/Meta-Llama-3.1-8B-Instruct-abliterated", LLAMA),
    ("neuralmagic/Sparse-Llama-3.1-8B-2of4", "meta-llama/Llama-3.1-8B"),
    ("tiiuae/Falcon-E-3B-Base-prequantized", "tiiuae/Falcon-E-3B-Base"),
    ("google/gemma-3-4b-it-qat", "google/gemma-3-4b-it"),
    ("lmsys/vicuna-7b-v1.5-16k", "lmsys/vicuna-7b-v1.5"),
    ("Qwen/Qwen2.5-7B-Instruct-1M", QWEN),
    ("01-ai/Yi-6B-200K", "01-ai/Yi-6B"),
    ("microsoft/Phi-3-mini-128k-instruct", "microsoft/Phi-3-mini-4k-instruct"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "deepseek-ai/DeepSeek-R1"),
    ("OpenBuddy/openbuddy-llama-65b-v8-bf16", "huggyllama/llama-65b"),
    ("nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-Base-BF16"),
    ("alignment-handbook/zephyr-7b-sft-qlora", "alignment-handbook/zephyr-7b-sft-full"),
    ("acme/Qwen2.5-7B-Instruct-lora", QWEN),
    ("EleutherAI/pythia-12b-deduped", "EleutherAI/pythia-12b"),
    ("openlm-research/open_llama_3b_v2", "openlm-research/open_llama_3b"),
    ("gpt-3.5-turbo", "gpt-3.5"),
    ("acme/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "stem"), NOT_COPIES)
def test_what_is_not_a_mere_copy_is_another_model(raw: str, stem: str) -> None:
    one = found(raw)
    assert one.id is not None
    assert one.id.casefold() != stem.casefold()


@pytest.mark.parametrize(
    ("raw", "moving"),
    [
        ("gpt-4o", True), ("gpt-4.1", True), ("gpt-3.5-turbo", True), ("claude-sonnet-4-5", True), ("claude-3-5-sonnet-latest", True),
        ("gpt-4o-2024-08-06", False), ("gpt-4-0613", False), ("gpt-4-1106-preview", False), ("claude-2.1", False),
        ("claude-sonnet-4-5-20250929", False), ("claude-opus-4-6", False), ("gemini-1.5-pro-001", False), ("text-davinci-003", False),
        (QWEN, False), ("unsloth/Qwen2.5-7B-Instruct", False),
    ],
)  # fmt: skip
def test_an_undated_api_name_moves(raw: str, moving: bool) -> None:
    assert found(raw).moving is moving


def test_a_copy_says_so() -> None:
    assert found("unsloth/Qwen2.5-7B-Instruct-bnb-4bit").copy
    assert not found(QWEN).copy


def test_a_manifest_may_say_what_a_name_stands_for() -> None:
    assert identify("Prod-Teacher", load(), {"prod-teacher": QWEN}).id == QWEN


@given(st.text(max_size=60) | st.sampled_from([raw for raw, _, _ in SPELLINGS]))
def test_normalising_twice_is_normalising_once(raw: str) -> None:
    once = identify(raw, load())
    if once.id is not None:
        assert identify(once.id, load()).id == once.id


def test_every_known_id_and_name_stands_for_what_the_table_says() -> None:
    registry = load()
    for id in registry.models:
        assert identify(id, registry).id == id
    for name, id in registry.names.items():
        assert identify(name, registry).id == id, name
    for mirror, (id, _) in registry.mirrors.items():
        assert identify(mirror, registry).id == id, mirror


@given(st.text(alphabet="aB1.-_", max_size=20))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


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
