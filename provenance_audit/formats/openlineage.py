"""An OpenLineage run event: the audit as a job that read the dataset, with an assertion and a test for each check."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from provenance_audit.findings import InputRecord, Report
from provenance_audit.formats import words
from provenance_audit.formats.document import dumped
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look

PRODUCER = "https://pypi.org/project/provenance-audit/"
SPEC = "https://openlineage.io/spec"
EPOCH = "1970-01-01T00:00:00+00:00"


def render(report: Report, look: Look) -> str:
    """One event: COMPLETE, or FAIL where the gate failed or could not decide."""
    tests = list(_tests(report))
    event = {
        "eventType": "COMPLETE" if report.exit_code == 0 else "FAIL",
        "eventTime": report.run.started or EPOCH,
        "producer": PRODUCER,
        "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {
            "runId": str(uuid.uuid5(uuid.NAMESPACE_URL, for_terminal(_identity(report)))),
            "facets": {"test": _facet("1-0-1/TestRunFacet", tests=tests)},
        },
        "job": {"namespace": "paudit", "name": f"audit {report.dataset.name}", "facets": {}},
        "inputs": [_input(one, tests) for one in report.inputs],
        "outputs": [],
    }
    return dumped(event)


def _tests(report: Report) -> Iterator[dict[str, Any]]:
    for ruling in report.rulings:
        finding = ruling.finding
        yield {
            "name": f"{finding.id} {finding.name}",
            "status": "fail",
            "severity": "error" if ruling.gating else "warn",
            "type": finding.id,
            "description": finding.message,
            "params": {"fingerprint": finding.fingerprint, "state": ruling.state.value},
        }
    known = words.check_names(report)
    for id in words.quiet(report):
        yield {"name": f"{id} {known[id].name}" if id in known else id, "status": "pass", "type": id}
    for item in report.not_evaluated:
        yield {
            "name": f"{item.id} {item.name}",
            "status": "skip",
            "type": item.id,
            "description": item.reason,
        }


def _input(one: InputRecord, tests: list[dict[str, Any]]) -> dict[str, Any]:
    namespace, name = _named(one.path)
    facets: dict[str, Any] = {
        "inputStatistics": _facet("1-0-0/InputStatisticsInputDatasetFacet", **_counts(one))
    }
    if one.role == "data":
        facets["dataQualityAssertions"] = _facet(
            "1-1-0/DataQualityAssertionsDatasetFacet",
            assertions=[
                {
                    "assertion": test["type"],
                    "success": test["status"] == "pass",
                    "name": test["name"],
                    **{key: test[key] for key in ("severity", "description") if key in test},
                }
                for test in tests
                if test["status"] != "skip"
            ],
        )
    pinned = one.sha256 or one.etag
    version = {"version": _facet("1-0-1/DatasetVersionDatasetFacet", datasetVersion=pinned)} if pinned else {}
    return {"namespace": namespace, "name": name, "facets": version, "inputFacets": facets}


def _counts(one: InputRecord) -> dict[str, int]:
    rows = {} if one.rows is None else {"rowCount": one.rows}
    return {**rows, "size": one.bytes, "fileCount": 1}


def _named(path: str) -> tuple[str, str]:
    """The namespace and name of a dataset, as OpenLineage has them for files and object stores."""
    if "://" in path:
        parts = urlsplit(path)
        return f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/") or "/"
    return "file", str(PurePosixPath(path))


def _facet(schema: str, **content: Any) -> dict[str, Any]:
    name = schema.rpartition("/")[2]
    return {"_producer": PRODUCER, "_schemaURL": f"{SPEC}/facets/{schema}.json#/$defs/{name}", **content}


def _identity(report: Report) -> str:
    digests = sorted(one.sha256 or one.etag or one.path for one in report.inputs)
    return "\n".join([report.run.started, report.lineage.student or "", *digests])
