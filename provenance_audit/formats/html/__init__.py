"""HTML: one page that needs nothing else. No script, no network, a policy that forbids both, and the JSON report inside.

Every value is escaped by the template engine, after what is not printable in it was written as its code.
"""

from __future__ import annotations

from provenance_audit.formats.html.page import render

__all__ = ["render"]
