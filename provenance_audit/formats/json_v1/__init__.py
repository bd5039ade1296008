"""The JSON report, version 1: a numbered copy of the result, so that inner names may change and users' do not break.

Keys are added in minor versions, removed or renamed only in a major one. Everything but `run` is the same for the same
input, arguments, seed and version. Reading a report and writing it again gives the same bytes.
"""

from __future__ import annotations

import json
from typing import Any

from provenance_audit.findings import Report
from provenance_audit.formats.json_v1.read import from_wire, read
from provenance_audit.formats.json_v1.wire import ReportV1
from provenance_audit.formats.json_v1.write import to_wire
from provenance_audit.formats.look import Look

__all__ = ["from_wire", "read", "render", "schema", "to_wire"]


def render(report: Report, look: Look) -> str:
    """The report as JSON, ASCII only, ending with a newline."""
    content = to_wire(report).model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "paudit report, version 1",
        **ReportV1.model_json_schema(by_alias=True, mode="serialization"),
    }
