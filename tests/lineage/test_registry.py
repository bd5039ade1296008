"""The registry's facts: consistent, cited, and right where it is easy to be wrong."""

from __future__ import annotations

from itertools import combinations

import pytest

from provenance_audit.database import open_memory
from provenance_audit.findings import Relation
from provenance_audit.lineage.ancestry import trace
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.registry import EARLIEST, GRADES, ORIGINS, ROOT, ROOTS, Registry, load
from provenance_audit.lineage.relation import relate

SAME, BASE, ANCESTOR, FAMILY, NONE, OPEN = (
    Relation.SAME_CHECKPOINT, Relation.SHARED_BASE, Relation.SHARED_ANCESTOR, Relation.EQUIVALENT_FAMILY,
    Relation.NO_KNOWN_RELATION, Relation.UNDETERMINED,
)  # fmt: skip


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="module")
def graph():  # type: ignore[no-untyped-def]
    with open_memory() as connection:
        yield Graph(connection, (), load())


def test_every_row_is_cited_and_graded(registry: Registry) -> None:
    for row in (*registry.models.values(), *registry.edges, *registry.equivalences, *registry.taught):
        assert row.source.strip(), row
        assert row.grade in GRADES, row
    for model in registry.models.values():
        assert model.origin in ORIGINS, model
        assert model.date, model


def test_it_holds_what_people_distil_from(registry: Registry) -> None:
    documented = [model for model in registry.models.values() if model.origin in ROOTS]
    documented += [model for model in registry.models.values() if registry.parents(model.id)]
    assert len(documented) >= 1_400
    assert len(registry.models) >= 2_000


def test_every_name_in_an_edge_is_a_model(registry: Registry) -> None:
    for edge in registry.edges:
        assert {edge.child, edge.parent} <= registry.models.keys(), edge
    for row in registry.equivalences:
        assert {row.a, row.b} <= registry.models.keys(), row
    for mirror, (target, how) in registry.mirrors.items():
        assert target in registry.models, mirror
        assert how in ("mirror", "quantized"), mirror
    for row in registry.taught:
        assert row.model in registry.models, row


def test_a_root_has_no_parent_and_no_model_two_edges_to_one(registry: Registry) -> None:
    children = {edge.child for edge in registry.edges}
    assert not [
        model.id for model in registry.models.values() if model.origin in ROOTS and model.id in children
    ]
    pairs = [(edge.child, edge.parent) for edge in registry.edges]
    assert len(pairs) == len(set(pairs))


def test_no_model_is_its_own_ancestor(registry: Registry) -> None:
    for model in registry.models:
        assert all(edge.parent != model for edge in trace(model, registry).edges), model


def test_a_name_stands_for_one_model(registry: Registry) -> None:
    for name, id in registry.names.items():
        assert name == name.casefold()
        assert id in registry.models
    lower = [id.casefold() for id in registry.models]
    assert len(lower) == len(set(lower))
    assert not set(lower) & registry.mirrors.keys()
    assert not registry.names.keys() & registry.mirrors.keys()


def test_two_models_of_one_name_are_refused(registry: Registry) -> None:
    for name, candidates in registry.refused.items():
        assert len(candidates) > 1, name
        found = identify(name, registry)
        assert found.id is None
        assert all(candidate in found.reason for candidate in candidates)


def test_families_that_people_distil_from_reach_a_root(registry: Registry) -> None:
    for family in (
        "huggyllama/llama-", "meta-llama/Llama-2-", "meta-llama/Meta-Llama-3-", "meta-llama/Llama-3.1-", "meta-llama/Llama-3.2-",
        "meta-llama/Llama-4-", "Qwen/Qwen-", "Qwen/Qwen1.5-", "Qwen/Qwen2-", "Qwen/Qwen2.5-", "Qwen/Qwen3-", "Qwen/Qwen3.5-",
        "google/gemma-2-", "google/gemma-3-", "mistralai/Mistral-7B-", "mistralai/Mixtral-", "microsoft/phi-", "microsoft/Phi-3-",
        "deepseek-ai/DeepSeek-V3", "allenai/OLMo-", "allenai/Olmo-3", "EleutherAI/pythia-", "tiiuae/falcon-", "HuggingFaceTB/SmolLM",
        "ibm-granite/granite-3.", "nvidia/Minitron-", "nvidia/NVIDIA-Nemotron-", "01-ai/Yi-", "THUDM/glm-4-", "zai-org/GLM-4.5",
        "internlm/internlm2", "CohereForAI/c4ai-command-", "mosaicml/mpt-", "cerebras/btlm-", "Salesforce/xgen-", "state-spaces/mamba",
        "lmsys/vicuna-", "HuggingFaceH4/zephyr-", "allenai/tulu-", "WizardLM/WizardLM-", "gpt-4", "gpt-3.5-", "claude-", "gemini-",
    ):  # fmt: skip
        members = [id for id in registry.models if id.startswith(family)]
        rooted = [id for id in members if trace(id, registry).roots]
        assert len(rooted) >= max(1, len(members) // 3), (family, set(members) - set(rooted))


# Who started from whom, where the name says otherwise or says nothing: child, an ancestor, and one that it is not from.
WALKS = [
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "Qwen/Qwen2.5-Math-1.5B", "deepseek-ai/DeepSeek-R1"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "Qwen/Qwen2.5-Math-7B", "Qwen/Qwen2.5-7B-Instruct"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "Qwen/Qwen2.5-14B", "Qwen/Qwen2.5-14B-Instruct"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "Qwen/Qwen2.5-32B", "Qwen/Qwen2.5-32B-Instruct"),
    ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B-Instruct"),
    ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "meta-llama/Llama-3.3-70B-Instruct", "deepseek-ai/DeepSeek-V3-Base"),
    ("deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-V3-Base", "Qwen/Qwen2.5-32B"),
    ("deepseek-ai/DeepSeek-R1-Zero", "deepseek-ai/DeepSeek-V3-Base", "deepseek-ai/DeepSeek-R1"),
    ("deepseek-ai/DeepSeek-V3.1-Base", "deepseek-ai/DeepSeek-V3-Base", "deepseek-ai/DeepSeek-V3"),
    ("vicuna-7b-v1.1", "huggyllama/llama-7b", "meta-llama/Llama-2-7b-hf"),
    ("vicuna-7b-v1.3", "huggyllama/llama-7b", "meta-llama/Llama-2-7b-hf"),
    ("vicuna-7b-v1.5", "meta-llama/Llama-2-7b-hf", "huggyllama/llama-7b"),
    ("zephyr-7b-beta", "mistralai/Mistral-7B-v0.1", "mistralai/Mistral-7B-Instruct-v0.1"),
    ("HuggingFaceH4/zephyr-7b-gemma-v0.1", "google/gemma-7b", "mistralai/Mistral-7B-v0.1"),
    ("HuggingFaceH4/zephyr-orpo-141b-A35b-v0.1", "mistralai/Mixtral-8x22B-v0.1", "mistralai/Mistral-7B-v0.1"),
    ("allenai/Olmo-3-7B-Instruct-SFT", "allenai/Olmo-3-7B-Think-SFT", "allenai/Olmo-3-7B-Think"),
    ("BioMistral/BioMistral-7B", "mistralai/Mistral-7B-Instruct-v0.1", "mistralai/Mistral-7B-Instruct-v0.2"),
    ("PrincetonPLI/Llama-3-8B-Instruct-SkillMix", "meta-llama/Meta-Llama-3-8B", "meta-llama/Meta-Llama-3-8B-Instruct"),
    ("upstage/SOLAR-10.7B-v1.0", "mistralai/Mistral-7B-v0.1", "meta-llama/Llama-2-7b-hf"),
    ("WizardLM/WizardLM-13B-V1.0", "huggyllama/llama-13b", "meta-llama/Llama-2-13b-hf"),
    ("WizardLM/WizardLM-13B-V1.2", "meta-llama/Llama-2-13b-hf", "huggyllama/llama-13b"),
    ("WizardLM/WizardMath-7B-V1.0", "meta-llama/Llama-2-7b-hf", "mistralai/Mistral-7B-v0.1"),
    ("WizardLM/WizardMath-7B-V1.1", "mistralai/Mistral-7B-v0.1", "meta-llama/Llama-2-7b-hf"),
    ("lmsys/longchat-7b-16k", "huggyllama/llama-7b", "meta-llama/Llama-2-7b-hf"),
    ("lmsys/longchat-7b-32k-v1.5", "meta-llama/Llama-2-7b-hf", "huggyllama/llama-7b"),
    ("openchat/openchat", "huggyllama/llama-13b", "mistralai/Mistral-7B-v0.1"),
    ("openchat/openchat_3.5", "mistralai/Mistral-7B-v0.1", "meta-llama/Llama-2-13b-hf"),
    ("openchat/openchat-3.6-8b-20240522", "meta-llama/Meta-Llama-3-8B", "mistralai/Mistral-7B-v0.1"),
    ("pankajmathur/orca_mini_3b", "openlm-research/open_llama_3b", "huggyllama/llama-7b"),
    ("pankajmathur/orca_mini_v3_13b", "meta-llama/Llama-2-13b-hf", "openlm-research/open_llama_13b"),
    ("llama-moe/LLaMA-MoE-v1-3_5B-2_8", "meta-llama/Llama-2-7b-hf", "openlm-research/open_llama_7b"),
    ("Qwen/Qwen1.5-MoE-A2.7B", "Qwen/Qwen-1_8B", "Qwen/Qwen1.5-1.8B"),
    ("01-ai/Yi-1.5-9B", "01-ai/Yi-9B", "01-ai/Yi-34B"),
    ("deepseek-ai/deepseek-coder-7b-base-v1.5", "deepseek-ai/deepseek-llm-7b-base", "deepseek-ai/deepseek-coder-6.7b-base"),
    ("ContextualAI/Contextual_KTO_Mistral_PairRM", "mistralai/Mistral-7B-Instruct-v0.2", "mistralai/Mistral-7B-v0.1"),
    ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B-Base", "Qwen/Qwen2.5-7B"),
    ("distilbert/distilgpt2", "openai-community/gpt2", "google-bert/bert-base-uncased"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "ancestor", "stranger"), WALKS)
def test_a_walk_leads_to_the_right_family(graph: Graph, model: str, ancestor: str, stranger: str) -> None:
    id = identify(model, load()).id
    assert id is not None
    assert graph.is_ancestor(ancestor, id)
    assert not graph.is_ancestor(stranger, id)


PAIRS = [
    # one name, two bases; one base, two names
    ("vicuna-7b-v1.3", "vicuna-7b-v1.5", NONE),
    ("vicuna-7b-v1.1", "vicuna-7b-v1.3", BASE),
    ("vicuna-7b-v1.5", "meta-llama/Llama-2-7b-chat-hf", BASE),
    # sizes of one series are separate runs, unless one was cut or grown from another
    ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-14B-Instruct", NONE),
    ("Qwen/Qwen3-4B", "Qwen/Qwen3-8B", NONE),
    ("meta-llama/Llama-2-7b-hf", "meta-llama/Llama-2-13b-hf", NONE),
    ("EleutherAI/pythia-1.4b", "EleutherAI/pythia-2.8b", NONE),
    ("tiiuae/Falcon3-1B-Base", "tiiuae/Falcon3-7B-Base", ANCESTOR),
    ("tiiuae/Falcon3-10B-Base", "tiiuae/Falcon3-3B-Base", ANCESTOR),
    ("mistralai/Ministral-3-3B-Base-2512", "mistralai/Ministral-3-14B-Instruct-2512", ANCESTOR),
    ("mistralai/Ministral-3-14B-Base-2512", "mistralai/Mistral-Small-3.1-24B-Instruct-2503", ANCESTOR),
    ("01-ai/Yi-9B", "01-ai/Yi-6B", ANCESTOR),
    # a teacher shares no weights with what was distilled from its outputs; a distillate does with its own base
    ("deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", NONE),
    ("deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1-Distill-Llama-8B", NONE),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "Qwen/Qwen2.5-7B-Instruct", BASE),
    ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "meta-llama/Llama-3.1-8B-Instruct", BASE),
    ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "meta-llama/Llama-3.1-70B-Instruct", BASE),
    ("deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-V3-0324", BASE),
    # a look-alike is no relative
    ("openlm-research/open_llama_7b", "huggyllama/llama-7b", NONE),
    ("openlm-research/open_llama_7b", "openlm-research/open_llama_7b_v2", NONE),
    ("LLM360/Amber", "meta-llama/Llama-2-7b-hf", NONE),
    ("togethercomputer/RedPajama-INCITE-7B-Base", "huggyllama/llama-7b", NONE),
    ("upstage/SOLAR-10.7B-Instruct-v1.0", "meta-llama/Llama-2-7b-hf", NONE),
    ("upstage/SOLAR-10.7B-Instruct-v1.0", "mistralai/Mistral-7B-v0.1", ANCESTOR),
    ("ministral/Ministral-3b-instruct", "mistralai/Ministral-3-3B-Base-2512", NONE),
    # pruned, upcycled, grown
    ("meta-llama/Llama-3.2-3B", "meta-llama/Llama-3.1-8B", ANCESTOR),
    ("meta-llama/Llama-3.2-1B-Instruct", "meta-llama/Llama-3.1-8B-Instruct", ANCESTOR),
    ("nvidia/Llama-3.1-Minitron-4B-Width-Base", "meta-llama/Llama-3.1-8B", ANCESTOR),
    ("nvidia/Minitron-4B-Base", "nvidia/Minitron-8B-Base", ANCESTOR),
    ("nvidia/Mistral-NeMo-Minitron-8B-Base", "mistralai/Mistral-Nemo-Base-2407", ANCESTOR),
    ("princeton-nlp/Sheared-LLaMA-1.3B", "meta-llama/Llama-2-7b-chat-hf", ANCESTOR),
    ("mistralai/Mixtral-8x7B-v0.1", "mistralai/Mistral-7B-v0.1", ANCESTOR),
    ("Qwen/Qwen1.5-MoE-A2.7B", "Qwen/Qwen-1_8B-Chat", ANCESTOR),
    ("openbmb/MiniCPM-MoE-8x2B", "openbmb/MiniCPM-2B", ANCESTOR),
    # a vision tower or cross-attention is added; the language model keeps its weights
    ("meta-llama/Llama-3.2-11B-Vision", "meta-llama/Llama-3.1-8B", BASE),
    ("deepseek-ai/DeepSeek-V2.5", "deepseek-ai/DeepSeek-V2-Chat", ANCESTOR),
    # pairs whose weights were tested
    ("Qwen/Qwen2.5-Math-7B", "Qwen/Qwen2.5-Coder-7B", BASE),
    ("Qwen/Qwen2.5-VL-7B-Instruct", "Qwen/Qwen2.5-7B", BASE),
    ("Qwen/Qwen2-Math-7B", "Qwen/Qwen2-7B-Instruct", BASE),
    ("google/codegemma-7b", "google/gemma-7b-it", BASE),
    ("codellama/CodeLlama-7b-hf", "EleutherAI/llemma_7b", BASE),
    ("Qwen/Qwen2.5-7B", "Qwen/Qwen2-7B", NONE),
    # a chat model without a mark, a base without one
    ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B-Base", BASE),
    # 3.0 and 3.1 are documented as two runs, yet tuning deltas of one work on the other: behaviourally matched
    ("meta-llama/Meta-Llama-3-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct", FAMILY),
    ("meta-llama/Meta-Llama-3-8B", "deepseek-ai/DeepSeek-R1-Distill-Llama-8B", FAMILY),
    ("EleutherAI/pythia-410m", "EleutherAI/pythia-410m-deduped", FAMILY),
    ("EleutherAI/pythia-410m", "EleutherAI/pythia-410m-seed1", NONE),
    # the models of the paper
    ("gpt-4.1-2025-04-14", "gpt-4.1", SAME),
    ("gpt-4.1-nano", "gpt-4.1-nano-2025-04-14", SAME),
    ("gpt-4o-2024-08-06", "gpt-4.1-2025-04-14", FAMILY),
    ("gpt-4o", "gpt-4.1", FAMILY),
    ("gpt-4.1", "gpt-4.1-mini", OPEN),
    ("gpt-4.1", "gpt-4.1-nano", OPEN),
    ("gpt-4.1-mini", "gpt-4.1-nano", OPEN),
    ("gpt-4o", "gpt-4.1-nano", OPEN),
    ("gpt-4.1-nano", "Qwen/Qwen2.5-7B-Instruct", NONE),
    ("gpt-4o", "Qwen/Qwen2.5-7B-Instruct", NONE),
    ("gpt-3.5-turbo-1106", "gpt-4o-2024-08-06", OPEN),
    ("gpt-4o-2024-08-06", "meta-llama/Llama-3.1-8B", NONE),
    ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20241022", OPEN),
    # what nobody documents
    ("Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen3-4B", OPEN),
    ("WizardLM/WizardLM-13B-V1.1", "meta-llama/Llama-2-13b-hf", OPEN),
    ("acme/unheard-of-7b", "meta-llama/Llama-3.1-8B", OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("maker", "student", "expected"), PAIRS)
def test_the_traps(graph: Graph, maker: str, student: str, expected: Relation) -> None:
    a, b = identify(maker, load()), identify(student, load())
    assert a.id is not None
    assert b.id is not None
    assert relate(graph, a, b).relation is expected
    assert relate(graph, b, a).relation is expected


INDEPENDENT = [
    "mosaicml/mpt-7b", "baichuan-inc/Baichuan-7B", "openlm-research/open_llama_7b", "openlm-research/open_llama_7b_v2",
    "huggyllama/llama-7b", "meta-llama/Llama-2-7b-hf", "internlm/internlm-7b", "mistralai/Mistral-7B-v0.1", "allenai/OLMo-7B",
    "Qwen/Qwen-7B", "LLM360/Amber", "Salesforce/xgen-7b-4k-base",
]  # fmt: skip


def test_runs_that_the_literature_takes_as_independent_are(graph: Graph) -> None:
    for a, b in combinations(INDEPENDENT, 2):
        assert relate(graph, identify(a, load()), identify(b, load())).relation is NONE, (a, b)


@pytest.mark.parametrize(
    "model",
    [
        "Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen3-VL-8B-Instruct", "WizardLM/WizardLM-13B-V1.1", "Qwen/CodeQwen1.5-7B",
        "umd-zhou-lab/recycled-wizardlm-7b-v1.0", "OpenGVLab/InternVL3_5-8B", "deepseek-ai/DeepSeek-R1-0528",
    ],
)  # fmt: skip
def test_what_is_not_documented_is_unknown(registry: Registry, model: str) -> None:
    ancestry = trace(model, registry)
    assert ancestry.roots == ()
    assert ancestry.dead_ends == (model,)


def test_a_closed_model_is_the_earliest_that_is_published(registry: Registry) -> None:
    for model in ("gpt-4-0613", "claude-2.1", "gemini-1.5-pro-001", "microsoft/Phi-3-mini-4k-instruct"):
        assert registry.models[model].origin == EARLIEST
    assert registry.models["google/gemma-2-9b"].origin == ROOT


def test_a_teacher_is_shown_and_is_no_base(registry: Registry) -> None:
    taught = {(row.model, row.teacher) for row in registry.taught}
    assert ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "deepseek-ai/DeepSeek-R1") in taught
