"""What the key-value metadata of a Parquet footer says: tier 4, a statement published with the file.

`paudit.lineage` is a JSON object with any of `teacher`, `student` and `system_prompt`; other writers' keys are
recognised by name. The `huggingface` key holds features and a fingerprint, which name no model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier

SOURCE = "footer"
OWN_KEY = "paudit.lineage"
FEATURES_KEY = "huggingface"
MAKER_KEYS = frozenset(
    {"teacher", "teacher_model", "generator", "generator_model", "generation_model", "model_name"}
)
STUDENT_KEYS = frozenset({"student", "student_model"})
PROMPT_KEYS = frozenset({"system_prompt"})
LONGEST_NAME = 300


def read(footers: Iterable[tuple[str, str, str]]) -> Iterator[Assertion]:
    """The statements in footers: (file, key, value) triples. The same statement in many shards is made once."""
    seen: set[tuple[str, str]] = set()
    for file, key, value in footers:
        for name, text in _pairs(key, value):
            if (name, text) not in seen:
                seen.add((name, text))
                yield from _state(name, text, f"{file}:footer/{key}")


def _pairs(key: str, value: str) -> Iterator[tuple[str, str]]:
    if key not in (OWN_KEY, FEATURES_KEY):
        yield key, value
        return
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        return
    if not isinstance(content, dict):
        return
    if key == OWN_KEY:
        yield from ((name, text) for name, text in content.items() if isinstance(text, str))
    elif isinstance(content.get("fingerprint"), str):
        yield "fingerprint", content["fingerprint"]


def _state(name: str, text: str, locator: str) -> Iterator[Assertion]:
    if not text or len(text) > LONGEST_NAME:
        return
    if name in STUDENT_KEYS:
        yield Assertion("training", Predicate.STUDENT, text, None, Tier.PUBLISHED, SOURCE, locator)
    elif name in MAKER_KEYS:
        yield Assertion(
            "dataset", Predicate.MAKER, text, None, Tier.PUBLISHED, SOURCE, locator, role=Role.GENERATOR
        )
    elif name in PROMPT_KEYS and text.startswith("sha256:"):
        yield Assertion("dataset", Predicate.SYSTEM_PROMPT, text, None, Tier.PUBLISHED, SOURCE, locator)
    elif name == "fingerprint":
        yield Assertion(
            "dataset", Predicate.DATASET, f"fingerprint:{text}", None, Tier.PUBLISHED, SOURCE, locator
        )
