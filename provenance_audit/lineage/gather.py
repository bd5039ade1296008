"""The door of the wing: every source in, one `LineageGraph` out, in which each maker is related to the student."""

from __future__ import annotations

from provenance_audit.database import Connection
from provenance_audit.lineage.assertion import Predicate, Role
from provenance_audit.lineage.readers import command_line, file_names, footer, manifest, rows
from provenance_audit.lineage.registry import Registry, load
from provenance_audit.lineage.resolved import LineageGraph
from provenance_audit.lineage.sources import Sources

__all__ = ["LineageGraph", "Sources", "gather"]


def gather(sources: Sources, connection: Connection, registry: Registry | None = None) -> LineageGraph:
    """Read every source and relate each maker to the student. Never stops early: it collects, then resolves."""
    statements = [*command_line.read(sources.student, sources.teachers, sources.teacher_prompt)]
    if sources.manifest is not None:
        statements += manifest.read(sources.manifest, sources.manifest_path, named=sources.manifest_named)
    statements += sources.documents
    statements += footer.read(sources.footers)
    statements += rows.read(
        ((one.value, one.rows) for one in sources.makers),
        sources.maker_column,
        sources.makers_from,
        sources.selectors,
    )
    registry = registry if registry is not None else load()
    if not any(one.predicate is Predicate.MAKER and one.role is Role.GENERATOR for one in statements):
        statements += file_names.read(sources.files, registry)
    return LineageGraph(sources, statements, registry, connection)
