"""Amazon Bedrock's model customisation: the job as it is asked for and as it is reported, fine-tuning and distillation.

Models are ids or ARNs; of an ARN of a foundation model the id is what counts (`arn:aws:bedrock:us-east-1::foundation-model/…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping

SOURCE = "Bedrock customisation job"
_BASES = ("baseModelIdentifier", "baseModelArn")
_RESULTS = ("outputModelArn", "outputModelName", "customModelName")
_TEACHER = ("customizationConfig", "distillationConfig", "teacherModelConfig", "teacherModelIdentifier")
# An id is followed by the length of its context where it is one that can be tuned: `amazon.nova-lite-v1:0:300k`.
_ARN = re.compile(r"arn:aws[\w\-]*:bedrock:[\w\-]*:\d*:(?:foundation-model|inference-profile)/([\w.:\-]+)")
_CONTEXT = re.compile(r"(:\d+):\d+k$")


def recognise(document: Document) -> bool:
    """One of its keys for a base, in the request or in the answer."""
    return not document.is_card and any(key in mapping(document.data) for key in _BASES)


def read(document: Document) -> Iterator[Assertion]:
    """Student, result, teacher, training data."""
    say, data = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL), mapping(document.data)
    key = next(key for key in _BASES if key in data)
    yield from say.student(model_id(data[key]), f"/{key}")
    result = next((data[name] for name in _RESULTS if isinstance(data.get(name), str)), None)
    if result is not None:
        yield from say.base(result, model_id(data[key]), f"/{key}")
    teacher: Any = data
    for part in _TEACHER:
        teacher = mapping(teacher).get(part)
    yield from say.maker(model_id(teacher), "/" + "/".join(_TEACHER))
    training = mapping(data.get("trainingDataConfig"))
    yield from say.trained_on(training.get("s3Uri"), "/trainingDataConfig/s3Uri")
    logs = mapping(mapping(training.get("invocationLogsConfig")).get("invocationLogSource")).get("s3Uri")
    yield from say.trained_on(logs, "/trainingDataConfig/invocationLogsConfig/invocationLogSource/s3Uri")


def model_id(name: Any) -> Any:
    """The id in an ARN of a foundation model or of an inference profile; a custom model has none but its ARN."""
    if not isinstance(name, str):
        return name
    match = _ARN.fullmatch(name.strip())
    return _CONTEXT.sub(r"\1", match[1] if match else name.strip())
