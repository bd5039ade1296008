"""Turns what a file calls a model into the id it stands for, and says how; or says why it cannot.

Normalising a name (case, revision, cited mirrors, the suffixes of copies) is identity, not an edge: it costs no
confidence. What is no model id (a path, a deployment name) stays unresolvable rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provenance_audit.lineage.registry import Registry

# A path into the Hub's cache names the repository, and its snapshot the commit.
_CACHED = re.compile(
    r"models--(?P<org>[\w.\-]+?)--(?P<name>[\w.\-]+)(?:[/\\]snapshots[/\\](?P<commit>[0-9a-f]{7,40}))?(?=$|[/\\])"
)
_LOCAL = re.compile(r"^(?:[./~\\]|file:|[A-Za-z]:[\\/])|\\")
_HUB = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<id>[\w.\-]+/[\w.\-]+)(?:/(?:tree|blob|commit)/(?P<revision>[\w.\-]+))?/?.*$"
)
_REPOSITORY = re.compile(r"^[\w.\-]{1,96}/[\w.\-]{1,96}$")
_API = re.compile(
    r"^(?:gpt-|chatgpt-|o\d|text-davinci|davinci|claude-|gemini-|grok-|command-|mistral-(?:small|medium|large))[\w.\-]*$",
    re.I,
)
_ROUTERS = re.compile(
    r"^(?:openrouter/|deepinfra/|together_ai/|together/|fireworks_ai/accounts/fireworks/models/|groq/|litellm/|"
    r"vertex_ai/|bedrock/|publishers/[\w\-]+/models/|openai/|anthropic/|google/|hf:|hf://|models/)",
    re.I,
)
# Suffixes of copies of the same weights, as their makers write them.
_COPY = re.compile(
    r"[-_.](?:gptq(?:[-_]int[348]|-4bit)?|awq(?:-int4|-[48]bit)?|(?:i1-)?gguf|q[2-8](?:_[0k](?:_[sml])?)?|(?:unsloth-)?bnb-[48]bit|"
    r"bnb-nf4(?:-bf16)?|fp8(?:-dynamic|-block)?|nvfp4|mxfp4|int[48]|[48]bits?|quantized\.w\d+a\d+|exl2|mlx|"
    r"dequantized|bf16|fp16|hf)$",
    re.I,
)
_MOVING = frozenset({"main", "master", "latest", "head"})


@dataclass(frozen=True, slots=True)
class Identity:
    """What a name stands for. `id` is None where it cannot be told; `reason` then says why.

    `how` lists the steps taken, to show. `copy` tells that the name was that of a mirror or a quantised copy.
    """

    raw: str
    id: str | None
    revision: str | None = None
    how: tuple[str, ...] = ()
    reason: str = ""
    copy: bool = False

    @property
    def pinned(self) -> str:
        """The id with its revision, as fingerprints use it; the raw name where there is no id."""
        name = self.id or self.raw
        return f"{name}@{self.revision}" if self.revision else name


def identify(raw: str, registry: Registry, declared: Mapping[str, str] | None = None) -> Identity:
    """The identity behind a name. declared: names that a manifest gives to models (key or alias -> id), case-folded."""
    name, declared = raw.strip(), declared or {}
    if not name or any(ord(character) < 32 for character in name):
        return Identity(raw, None, reason="it is empty or holds control characters")
    if name.casefold() in declared:
        target = declared[name.casefold()]
        if target.casefold() != name.casefold():
            return replace(identify(target, registry), raw=raw)
    if name.startswith("pkg:huggingface/"):
        return _from_purl(raw, name, registry)
    if match := _HUB.match(name):
        return replace(_look_up(raw, match["id"], registry, declared), revision=_fixed(match["revision"]))
    if name.startswith("file:"):
        return Identity(raw, name, how=("a directory or file of weights",))
    if match := _CACHED.search(name):
        id = f"{match['org']}/{match['name']}"
        return replace(_look_up(raw, id, registry, declared), revision=_fixed(match["commit"]))
    if _LOCAL.search(name):
        return Identity(raw, None, reason="it is a local path, which names no published checkpoint")
    if name.startswith("ft:"):
        return Identity(raw, name, how=("fine-tuning job id",))
    name, _, revision = name.partition("@")
    return replace(_look_up(raw, name, registry, declared), revision=_fixed(revision))


def fine_tune_base(id: str) -> str | None:
    """The base named inside an `ft:<base>:<org>:<suffix>:<job>` id."""
    parts = id.split(":")
    return parts[1] if parts[0] == "ft" and len(parts) > 1 and parts[1] else None


def _from_purl(raw: str, purl: str, registry: Registry) -> Identity:
    from packageurl import PackageURL

    try:
        parsed = PackageURL.from_string(purl)
    except ValueError:
        return Identity(raw, None, reason="it is not a valid package URL")
    name = f"{parsed.namespace}/{parsed.name}" if parsed.namespace else parsed.name
    return replace(_look_up(raw, name, registry, {}), revision=_fixed(parsed.version))


def _look_up(raw: str, name: str, registry: Registry, declared: Mapping[str, str]) -> Identity:
    if found := registry.canonical(name):
        return Identity(raw, found, how=() if found == name else (f"{name} is known as {found}",))
    if found_mirror := registry.mirrored(name):
        upstream, how = found_mirror
        return Identity(raw, upstream, how=(f"{name} is a {how} copy of {upstream}",), copy=True)
    if name.casefold() in declared:
        return Identity(raw, declared[name.casefold()], how=("declared in the manifest",))
    without_router = _ROUTERS.sub("", name)
    if without_router != name and without_router:
        routed = _look_up(raw, without_router, registry, declared)
        if routed.id is not None and (routed.id in registry.models or not _REPOSITORY.match(name)):
            return routed
    if found_stem := _stem(name, registry):
        return Identity(raw, found_stem, how=(f"{name} is named as a copy of {found_stem}",), copy=True)
    if _REPOSITORY.match(name) or _API.match(name):
        return Identity(raw, name)
    return Identity(raw, None, reason="it is a served name, an alias or a deployment that no table knows")


def _stem(name: str, registry: Registry) -> str | None:
    """The upstream of a name that ends like a copy's. Only a stem that the registry knows counts."""
    organisation, _, stem = name.rpartition("/")
    stripped = False
    while True:
        for candidate in (f"{organisation}/{stem}" if organisation else stem, stem):
            found = registry.canonical(candidate) or (registry.mirrored(candidate) or (None,))[0]
            if found is None and organisation:
                found = (
                    _by_basename(stem, registry) if stripped or organisation.casefold() == "unsloth" else None
                )
            if found is not None and (stripped or organisation.casefold() == "unsloth"):
                return found
        shorter = _COPY.sub("", stem)
        if shorter == stem:
            return None
        stem, stripped = shorter, True


def _by_basename(stem: str, registry: Registry) -> str | None:
    matches = {id for id in registry.models if id.rpartition("/")[2].casefold() == stem.casefold()}
    return matches.pop() if len(matches) == 1 else None


def _fixed(revision: str | None) -> str | None:
    return revision if revision and revision.casefold() not in _MOVING else None
