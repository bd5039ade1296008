"""distilabel's `pipeline.yaml`: every model of every step, with the role that the step's class gives it.

Parsed as data: distilabel itself would import the classes that the file names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping

SOURCE = "distilabel pipeline"
DEPTH = 6
# Where the classes of models keep the name, the most exact first (distilabel, models/).
_NAMES = ("model", "model_id", "model_path", "model_name")
# Words in the names of classes of steps (distilabel, steps/tasks/), the first that fits.
_ROLES = (
    ("pairrm", Role.RANKER), ("reward", Role.REWARD), ("ultrafeedback", Role.JUDGE), ("prometheus", Role.JUDGE),
    ("scorer", Role.JUDGE), ("judge", Role.JUDGE), ("checker", Role.JUDGE), ("labeller", Role.ANNOTATOR),
    ("classification", Role.ANNOTATOR), ("evolinstruct", Role.PROMPT_GENERATOR), ("evolcomplexity", Role.PROMPT_GENERATOR),
    ("selfinstruct", Role.PROMPT_GENERATOR), ("instructionbacktranslation", Role.JUDGE), ("evolquality", Role.REWRITER),
)  # fmt: skip


def recognise(document: Document) -> bool:
    """Steps under `pipeline`, as distilabel serialises them."""
    steps = mapping(mapping(document.data).get("pipeline")).get("steps")
    return isinstance(steps, list) and any("step" in mapping(entry) for entry in steps)


def read(document: Document) -> Iterator[Assertion]:
    """Makers, the digests of their system prompts, and the datasets that were loaded."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    for number, entry in enumerate(document.data["pipeline"]["steps"]):
        step, pointer = mapping(mapping(entry).get("step")), f"/pipeline/steps/{number}/step"
        kind = str(mapping(step.get("type_info")).get("name", mapping(entry).get("name", ""))).casefold()
        role = next((role for word, role in _ROLES if word in kind), Role.GENERATOR)
        prompt = step.get("system_prompt")
        for place, model in _models(step, pointer):
            yield from say.maker(model, place, role)
            if isinstance(prompt, str) and prompt and isinstance(model, str):
                digest = "sha256:" + hashlib.sha256(prompt.encode()).hexdigest()
                yield from say.system_prompt(digest, f"{pointer}/system_prompt", model)
        if "loaddatafrom" in kind:
            yield from say.derived_from(step.get("repo_id"), f"{pointer}/repo_id")


def _models(part: Mapping[str, Any], pointer: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The name in every object called an `llm`; a mixture of agents has several, one inside the other.

    Embeddings are passed over: they choose no words. So are models of a step that is no task (`PairRM` has one of its own).
    """
    for key, value in part.items():
        place = f"{pointer}/{key}"
        if isinstance(value, dict) and key in ("llm", "aggregator_llm"):
            yield from _named(value, place, depth)
        elif isinstance(value, list) and key in ("llms", "proposers_llms"):
            for number, one in enumerate(value):
                yield from _named(mapping(one), f"{place}/{number}", depth)
    if (
        depth == 0
        and "llm" not in part
        and "llms" not in part
        and "embeddings" not in part
        and "model" in part
    ):
        yield f"{pointer}/model", part["model"]


def _named(llm: Mapping[str, Any], pointer: str, depth: int) -> Iterator[tuple[str, Any]]:
    key = next((key for key in _NAMES if isinstance(llm.get(key), str)), None)
    if key is not None:
        yield f"{pointer}/{key}", llm[key]
    if depth < DEPTH:
        yield from _models(llm, pointer, depth + 1)
