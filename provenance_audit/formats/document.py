"""JSON documents for other programs: ASCII only, and no text in them that would move a cursor where it is shown."""

from __future__ import annotations

import json
from typing import Any

from provenance_audit.formats.escape import for_terminal


def dumped(content: Any) -> str:
    """The document, ending with a newline."""
    return json.dumps(_inert(content), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return for_terminal(value)
    if isinstance(value, dict):
        return {for_terminal(key): _inert(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_inert(one) for one in value]
    return value
