"""Formats: each a pure function from a report to text, and one explicit list of them. Nothing here writes a file.

A new format: a file beside this one, and a line in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable

from provenance_audit.findings import Report
from provenance_audit.formats import json_v1, text
from provenance_audit.formats.text import Look

Render = Callable[[Report, Look], str]

FORMATS: dict[str, Render] = {
    "text": text.render,
    "json": lambda report, look: json_v1.render(report),
}

__all__ = ["FORMATS", "Look", "Render"]
