"""What readers of documents share: where a statement stands, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier, WeightRelation
from provenance_audit.lineage.documents import Document

# From a document to its statements; None where it is of another kind.
Reader = Callable[[Document], "Iterator[Assertion] | None"]

LONGEST = 500


class Speaker:
    """Makes the statements of one document: `speaker.student("a/b", "/base_model")`."""

    def __init__(self, document: Document, source: str, tier: Tier) -> None:
        self._document = document
        self._source = source
        self._tier = tier

    def student(self, model: Any, pointer: str) -> Iterator[Assertion]:
        """The checkpoint that training starts from."""
        yield from self._state("training", Predicate.STUDENT, model, pointer)

    def maker(self, model: Any, pointer: str, role: Role = Role.GENERATOR) -> Iterator[Assertion]:
        """A model that made, changed or judged rows."""
        yield from self._state("dataset", Predicate.MAKER, model, pointer, role=role)

    def base(
        self, child: str, model: Any, pointer: str, relation: WeightRelation = WeightRelation.FINETUNE
    ) -> Iterator[Assertion]:
        """What a model's weights came from."""
        if isinstance(model, str) and model.strip().casefold() != child.strip().casefold():
            yield from self._state(child, Predicate.BASE, model, pointer, relation=relation)

    def trained_on(self, dataset: Any, pointer: str, subject: str = "training") -> Iterator[Assertion]:
        """A dataset that was trained on."""
        yield from self._state(subject, Predicate.TRAINED_ON, dataset, pointer)

    def derived_from(self, dataset: Any, pointer: str) -> Iterator[Assertion]:
        """A dataset that this one was made from."""
        yield from self._state("dataset", Predicate.DATASET, dataset, pointer)

    def system_prompt(self, digest: str, pointer: str, subject: str = "dataset") -> Iterator[Assertion]:
        """The prompt under which rows were generated, as `sha256:…` or `none`."""
        yield from self._state(subject, Predicate.SYSTEM_PROMPT, digest, pointer)

    def _state(
        self,
        subject: str,
        predicate: Predicate,
        value: Any,
        pointer: str,
        *,
        relation: WeightRelation | None = None,
        role: Role | None = None,
    ) -> Iterator[Assertion]:
        text = value.strip() if isinstance(value, str) else ""
        if (
            text
            and len(text) <= LONGEST
            and "${" not in text
            and "{{" not in text
            and text.casefold() not in ("none", "null", "n/a")
        ):
            yield Assertion(
                subject, predicate, text, None, self._tier, self._source, f"{self._document.path}:{pointer}",
                relation=relation, role=role,
            )  # fmt: skip


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value as a list: of one, of many, of none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
