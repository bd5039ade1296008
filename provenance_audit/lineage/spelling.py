"""How names of models are spelled: router prefixes, tails of hosts, suffixes of copies. Rules only; no model is known here.

Every rule was seen in public tables of hosts and of quantisers (LiteLLM, OpenRouter, HELM, xinference, Unsloth's mapper).
A rule proposes a spelling; it counts only where the registry knows the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Hosts and clients that put their own name before the model's.
_ROUTERS = [
    "openrouter/",
    "litellm_proxy/",
    "litellm/",
    "vercel_ai_gateway/",
    "together_ai/",
    "together/",
    "deepinfra/",
    "fireworks_ai/",
    "fireworks/",
    "groq/",
    "cerebras/",
    "sambanova/",
    "hyperbolic/",
    "nebius/",
    "novita/",
    "nscale/",
    "anyscale/",
    "baseten/",
    "wandb/",
    "crusoe/",
    "replicate/",
    "perplexity/",
    "watsonx/",
    "databricks/databricks-",
    "databricks/",
    "databricks-",
    "snowflake/",
    "oci/",
    "gradient_ai/alibaba-",
    "gradient_ai/openai-",
    "gradient_ai/",
    "cloudflare/@cf/",
    "cloudflare/@hf/",
    "cloudflare/",
    "@cf/",
    "@hf/",
    "azure_ai/fw-",
    "azure_ai/",
    "azure/global-standard/",
    "azure/global/",
    "azure/eu/",
    "azure/us/",
    "azure/",
    "github_copilot/",
    "github/",
    "gemini/",
    "vertex_ai/",
    "bedrock/converse/",
    "bedrock/invoke/",
    "bedrock/",
    "bedrock_converse/",
    "sagemaker/",
    "ollama_chat/",
    "ollama/",
    "ollama://",
    "registry.ollama.ai/library/",
    "registry.ollama.ai/",
    "huggingface/",
    "hosted_vllm/",
    "vllm/",
    "lm_studio/",
    "openai-compatible/",
    "accounts/fireworks/models/",
    "invoke/",
    "hf://",
    "hf:",
    "hf.co/",
    "huggingface.co/",
]
_ROUTER = re.compile("^(?:" + "|".join(map(re.escape, sorted(_ROUTERS, key=len, reverse=True))) + ")", re.I)
# Hosts whose names own no repository: what stands behind them and is in no table is a deployment.
_HOSTS = re.compile(
    r"^(?:azure(?:_ai)?|bedrock(?:_converse)?|vertex_ai|together_ai|fireworks_ai|openrouter|litellm(?:_proxy)?|ollama(?:_chat)?|"
    r"sagemaker|deepinfra|replicate|github_copilot|hosted_vllm|vllm|lm_studio|groq)/[^/]+$",
    re.I,
)
_PUBLISHER = re.compile(r"^(?:projects/[^/]+/locations/[^/]+/)?publishers/[\w\-]+/models/", re.I)
_ARN = re.compile(r"^arn:aws[\w\-]*:bedrock:[\w\-]*:\d*:(?:inference-profile|foundation-model)/", re.I)
_REGION = re.compile(
    r"^(?:(?:us-gov|us|eu|apac|au|jp|ca|global)\.|[a-z]{2}(?:-gov)?-[a-z]+-\d/|\d-month-commitment/)", re.I
)
_VENDOR_DOT = re.compile(
    r"^(?:anthropic|meta|mistral|deepseek|qwen|openai|zai|moonshotai|minimax|google|nvidia|cohere|ai21|writer)\.(?=[a-z])",
    re.I,
)
# Who serves under a slug of its own what it publishes under another name; the vendor must be that of the model found.
VENDOR_SLUGS = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "x-ai": "xai", "xai": "xai", "cohere": "cohere",
    "mistral": "mistral", "mistralai": "mistral", "amazon": "amazon", "deepseek": "deepseek", "qwen": "alibaba",
    "alibaba": "alibaba", "meta": "meta", "meta-llama": "meta", "nvidia": "nvidia", "microsoft": "microsoft",
    "moonshotai": "moonshot", "moonshot": "moonshot", "z-ai": "zhipu", "zai": "zhipu", "ai21": "ai21", "ibm": "ibm",
    "minimax": "minimax", "databricks": "databricks", "models": "google",
}  # fmt: skip

_TAILS = (
    # Bedrock: -v1:0 is the version of the offer; v0:2 is the version of the model.
    (re.compile(r"-v0:(\d)$"), r"-v0.\1"),
    (re.compile(r"-v(\d):(\d)$"), ""),
    (re.compile(r":\d+k$"), ""),
    (re.compile(r"-v\d@(\d{8})$"), r"-\1"),
    (re.compile(r"@(\d{8})$"), r"-\1"),
    (re.compile(r"@(?:default|latest)$"), ""),
    (re.compile(r"-maas$"), ""),
    (re.compile(r":(?:free|extended|thinking|batch|beta|nitro|floor|exacto|online)$", re.I), ""),
    (re.compile(r":[0-9a-f]{64}$"), ""),
    (re.compile(r":(?:i?q\d[\w]*|f16|bf16|f32|fp16|latest)$", re.I), ""),
)
# Offers of a host: the same model at another precision or speed. Only behind a chat model, since gpt-…-turbo is a name.
_OFFER = re.compile(
    r"((?:instruct|-chat|-it)(?:-v?[\d.]+)?)(?:-(?:turbo|lite|reference|tput|fast|ultra|free))+$", re.I
)

# Suffixes of copies of the same weights, as their makers write them; they stack.
_STRONG = re.compile(
    r"[-_.](?:"
    r"gptq(?:[-_]?int\d|-\dbit)?|int\d-int\dmix|int\d(?:-w\d+a\d+)?|w\d+a\d+|awq(?:-int\d|-\dbit|-fp16mix)?|medium|compact|"
    r"(?:i1-|be-)?gguf|ggml|i?q\d(?:_[0k1](?:_[xsml]+)?|_[a-z]+)?|(?:unsloth-)?bnb-\dbit|bnb-nf4(?:-bf16)?|"
    r"fp8(?:-dynamic|-block|-k-v|_e4m3)?|nvfp4(?:-mtp)?|mxfp[48]|fp4|[1-8]bits?|quantized\.w\d+a\d+|"
    r"aqlm-\dbit-\dx\d+(?:-hf)?|exl[23](?:_[\d.]+bpw)?|[\d.]+bpw(?:-h\d)?(?:-exl2)?|\dbitgs\d+_hqq(?:_calib)?|hqq(?:_calib)?|"
    r"mlx(?:-\dbit|-unquantized)?|8bit-mxfp8|dequantized|delta|wdiff|xor"
    r")$",
    re.I,
)
_WEAK = re.compile(r"[-_](?:hf|bf16|fp16|fp32|16bit|ms|transformers|linearized|converted(?:-v\d)?)$", re.I)
_DELTA = re.compile(r"-delta-(v\d[\w.]*)$", re.I)
# These are left by a stronger suffix behind them (`-GPTQ-Int4-Int8Mix-Lite`), and mean nothing alone.
_TIERS = re.compile(r"-(?:lite|medium|compact)$", re.I)
_MIX = re.compile(r"int8mix-(?:lite|medium|compact)$", re.I)

# Owners that hold copies of others' models, under the names that these had.
COPYISTS = frozenset(
    [
        "unsloth",
        "thebloke",
        "bartowski",
        "mlx-community",
        "mradermacher",
        "maziyarpanahi",
        "lmstudio-community",
        "quantfactory",
        "casperhansen",
        "techxgenus",
        "hugging-quants",
        "neuralmagic",
        "redhatai",
        "nm-testing",
        "ista-daslab",
        "turboderp",
        "lonestriker",
        "modelcloud",
        "solidrust",
        "second-state",
        "ggml-org",
        "axolotl-quants",
        "axolotl-ai-co",
        "qwen-community",
        "modelscope",
        "ai-modelscope",
        "llm-research",
    ]
)

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[._-](?=\d)")
_POINT_P = re.compile(r"(?<=\d)p(?=\d)")
_DATED = re.compile(
    r"(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{2}-\d{4}|\d{2}-\d{2}|[-@]\d{3,4}|-\d{4}-preview|-\d{4}-vision-preview|v\d+(?::\d)?)$"
)
_CLAUDE = re.compile(r"^claude-(?:[a-z]+-)?(\d+)(?:[.-](\d+))?(?:-[a-z]+)?$")
_CLAUDE_OLD = re.compile(r"^claude-(?:instant-)?\d\.\d$")


def fold(name: str) -> str:
    """Case, `_` for `-`, and the sign between digits (3.5, 3-5, 3_5) make no difference between models."""
    return _BETWEEN_DIGITS.sub(".", name.casefold()).replace("_", "-")


def routes(name: str) -> Iterator[str]:
    """The name, and what is left of it as prefixes and tails of hosts are taken off, each spelling once."""
    seen = {name}
    todo = [name]
    while todo:
        one = todo.pop(0)
        yield one
        for shorter in (*_without_prefix(one), *_without_tail(one), *_respelled(one), *tagged(one)):
            if shorter and shorter not in seen and len(seen) < 64:
                seen.add(shorter)
                todo.append(shorter)


def is_deployment(name: str) -> bool:
    """Whether a name is one part behind a host that owns no repositories (`azure/our-teacher`)."""
    return _HOSTS.match(name) is not None


def copy_stems(name: str) -> Iterator[tuple[str, bool]]:
    """What a copy's name says it is a copy of, and whether the suffix says so strongly (a quantiser's mark)."""
    stem, strong = name, False
    while True:
        if _MIX.search(stem):
            stem = _TIERS.sub("", stem)
        if match := _DELTA.search(stem):
            yield f"{stem[: match.start()]}-{match[1]}", True
        if (shorter := _STRONG.sub("", stem)) != stem:
            strong = True
        elif (shorter := _WEAK.sub("", stem)) == stem:
            return
        stem = shorter
        if not stem.rpartition("/")[2]:
            return
        yield stem, strong


def tagged(name: str) -> Iterator[str]:
    """What an Ollama name (`qwen2.5:7b`, `llama3.1:8b-instruct-q4_K_M`) may be called: untagged kind means instruct."""
    model, colon, tag = name.rpartition(":")
    if not colon or not re.match(r"^(?:e?\d+(?:\.\d+)?[bm](?:-a\d+b)?|\d+x\d+b)(?:-|$)", tag, re.I):
        return
    size, *rest = [
        part for part in tag.split("-") if not re.match(r"^(?:i?q\d\w*|f16|fp16|bf16|cloud)$", part, re.I)
    ]
    kind = "-".join(rest)
    model = re.sub(r"^library/", "", model)
    if kind in ("text", "base"):
        yield f"{model}-{size}"
        yield f"{model}-{size}-base"
        return
    if kind:
        yield f"{model}-{size}-{kind}"
        return
    for ending in ("-instruct", "-chat", "-it", ""):
        yield f"{model}-{size}{ending}"


def is_moving(api_id: str) -> bool:
    """Whether an API id without a date may mean other weights tomorrow.

    From 4.6 on a Claude id without a date is one fixed snapshot; before that it is a pointer
    (https://platform.claude.com/docs/en/about-claude/models/model-ids-and-versions).
    """
    name = api_id.casefold()
    if name.endswith("-latest"):
        return True
    if _DATED.search(name) or _CLAUDE_OLD.match(name):
        return False
    if match := _CLAUDE.match(name):
        return (int(match[1]), int(match[2] or 0)) < (4, 6)
    return True


def _without_prefix(name: str) -> Iterator[str]:
    for pattern in (_ARN, _PUBLISHER, _ROUTER, _REGION, _VENDOR_DOT):
        yield pattern.sub("", name, count=1)
    if name.casefold().startswith("models/gemini"):
        yield name[len("models/") :]


def _without_tail(name: str) -> Iterator[str]:
    for pattern, replacement in _TAILS:
        yield pattern.sub(replacement, name)
    yield _OFFER.sub(r"\1", name)


def _respelled(name: str) -> Iterator[str]:
    if "gpt-35" in name:
        yield name.replace("gpt-35", "gpt-3.5")
    pointed = _POINT_P.sub(".", name)
    if pointed != name:
        yield pointed
    if match := re.match(r"^llama-?v(\d.*)$", name, re.I):
        yield f"llama-{match[1]}"
    if match := re.match(r"^(llama|gemma|phi|granite)(\d.*)$", name, re.I):
        yield f"{match[1]}-{match[2]}"
    # Bedrock leaves out what its offer has only one of: experts of Llama 4, the vision of Llama 3.2.
    if match := re.match(r"^llama-?4-(scout|maverick)-17b-instruct$", name, re.I):
        yield f"Llama-4-{match[1]}-17B-{'16E' if match[1].casefold() == 'scout' else '128E'}-Instruct"
    if match := re.match(r"^llama-?3[.-]2-(11|90)b-instruct$", name, re.I):
        yield f"Llama-3.2-{match[1]}B-Vision-Instruct"
    # Replicate and OpenRouter put Claude's version before its size.
    if match := re.match(r"^claude-(\d)[.-](\d)-(opus|sonnet|haiku)$", name, re.I):
        yield f"claude-{match[3]}-{match[1]}-{match[2]}"
