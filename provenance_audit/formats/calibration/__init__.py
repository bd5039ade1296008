"""Formats of a calibration: each a pure function from its report to text. Nothing here writes a file."""

from __future__ import annotations

from collections.abc import Callable

from provenance_audit.findings import CalibrationReport
from provenance_audit.formats.look import Look

Render = Callable[[CalibrationReport, Look], str]


def _text(report: CalibrationReport, look: Look) -> str:
    from provenance_audit.formats.calibration import text

    return text.render(report, look)


def _json(report: CalibrationReport, look: Look) -> str:
    from provenance_audit.formats.calibration import json_v1

    return json_v1.render(report)


def _html(report: CalibrationReport, look: Look) -> str:
    from provenance_audit.formats.calibration import html

    return html.render(report)


FORMATS: dict[str, Render] = {"text": _text, "json": _json, "html": _html}
