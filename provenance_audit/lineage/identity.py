"""Turns what a file calls a model into the id it stands for, and says how; or says why it cannot.

Normalising a name (case, revision, cited mirrors, the suffixes of copies, the prefixes of hosts) is identity, not an edge:
it costs no confidence. What is no model id (a path, a deployment name) stays unresolvable rather than guessed; where it is
called like a model, `hint` says which, and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provenance_audit.lineage.registry import UNKNOWN, Registry
from provenance_audit.lineage.spelling import (
    COPYISTS,
    VENDOR_SLUGS,
    copy_stems,
    is_deployment,
    is_moving,
    routes,
)

# A path into the Hub's cache names the repository, and its snapshot the commit.
_CACHED = re.compile(
    r"models--(?P<org>[\w.\-]+?)--(?P<name>[\w.\-]+)(?:[/\\]snapshots[/\\](?P<commit>[0-9a-f]{7,40})(?![\w.\-]))?(?=$|[/\\])"
)
_LOCAL = re.compile(r"^(?:[./~\\$]|file:|[A-Za-z]:[\\/])|\\|\{\{|\$\{")
_LOCAL_FILE = re.compile(r"\.(?:gguf|ggml|safetensors|bin|pth?|ckpt|onnx)$", re.I)
# Directories of runs and downloads, which look like an owner's name. `models/` is also how the Gemini API spells its own.
_DIRECTORIES = frozenset(
    [
        "models",
        "model",
        "checkpoints",
        "checkpoint",
        "ckpt",
        "ckpts",
        "output",
        "outputs",
        "out",
        "saves",
        "save",
        "results",
        "runs",
        "run",
        "weights",
        "data",
        "datasets",
        "tmp",
        "temp",
        "exp",
        "exps",
        "experiments",
        "logs",
        "downloads",
        "finetuned_models",
        "trained_models",
        "merged",
        "merged_models",
        "workspace",
        "artifacts",
        "llm",
        "llms",
        "pretrained",
        "pretrained_models",
        "adapters",
        "lora",
        "loras",
        "home",
        "mnt",
        "root",
        "opt",
        "content",
        "kaggle",
    ]
)
_HUB = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?:models/)?(?P<id>[\w.\-]+/[\w.\-]+)(?::[\w.\-]+)?"
    r"(?:/(?:tree|blob|commit|resolve|raw)/(?P<revision>[\w.\-]+))?(?:/.*|[?#].*)?$"
)
_REPOSITORY = re.compile(r"^[\w.\-]{1,96}/[\w.\-]{1,96}$")
_API_WORDS = (
    r"\d[\d.]*[a-z]?|\d+[kbm]|v\d[\d.]*|mini|nano|turbo|preview|latest|pro|flash|lite|opus|sonnet|haiku|instant|instruct|"
    r"audio|realtime|search|api|codex|max|chat|vision|high|medium|low|exp|experimental|thinking|fast|reasoning|non|beta|"
    r"small|large|plus|light|nightly|reasoner|image|tts|transcribe|deep|research|live|native|saba|tiny|embed|r\d*b?|a|o\d"
)
_API = re.compile(
    rf"^(?:gpt|chatgpt|o[1-9]|text-davinci|code-davinci|davinci|babbage|claude|gemini|grok|command|mistral|ministral|"
    rf"magistral|codestral|devstral|pixtral|nova|jamba|palmyra|deepseek|qwen|kimi|glm|sonar)(?:[-@]?(?:{_API_WORDS}))+$",
    re.I,
)
_MOVING = frozenset({"main", "master", "latest", "head"})
_UNSETTLED = "it is a served name, an alias or a deployment that no table knows"
_PATH = "it is a local path, which names no published checkpoint"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a name stands for. `id` is None where it cannot be told; `reason` then says why.

    `how` lists the steps taken, to show. `copy` tells that the name was that of a mirror or a quantised copy. `moving` tells
    that the name is an undated API alias, whose weights may change. `hint` is the model that an unresolved name is called like.
    """

    raw: str
    id: str | None
    revision: str | None = None
    how: tuple[str, ...] = ()
    reason: str = ""
    copy: bool = False
    moving: bool = False
    hint: str | None = None

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
    if name.startswith("pkg:"):
        return _from_purl(raw, name, registry)
    if match := _HUB.match(name):
        return replace(_look_up(raw, match["id"], registry, declared), revision=_fixed(match["revision"]))
    if name.startswith("file:"):
        return Identity(raw, name, how=("a directory or file of weights",), hint=_called_like(name, registry))
    if match := _CACHED.search(name):
        id = f"{match['org']}/{match['name']}"
        return replace(_look_up(raw, id, registry, declared), revision=_fixed(match["commit"]))
    if _is_local(name, registry):
        return _unresolved(raw, _PATH, _called_like(name, registry))
    if name.startswith("ft:"):
        return Identity(raw, name, how=("fine-tuning job id",))
    if "@" in name and (known := _known(raw, name, registry)) is not None:
        return known
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
    if parsed.type != "huggingface":
        return Identity(raw, None, reason=f"it is a package URL of type {parsed.type}, which names no model")
    name = f"{parsed.namespace}/{parsed.name}" if parsed.namespace else parsed.name
    return replace(_look_up(raw, name, registry, {}), revision=_fixed(parsed.version))


def _look_up(raw: str, name: str, registry: Registry, declared: Mapping[str, str]) -> Identity:
    if known := _known(raw, name, registry):
        return known
    if name.casefold() in declared:
        return Identity(raw, declared[name.casefold()], how=("declared in the manifest",))
    for spelling in routes(name):
        if found := _stem(raw, spelling, registry):
            return found
    if _REPOSITORY.match(name) and not is_deployment(name):
        return Identity(raw, name, hint=registry.with_basename(name.rpartition("/")[2]))
    for spelling in routes(name):
        if spelling != name and _REPOSITORY.match(spelling):
            return Identity(raw, spelling, how=(f"{name} is {spelling} at a host",))
        if _API.match(spelling):
            return Identity(raw, spelling, moving=is_moving(spelling))
    return _unresolved(raw, _UNSETTLED, _called_like(name, registry))


def _known(raw: str, name: str, registry: Registry) -> Identity | None:
    """The identity by the tables, under the name itself or what is left of it without the marks of a host."""
    for spelling in routes(name):
        # An untagged name that moves (`mistral`) does not stand still behind a size either.
        for candidate in (spelling, spelling.partition(":")[0]):
            if candidate.casefold() in registry.refused and registry.canonical(spelling) is None:
                models = " or ".join(registry.refused[candidate.casefold()])
                return Identity(raw, None, reason=f"{candidate} stands for more than one model: {models}")
        if found := registry.canonical(spelling):
            return _named(raw, name, spelling, found, registry)
        if mirror := registry.mirrored(spelling):
            upstream, how = mirror
            return Identity(raw, upstream, how=(f"{spelling} is a {how} copy of {upstream}",), copy=True)
        if found := _by_vendor(spelling, registry):
            return _named(raw, name, spelling, found, registry)
    return None


def _named(raw: str, name: str, spelling: str, id: str, registry: Registry) -> Identity:
    kind = registry.kind(spelling)
    how = {
        "": f"{name} is known as {id}",
        "alias": f"{name} is an undated alias of {id}",
        "prompt": f"{name} is {id} under another prompt or setting",
        "pipeline": f"{name} is a pipeline over {id}",
    }[kind]
    moving = kind == "alias" or ("/" not in id and id.casefold() == spelling.casefold() and is_moving(id))
    return Identity(raw, id, how=() if id == name else (how,), moving=moving)


def _by_vendor(name: str, registry: Registry) -> str | None:
    """A name behind the slug of its own vendor (`openai/gpt-4o`, `mistral/mistral-small-latest`)."""
    slug, slash, rest = name.partition("/")
    vendor = VENDOR_SLUGS.get(slug.casefold())
    if (
        not slash
        or vendor is None
        or "/" in rest
        or (slug.casefold() == "models" and not rest.startswith("gemini"))
    ):
        return None
    for spelling in routes(rest):
        found = registry.canonical(spelling)
        if found is not None and registry.models[found].vendor == vendor:
            return found
    return None


def _stem(raw: str, name: str, registry: Registry) -> Identity | None:
    """The upstream of a name that ends like a copy's. Only a stem that the registry knows counts."""
    owner, slash, basename = name.rpartition("/")
    copyist = owner.casefold() in COPYISTS
    # NousResearch's re-uploads of Llama keep Meta's names; everything else there is its own work.
    again = registry.with_basename(basename) if owner.casefold() == "nousresearch" else None
    if again is not None and again.startswith("meta-llama/"):
        return Identity(raw, again, how=(f"{name} is named as a copy of {again}",), copy=True)
    stems = [(stem, strong) for stem, strong in copy_stems(name)]
    if copyist:
        stems.insert(0, (name, False))
    for stem, strong in stems:
        basename = stem.rpartition("/")[2]
        candidates = [stem] if stem != name else []
        if slash and copyist and "_" in basename:
            candidates.append(basename.replace("_", "/", 1))
        for candidate in candidates:
            found = registry.canonical(candidate) or (registry.mirrored(candidate) or (None,))[0]
            if found is not None:
                return Identity(raw, found, how=(f"{name} is named as a copy of {found}",), copy=True)
        if slash and (strong or copyist):
            # Quantisers drop `-hf` and `Meta-`.
            for spelling in (basename, f"{basename}-hf", f"Meta-{basename}"):
                if found := registry.with_basename(spelling):
                    return Identity(raw, found, how=(f"{name} is named as a copy of {found}",), copy=True)
    return None


def _is_local(name: str, registry: Registry) -> bool:
    if _LOCAL.search(name) or _LOCAL_FILE.search(name):
        return True
    first, slash, rest = name.partition("/")
    if not slash or name.casefold().startswith(("models/gemini", "accounts/", "projects/", "publishers/")):
        return False
    if first.casefold() in _DIRECTORIES:
        return True
    # More parts than an owner and a name: a path, unless a table knows it or they are the marks of a host.
    if "/" not in rest or "://" in name or registry.canonical(name) or registry.mirrored(name):
        return False
    shorter = (spelling for spelling in routes(name) if spelling != name)
    return not any("/" not in spelling or _REPOSITORY.match(spelling) for spelling in shorter)


def _called_like(path: str, registry: Registry) -> str | None:
    """The model whose name a part of a path bears, the last such part. A hint: a directory may be called anything."""
    for part in reversed(re.split(r"[/\\]", path)):
        part = _LOCAL_FILE.sub("", part)
        if not part or part.casefold() in _DIRECTORIES:
            continue
        for candidate in (part, *(stem for stem, _ in copy_stems(part))):
            found = registry.with_basename(candidate) or registry.canonical(candidate)
            if found is not None and registry.models[found].origin != UNKNOWN:
                return found
    return None


def _unresolved(raw: str, reason: str, hint: str | None) -> Identity:
    like = f"; it is called like {hint}, which proves nothing" if hint else ""
    return Identity(raw, None, reason=reason + like, hint=hint)


def _fixed(revision: str | None) -> str | None:
    return revision if revision and revision.casefold() not in _MOVING else None
