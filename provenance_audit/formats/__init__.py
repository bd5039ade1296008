"""Formats: each a pure function from a report to text, and one explicit list of them. Nothing here writes a file.

A new format: a file beside this one, and a line in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable

from provenance_audit.findings import Report
from provenance_audit.formats import text
from provenance_audit.formats.text import Look

Render = Callable[[Report, Look], str]


def _json(report: Report, look: Look) -> str:
    from provenance_audit.formats import json_v1  # its models are built only where they are wanted

    return json_v1.render(report)


FORMATS: dict[str, Render] = {"text": text.render, "json": _json}

__all__ = ["FORMATS", "Look", "Render"]
