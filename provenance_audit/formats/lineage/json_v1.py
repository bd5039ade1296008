"""A lineage as JSON: what was stated, the weight edges above every model, and how each maker is related to the student."""

from __future__ import annotations

import json
from typing import Any

from provenance_audit.findings import Lineage
from provenance_audit.formats.look import Look


def render(lineage: Lineage, look: Look) -> str:
    """ASCII only, ending with a newline."""
    content = {
        "schema_version": "1.0",
        "student": lineage.student,
        "makers": [_fields(one) for one in lineage.makers],
        "assertions": [_fields(one) for one in lineage.assertions],
        "edges": [_fields(one) for one in lineage.edges],
        "pairs": [{**_fields(pair), "path": [_fields(step) for step in pair.path]} for pair in lineage.pairs],
        "unread": [_fields(one) for one in lineage.unread],
    }
    return json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__ if name != "prompt_counts"}
