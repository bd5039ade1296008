"""`paudit schema`: the JSON Schema of what paudit writes and reads."""

from __future__ import annotations

from enum import StrEnum

import typer


class Schema(StrEnum):
    """The schemas there are."""

    REPORT = "report"
    MANIFEST = "manifest"
    POLICY = "policy"
    WAIVERS = "waivers"


def schema(name: Schema = typer.Argument(..., help="report, manifest, policy or waivers.")) -> None:
    """Print a JSON Schema: of the JSON report, the lineage manifest, the policy, or a file of waivers."""
    import json

    from provenance_audit.formats import json_v1
    from provenance_audit.lineage.manifest import schema as manifest_schema
    from provenance_audit.policy.document import PolicyFile, WaiverFile
    from provenance_audit.policy.document import schema as policy_schema

    if name is Schema.REPORT:
        content = json_v1.schema()
    elif name is Schema.MANIFEST:
        content = manifest_schema()
    elif name is Schema.POLICY:
        content = policy_schema(PolicyFile, "paudit policy, version 1")
    else:
        content = policy_schema(WaiverFile, "paudit waivers, version 1")
    typer.echo(json.dumps(content, indent=2))
