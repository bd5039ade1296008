"""`paudit schema`: the JSON Schema of what paudit writes and reads."""

from __future__ import annotations

from enum import StrEnum

import typer


class Schema(StrEnum):
    """The schemas there are."""

    REPORT = "report"
    MANIFEST = "manifest"
    REGISTRY = "registry"
    POLICY = "policy"
    WAIVERS = "waivers"


def schema(
    name: Schema = typer.Argument(..., help="report, manifest, registry, policy or waivers."),
) -> None:
    """Print a JSON Schema: of the JSON report, the manifest, rows for --registry, the policy, or a file of waivers."""
    import json

    from provenance_audit.formats import json_v1
    from provenance_audit.lineage.manifest import schema as manifest_schema
    from provenance_audit.lineage.registry_rows import schema as registry_schema
    from provenance_audit.policy.document import policy_schema, waivers_schema

    printed = {
        Schema.REPORT: json_v1.schema,
        Schema.MANIFEST: manifest_schema,
        Schema.REGISTRY: registry_schema,
        Schema.POLICY: policy_schema,
        Schema.WAIVERS: waivers_schema,
    }
    typer.echo(json.dumps(printed[name](), indent=2))
