"""What a finding is about, in one way for all checks: a model, a pair, a maker of these rows, or the rows themselves.

A subject alone is fingerprinted, so it holds what makes a finding another one (who wrote the rows, in which revision and under
which prompt, and the student that they are for) and nothing that may change while the finding stays: no path, no wording, no
count of rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from provenance_audit.checks.base import Case
from provenance_audit.checks.wording import pinned
from provenance_audit.findings import Pair
from provenance_audit.lineage.assertion import SELECTORS
from provenance_audit.lineage.makers import UNRECORDED, Maker
from provenance_audit.lineage.manifest import NO_PROMPT

UNKNOWN = "unknown"
SEVERAL = "several"
# A list of more makers than these is named by its digest.
NAMED = 4


def of_pair(pair: Pair) -> dict[str, str]:
    """A maker in one configuration, beside the student."""
    return {
        "maker": pinned(pair),
        "role": pair.role,
        "prompt": prompt_of(pair.prompt, counts=pair.prompt_counts),
        "student": pair.student,
    }


def of_maker(case: Case, maker: Maker) -> dict[str, str]:
    """A maker, as far as these rows and this student are concerned."""
    return {"maker": maker.identity.pinned, **_which(case)}


def of_rows(case: Case, about: Mapping[str, str]) -> dict[str, str]:
    """The rows, by who wrote them and for whom. about: what of them, in words that do not change."""
    return {**about, "makers": makers_of(case), **_which(case)}


def makers_of(case: Case) -> str:
    """Who wrote the rows, each with revision and prompt; `unknown` for rows that nobody attributes."""
    written = {
        f"{maker.identity.pinned} (prompt {prompt_of(maker.prompt, counts=maker.prompt_counts)})"
        for maker in case.lineage.makers
        if maker.role not in SELECTORS and not maker.inferred
    }
    if not written or (case.lineage.unnamed_rows and not case.lineage.attributed_from_outside):
        written.add(UNKNOWN)
    names = sorted(written)
    if len(names) <= NAMED and not any("," in name for name in names):  # one with a comma could pass for two
        return ", ".join(names)
    digest = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:32]
    return f"{', '.join(names[: NAMED - 1])} and others (sha256:{digest})"


def prompt_of(prompt: str, *, counts: bool) -> str:
    """A prompt as it identifies: a digest, none, unrecorded, several. A `none` that changes no severity is unrecorded."""
    if prompt == NO_PROMPT:
        return prompt if counts else UNRECORDED
    return prompt if prompt == UNRECORDED or prompt.startswith("sha256:") else SEVERAL


def _which(case: Case) -> dict[str, str]:
    """The student, and the dataset if a manifest gives it an id."""
    student = case.lineage.student
    return {
        **({"student": student.pinned} if student is not None else {}),
        **({"dataset": case.dataset_id} if case.dataset_id else {}),
    }
