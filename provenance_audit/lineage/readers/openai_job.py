"""Fine-tuning jobs of OpenAI, and of Together and Mistral, who took over its form: one, a list of them, their events and checkpoints, and what people keep of a job; batches.

The id of a fine-tune, `ft:<base>:…`, is written by the service, and names the base inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, escape, mapping

SOURCE = "fine-tuning job"
_BASES = ("model", "base_model", "baseModel")
_TUNED = (
    "fine_tuned_model",
    "fine_tuned_model_id",
    "fineTunedModel",
    "model_id",
    "model_output_name",
    "output_name",
)
_JOB_IDS = ("id", "job_id", "jobId", "fine_tuning_job_id")
_IN_EVENT = re.compile(r"\bft:[\w.\-]+:[\w.\-]*:[\w.\-]*:[\w.\-]+(?::ckpt-step-\d+)?")


def recognise(document: Document) -> bool:
    """A job, a batch, or a list with one of them."""
    return not document.is_card and any(_kind(one) for _, one in _objects(document.data))


def read(document: Document) -> Iterator[Assertion]:
    """Student and result of jobs, checkpoints and events; the maker of a batch."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    for pointer, one in _objects(document.data):
        kind = _kind(one)
        if kind == "job":
            yield from _job(say, one, pointer)
        elif kind == "checkpoint":
            yield from _result(
                say, one.get("fine_tuned_model_checkpoint"), f"{pointer}/fine_tuned_model_checkpoint"
            )
        elif kind == "event":
            for match in _IN_EVENT.finditer(one["message"][:1000]):
                yield from _result(say, match[0], f"{pointer}/message")
        elif kind == "batch":
            yield from say.maker(one.get("model"), f"{pointer}/model")


def _objects(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a list, in its envelope or not; else the document, and a job that lies one key below."""
    many = mapping(data).get("data") if mapping(data).get("object") == "list" else data
    for pointer, one in entries(many, "/data" if many is not data else ""):
        if isinstance(one, dict):
            yield pointer, one
            for key, inner in one.items():
                if mapping(inner).get("object") == "fine_tuning.job":
                    yield f"{pointer}/{escape(key)}", inner


def _kind(one: Mapping[str, Any]) -> str:
    declared = one.get("object")
    if declared in ("fine_tuning.job", "fine-tune", "job"):
        return "job"
    if declared == "fine_tuning.job.checkpoint":
        return "checkpoint"
    if declared == "fine_tuning.job.event":
        return "event" if isinstance(one.get("message"), str) else ""
    if declared == "batch":
        return "batch"
    return "job" if declared is None and _looks_like_a_job(one) else ""


def _looks_like_a_job(one: Mapping[str, Any]) -> bool:
    """What people save of a job often lacks `object`."""
    model, tuned = _first(one, _BASES)[0], _first(one, _TUNED)[0]
    if model is None:
        return tuned is not None and tuned.startswith("ft:")
    is_job = any(str(one.get(key, "")).startswith("ftjob-") for key in _JOB_IDS)
    is_result = model.startswith("ft:") and "messages" not in one
    return is_job or is_result or "training_file" in one or "fine_tuned_model" in one


def _first(one: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str | None, str]:
    return next(((one[key], f"/{key}") for key in keys if isinstance(one.get(key), str)), (None, ""))


def _job(say: Speaker, job: Mapping[str, Any], pointer: str) -> Iterator[Assertion]:
    model, place = _first(job, _BASES)
    tuned, result = _first(job, _TUNED)
    if model is not None:
        yield from say.student(model, pointer + place)
        if tuned is not None:
            yield from say.base(tuned, model, pointer + place)
    else:
        yield from say.student(tuned, pointer + result)
    yield from say.trained_on(job.get("training_file"), f"{pointer}/training_file")


def _result(say: Speaker, tuned: Any, pointer: str) -> Iterator[Assertion]:
    if isinstance(tuned, str) and tuned.startswith("ft:"):
        yield from say.base(tuned, tuned.split(":")[1], pointer)
