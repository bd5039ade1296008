"""OpenAI's fine-tuning jobs: one, a list of them, their events and checkpoints, and what people keep of a job; batches.

The id of a fine-tune, `ft:<base>:…`, is written by the service, and names the base inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, mapping

SOURCE = "fine-tuning job"
_TUNED = ("fine_tuned_model", "fine_tuned_model_id", "fineTunedModel", "model_id")
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
    many = mapping(data).get("data") if mapping(data).get("object") == "list" else data
    prefix = "/data" if many is not data else ""
    for pointer, one in entries(many, prefix):
        if isinstance(one, dict):
            yield pointer, one


def _kind(one: Mapping[str, Any]) -> str:
    declared = one.get("object")
    if declared in ("fine_tuning.job", "fine-tune"):
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
    model, tuned = one.get("model"), _tuned(one)[0]
    if not isinstance(model, str):
        return tuned is not None and tuned.startswith("ft:")
    is_job = any(str(one.get(key, "")).startswith("ftjob-") for key in _JOB_IDS)
    return (
        is_job
        or "training_file" in one
        or "fine_tuned_model" in one
        or (model.startswith("ft:") and "messages" not in one)
    )


def _tuned(one: Mapping[str, Any]) -> tuple[str | None, str]:
    return next(((one[key], f"/{key}") for key in _TUNED if isinstance(one.get(key), str)), (None, ""))


def _job(say: Speaker, job: Mapping[str, Any], pointer: str) -> Iterator[Assertion]:
    tuned, place = _tuned(job)
    if isinstance(job.get("model"), str):
        yield from say.student(job["model"], f"{pointer}/model")
        if tuned is not None:
            yield from say.base(tuned, job["model"], f"{pointer}/model")
    else:
        yield from say.student(tuned, f"{pointer}{place}")
    yield from say.trained_on(job.get("training_file"), f"{pointer}/training_file")


def _result(say: Speaker, tuned: Any, pointer: str) -> Iterator[Assertion]:
    if isinstance(tuned, str) and tuned.startswith("ft:"):
        yield from say.base(tuned, tuned.split(":")[1], pointer)
