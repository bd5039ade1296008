"""The JSON report inside the page, so that one file is the whole result, and `paudit report` can render it again."""

from __future__ import annotations

import base64
import gzip
import json
import re

from provenance_audit.findings import Report
from provenance_audit.formats.json_v1 import to_wire

PLAIN = "application/json"
PACKED = "application/gzip;base64"
# Beyond this the page would grow heavy, and a person does not read it anyway.
PLAIN_AT_MOST = 100_000
_BLOCK = re.compile(rf'<script type="({PLAIN}|{PACKED})" id="paudit-report">([^<]*)</script>')


def embed(report: Report | None) -> tuple[str, str]:
    """The type of the data block, and its content, which cannot end the block. None: a report too large for a page."""
    if report is None:
        return PLAIN, "null"
    content = to_wire(report).model_dump(mode="json", by_alias=True)
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    if len(text) > PLAIN_AT_MOST:
        return PACKED, base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
    return PLAIN, text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def extract(page: str) -> str | None:
    """The JSON report of a page, or None where there is none."""
    found = _BLOCK.search(page)
    if found is None:
        return None
    kind, content = found.groups()
    if content == "null":
        return None
    return content if kind == PLAIN else gzip.decompress(base64.b64decode(content)).decode()
