"""What the user says on the command line: tier 3, and always named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier

SOURCE = "command line"


def read(student: str | None, teachers: Sequence[str], teacher_prompt: str | None) -> Iterator[Assertion]:
    """The statements of `--student`, `--teacher` and `--teacher-prompt`."""
    if student is not None:
        yield Assertion("training", Predicate.STUDENT, student, None, Tier.DECLARED, SOURCE, "--student")
    for teacher in teachers:
        yield Assertion(
            "dataset", Predicate.MAKER, teacher, None, Tier.DECLARED, SOURCE, "--teacher", role=Role.GENERATOR
        )
    if teacher_prompt is not None:
        yield Assertion(
            "dataset",
            Predicate.SYSTEM_PROMPT,
            teacher_prompt.lower(),
            None,
            Tier.DECLARED,
            SOURCE,
            "--teacher-prompt",
        )
