"""Google's tuning jobs (Vertex AI, Gen AI SDK), supervised and distillation, in REST's spelling and in Python's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping

SOURCE = "Vertex tuning job"
_SPECS = (
    "distillationSpec",
    "distillationSamplingSpec",
    "supervisedTuningSpec",
    "preferenceOptimizationSpec",
)
_TEACHERS = ("baseTeacherModel", "tunedTeacherModelSource")
_DATA = ("trainingDatasetUri", "promptDatasetUri")
_PUBLISHED = re.compile(r"(?:projects/[^/]+/locations/[^/]+/)?publishers/[\w\-]+/models/")


def recognise(document: Document) -> bool:
    """One of its specifications."""
    data = mapping(document.data)
    return not document.is_card and any(_get(data, spec)[0] is not None for spec in _SPECS)


def read(document: Document) -> Iterator[Assertion]:
    """Student, result, teachers, training data."""
    say, data = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL), mapping(document.data)
    base, pointer = _get(data, "baseModel")
    yield from say.student(_published(base), pointer)
    result = mapping(_get(data, "tunedModel")[0]).get("model")
    if isinstance(result, str):
        yield from say.base(result, _published(base), pointer)
    for spec in _SPECS:
        inside, place = _get(data, spec)
        student, key = _get(mapping(inside), "studentModel")
        if base is None:
            yield from say.student(_published(student), place + key)
        for name in _TEACHERS:
            teacher, key = _get(mapping(inside), name)
            yield from say.maker(_published(teacher), place + key, Role.GENERATOR)
        for name in _DATA:
            uri, key = _get(mapping(inside), name)
            yield from say.trained_on(uri, place + key)


def _get(data: Mapping[str, Any], key: str) -> tuple[Any, str]:
    """A value under `camelCase` or `snake_case`, with its pointer."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()
    found = key if key in data else snake
    return data.get(found), f"/{found}"


def _published(name: Any) -> Any:
    return _PUBLISHED.sub("", name.strip()) if isinstance(name, str) else name
