"""Writes a manifest from what was found, each line with a comment that says where. The reader of manifests reads it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from provenance_audit.findings import Lineage, Step
from provenance_audit.lineage.assertion import Tier
from provenance_audit.lineage.makers import UNRECORDED

_PLAIN = re.compile(r"^[A-Za-z][\w.\-]*/[A-Za-z0-9][\w.\-]*$", re.ASCII)
HEAD = """\
# Who made this dataset, and what each model came from. Written by `paudit lineage init` from what it found: check it,
# and complete what is open. Every fact that is declared here may add risk, and takes none away.
paudit: 1
"""


def manifest_text(lineage: Lineage) -> str:
    """The manifest as YAML."""
    return HEAD + "\n".join(_lines(lineage)) + "\n"


def _lines(lineage: Lineage) -> Iterator[str]:
    if lineage.student is not None:
        yield f"student: {_scalar(lineage.student)}{_found(lineage, lineage.student)}"
    else:
        yield "# student: ORG/MODEL    # not found: the checkpoint that training starts from"
    edges: dict[str, dict[str, Step]] = {}
    for step in lineage.edges:
        if not step.grade:  # what the registry knows need not be declared
            edges.setdefault(step.child, {}).setdefault(step.parent, step)
    if edges:
        yield "models:"
        for child, parents in edges.items():
            yield f"  {_scalar(child)}:"
            if child.startswith("file:"):
                yield f"    path: {_scalar(child.removeprefix('file:'))}"
            yield "    base:"
            for parent, step in parents.items():
                yield f"      - id: {_scalar(parent)}    # found in {_comment(step.source)}"
                yield f"        relation: {step.relation}"
    if lineage.makers:
        yield "generations:"
        for maker in lineage.makers:
            yield f"  - model: {_scalar(maker.maker)}    # found in {_comment(maker.locators[0])}"
            yield f"    role: {maker.role}"
            if maker.prompt.startswith("sha256:"):
                yield f"    system_prompt_sha256: {maker.prompt.removeprefix('sha256:')}"
            elif maker.prompt == UNRECORDED:
                yield "    # system_prompt: none    # not recorded: none, or its text"
    else:
        yield "# teacher: ORG/MODEL    # not found: who generated the rows"


def _found(lineage: Lineage, object: str) -> str:
    stated = [
        one
        for one in lineage.assertions
        if one.predicate == "student"
        and one.tier < Tier.INFERRED
        and one.object_id == object.partition("@")[0]
    ]
    return f"    # found in {_comment(stated[0].locator)}" if stated else ""


def _scalar(text: str) -> str:
    """A repository's id as it is; anything else as a JSON string, which is a YAML string whatever it holds."""
    return text if _PLAIN.match(text) else json.dumps(text)


def _comment(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
