"""Training configurations: they name the student's base and the dataset, and those of distillation name the teacher (tier 2).

One module a tool, each with `is_configuration(settings)` and `state(say, settings, folder)`; the first that knows the
settings reads them. `--config train.yaml` names student and dataset in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from provenance_audit.lineage.assertion import Assertion, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, mapping
from provenance_audit.lineage.readers.training import (
    any_tool,
    axolotl,
    distillkit,
    llama_factory,
    mlx_lm,
    nemo,
    oumi,
    torchtune,
    trl,
)
from provenance_audit.lineage.readers.training.interpolation import interpolated

SOURCE = "training config"


class Tool(Protocol):
    """A module of this package."""

    def is_configuration(self, settings: Mapping[str, Any]) -> bool:
        """Whether settings are this tool's, by their keys."""

    def state(self, say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
        """What they state. folder: of the file, to resolve what it names on disk."""


TOOLS: tuple[Tool, ...] = (axolotl, llama_factory, torchtune, oumi, nemo, distillkit, trl, mlx_lm, any_tool)


def recognise(document: Document) -> bool:
    """Settings that one of the tools knows. JSON is as likely results as settings: there a teacher and a student are asked."""
    settings = mapping(document.data)
    if document.is_card or not settings:
        return False
    tool = _tool(settings)
    return tool is not None and (
        tool is not any_tool or not document.name.endswith(".json") or any_tool.is_distillation(settings)
    )


def read(document: Document) -> Iterator[Assertion]:
    """The statements of a configuration."""
    say = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL)
    yield from statements(say, mapping(document.data), document.folder)


def statements(say: Speaker, settings: Mapping[str, Any], folder: str) -> Iterator[Assertion]:
    """The statements of settings, wherever they were kept: a tracker logs the same ones."""
    if (tool := _tool(settings)) is not None:
        yield from tool.state(say, interpolated(settings), folder)


def _tool(settings: Mapping[str, Any]) -> Tool | None:
    return next((tool for tool in TOOLS if tool.is_configuration(settings)), None)
