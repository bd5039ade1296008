"""Pictures of a lineage: a tree and the pairs for people, Mermaid and DOT for documents, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable

from provenance_audit.findings import Lineage
from provenance_audit.formats.lineage import diagram, json_v1, tree
from provenance_audit.formats.look import Look

LINEAGE_FORMATS: dict[str, Callable[[Lineage, Look], str]] = {
    "text": tree.render,
    "json": json_v1.render,
    "mermaid": diagram.mermaid,
    "dot": diagram.dot,
}

__all__ = ["LINEAGE_FORMATS"]
