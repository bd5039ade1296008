"""Jobs of hosted fine-tuning and distillation: OpenAI, Amazon Bedrock, Google Vertex; and the `ft:` ids they end in."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping

SOURCE = "fine-tuning job"
_TUNED = ("fine_tuned_model", "fine_tuned_model_id", "model_id")


def read(document: Document) -> Iterator[Assertion] | None:
    """The statements of a job; None for a document that is none."""
    data = document.data
    if not isinstance(data, dict) or document.path.endswith(".md"):
        return None
    if {"baseModelIdentifier", "distillationSpec", "distillationSamplingSpec"} & data.keys():
        return _distillation(document)
    tuned = next((data[key] for key in _TUNED if isinstance(data.get(key), str)), None)
    model = data.get("model")
    is_job = data.get("object") == "fine_tuning.job" or (
        (isinstance(tuned, str) and tuned.startswith("ft:"))
        or (isinstance(model, str) and model.startswith("ft:"))
        or ("training_file" in data and "model" in data)
        or ("fine_tuned_model" in data and "model" in data)
        or (str(data.get("job_id", data.get("id", ""))).startswith("ftjob-") and isinstance(model, str))
    )
    return _job(document, tuned) if is_job else None


def _job(document: Document, tuned: str | None) -> Iterator[Assertion]:
    data, say = document.data, Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    model = data.get("model")
    if isinstance(model, str):
        yield from say.student(model, "/model")
        if tuned is not None:
            yield from say.base(tuned, model, "/model")
    elif tuned is not None:
        yield from say.student(tuned, "/fine_tuned_model")
    yield from say.trained_on(data.get("training_file") or data.get("file_id"), "/training_file")


def _distillation(document: Document) -> Iterator[Assertion]:
    data, say = document.data, Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    yield from say.student(data.get("baseModelIdentifier") or data.get("base_model"), "/baseModelIdentifier")
    teacher = mapping(
        mapping(mapping(data.get("customizationConfig")).get("distillationConfig")).get("teacherModelConfig")
    )
    pointer = "/customizationConfig/distillationConfig/teacherModelConfig/teacherModelIdentifier"
    yield from say.maker(teacher.get("teacherModelIdentifier"), pointer)
    for key in ("distillationSpec", "distillationSamplingSpec"):
        spec = mapping(data.get(key))
        yield from say.student(spec.get("studentModel"), f"/{key}/studentModel")
        for name in ("baseTeacherModel", "tunedTeacherModelSource"):
            yield from say.maker(spec.get(name), f"/{key}/{name}")
