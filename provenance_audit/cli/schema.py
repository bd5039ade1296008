"""`paudit schema`: the JSON Schema of what paudit writes and reads."""

from __future__ import annotations

from enum import StrEnum

import typer


class Schema(StrEnum):
    """The schemas there are."""

    REPORT = "report"
    MANIFEST = "manifest"


def schema(name: Schema = typer.Argument(..., help="report or manifest.")) -> None:
    """Print a JSON Schema: of the JSON report, or of the lineage manifest."""
    import json

    from provenance_audit.formats import json_v1
    from provenance_audit.lineage.manifest import schema as manifest_schema

    content = json_v1.schema() if name is Schema.REPORT else manifest_schema()
    typer.echo(json.dumps(content, indent=2))
