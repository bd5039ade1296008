"""in-toto statements with SLSA provenance: the models and datasets among the `resolvedDependencies` of a build.

Also inside a DSSE envelope or a Sigstore bundle. No signature is checked here, so it is as good as published (tier 4).
Sources, packages and images that a build takes in are not lineage.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, listed, mapping, pinned

SOURCE = "in-toto"
_STATEMENT = "in-toto.io/Statement/"
# Where a Hub repository stands in a URI, with what it pins.
_REPOSITORY = re.compile(
    r"(?:git\+)?(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)(?P<datasets>datasets/)?(?:models/)?"
    r"(?P<id>[\w.\-]+/[\w.\-]+?)(?:\.git)?(?:@(?P<commit>[\w.\-]+))?(?:[/#?].*)?"
)
_MODEL = re.compile(r"pkg:huggingface/|pkg:mlflow/", re.I)
_ROWS = re.compile(r".+\.(?:parquet|jsonl|jsonl\.gz|arrow|csv|tar)(?:[@#?].*)?", re.I | re.S)
_WEIGHTS = re.compile(r".*\.(?:safetensors|gguf|bin|pt|onnx)|pkg:huggingface/.*", re.I | re.S)


def recognise(document: Document) -> bool:
    """A statement, bare, in an envelope, or one on each line."""
    return not document.is_card and any(True for _ in _statements(document.data))


def read(document: Document) -> Iterator[Assertion]:
    """What went into what was built: datasets into a dataset, or a model's weights and data into a model."""
    say = Speaker(document, SOURCE, Tier.PUBLISHED)
    for prefix, statement in _statements(document.data):
        definition = mapping(mapping(statement.get("predicate")).get("buildDefinition"))
        pointer = f"{prefix}/predicate/buildDefinition/resolvedDependencies"
        models = [
            name
            for one in listed(statement.get("subject"))
            if isinstance(name := mapping(one).get("name"), str)
        ]
        built = next((name for name in models if _WEIGHTS.fullmatch(name)), None)
        for place, one in entries(definition.get("resolvedDependencies"), pointer):
            kind, name = _input(mapping(one))
            if kind == "model" and built is not None:
                yield from say.base(built, name, place, WeightRelation.UNKNOWN)
            elif kind == "model":
                yield from say.maker(name, place)
            elif kind == "dataset" and built is not None:
                yield from say.trained_on(name, place, built)
            elif kind == "dataset":
                yield from say.derived_from(name, place)


def _statements(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for pointer, one in entries(data, ""):
        inside = mapping(one)
        if _STATEMENT in str(inside.get("_type", "")):
            yield pointer, inside
            continue
        envelope, place = (
            (inside, pointer)
            if "payload" in inside
            else (mapping(inside.get("dsseEnvelope")), f"{pointer}/dsseEnvelope")
        )
        payload = envelope.get("payload")
        if isinstance(payload, str) and "in-toto" in str(envelope.get("payloadType", "")):
            try:
                statement = json.loads(base64.b64decode(payload))
            except (ValueError, RecursionError, binascii.Error):
                continue
            if _STATEMENT in str(mapping(statement).get("_type", "")):
                yield f"{place}/payload#", statement


def _input(dependency: Mapping[str, Any]) -> tuple[str, Any]:
    """(`model` or `dataset` or nothing, its name) of a resource."""
    name = next(
        (
            dependency[key]
            for key in ("uri", "downloadLocation", "name")
            if isinstance(dependency.get(key), str)
        ),
        "",
    )
    digest = mapping(dependency.get("digest"))
    commit = digest.get("gitCommit", digest.get("sha1"))
    if match := _REPOSITORY.fullmatch(name):
        return ("dataset" if match["datasets"] else "model"), pinned(match["id"], match["commit"] or commit)
    if _MODEL.match(name):
        return "model", name if "@" in name else pinned(name, commit)
    return ("dataset", name) if _ROWS.fullmatch(name) else ("", None)
