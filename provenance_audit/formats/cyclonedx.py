"""CycloneDX ML-BOM: the dataset with its digests, the models that made it and the student, each with its pedigree.

What paudit found is a claim about the student, with the evidence beside it; what another source states to the contrary is
counter-evidence.
"""

from __future__ import annotations

import uuid
from typing import Any

from provenance_audit.findings import Finding, Report
from provenance_audit.formats import words
from provenance_audit.formats.document import dumped
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look
from provenance_audit.formats.models import Model, Models, hub_purl, models_of

DATASET = "dataset"


def render(report: Report, look: Look) -> str:
    """Version 1.6."""
    return document(report, "1.6")


def document(report: Report, version: str) -> str:
    """The BOM, by a version of the specification."""
    models = models_of(report)
    student = models.student
    named = {model.name: model for model in models.makers} | ({student.name: student} if student else {})
    refs = {name: f"model:{number}" for number, name in enumerate(named)}
    declarations = _declarations(report, refs[student.name] if student else DATASET)
    content: dict[str, Any] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, for_terminal(_identity(report)))}",
        "version": 1,
        "metadata": {
            **({"timestamp": report.run.started} if report.run.started else {}),
            "tools": {"components": [{"type": "application", "name": "paudit", "version": report.version}]},
            "component": _dataset(report),
        },
        "components": [_model(model, refs[name], models) for name, model in named.items()],
        "dependencies": _dependencies(models, refs),
        **({"declarations": declarations} if declarations else {}),
        "properties": [
            {"name": "paudit:verdict", "value": report.verdict.value},
            {"name": "paudit:gate", "value": words.gate(report)},
        ],
    }
    return dumped(content)


def _identity(report: Report) -> str:
    """The same bytes under the same student are the same document."""
    digests = sorted(one.sha256 or one.etag or one.path for one in report.inputs)
    return "\n".join(["paudit", report.version, report.lineage.student or "", *digests])


def _dataset(report: Report) -> dict[str, Any]:
    facts = report.dataset
    return {
        "type": "data",
        "bom-ref": DATASET,
        "name": facts.name,
        "data": [
            {
                "type": "dataset",
                "name": facts.name,
                "description": f"{facts.trained_rows:,} rows, {facts.modality}",
            }
        ],
        "components": [
            {
                "type": "data",
                "bom-ref": f"file:{number}",
                "name": one.path,
                **({"hashes": [{"alg": "SHA-256", "content": one.sha256}]} if one.sha256 else {}),
                "properties": [
                    {"name": "paudit:role", "value": one.role},
                    {"name": "paudit:rows", "value": "unknown" if one.rows is None else str(one.rows)},
                    *([{"name": "paudit:etag", "value": one.etag}] if one.etag else []),
                ],
            }
            for number, one in enumerate(report.inputs)
        ],
    }


def _model(model: Model, ref: str, models: Models) -> dict[str, Any]:
    above = [parent for _, _, parent in models.ancestors(model.name)]
    trained = model is models.student
    return {
        "type": "machine-learning-model",
        "bom-ref": ref,
        "name": model.name,
        **({"version": model.revision} if model.revision else {}),
        **({"purl": model.purl} if model.purl else {}),
        "modelCard": {"modelParameters": {"datasets": [{"ref": DATASET}]} if trained else {}},
        **(
            {
                "pedigree": {
                    "ancestors": [
                        _ancestor(name, f"{ref}/{n}") for n, name in enumerate(dict.fromkeys(above))
                    ]
                }
            }
            if above
            else {}
        ),
        "properties": [
            *({"name": "paudit:role", "value": role} for role in model.roles),
            *([{"name": "paudit:rows", "value": str(model.rows)}] if model.rows is not None else []),
        ],
    }


def _ancestor(name: str, ref: str) -> dict[str, Any]:
    """A base that two models share is named under both, each time with a reference of its own."""
    purl = hub_purl(name)
    return {
        "type": "machine-learning-model",
        "bom-ref": ref,
        "name": name,
        **({"purl": purl} if purl else {}),
    }


def _dependencies(models: Models, refs: dict[str, str]) -> list[dict[str, Any]]:
    wrote = {"ref": DATASET, "dependsOn": sorted({refs[model.name] for model in models.makers})}
    student = models.student
    if student is None:
        return [wrote]
    # The student may have made rows itself: then the dataset depends on it, and it on the dataset.
    return [wrote, {"ref": refs[student.name], "dependsOn": [DATASET]}]


def _declarations(report: Report, target: str) -> dict[str, Any]:
    claims: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    for number, ruling in enumerate(report.rulings):
        finding = ruling.finding
        supports: list[str] = []
        opposes: list[str] = []
        for place, (text, against) in enumerate(_statements(finding, report)):
            ref = f"evidence:{number}/{place}"
            evidence.append({"bom-ref": ref, "propertyName": finding.id, "description": text})
            (opposes if against else supports).append(ref)
        claims.append(
            {
                "bom-ref": f"claim:{number}",
                "target": target,
                "predicate": f"{finding.id} {finding.name}: {finding.message}",
                "reasoning": f"{finding.why} (confidence {finding.confidence}, {ruling.state})",
                **({"evidence": supports} if supports else {}),
                **({"counterEvidence": opposes} if opposes else {}),
            }
        )
    if not claims:
        return {}
    assessor = {"bom-ref": "assessor:0", "thirdParty": False, "organization": {"name": "paudit"}}
    return {"assessors": [assessor], "claims": claims, **({"evidence": evidence} if evidence else {})}


def _statements(finding: Finding, report: Report) -> list[tuple[str, bool]]:
    """(what was stated and where, whether it is against the finding): of sources that differ, the declared is against."""
    stated = finding.evidence.get("statements")
    if isinstance(stated, list | tuple):
        best = min((one["tier"] for one in stated), default=0)
        return [
            (f"{words.TIER_WORDS[one['tier']]}: {one['object']} ({one['locator']})", one["tier"] > best)
            for one in stated
        ]
    pair = words.pair_of(finding, report)
    return [(pair.evidence, False)] if pair is not None and pair.evidence else []
