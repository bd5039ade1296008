"""An in-toto Statement v1 about the bytes of the dataset, with a test-result predicate. Unsigned: a signer signs it.

A training job can then demand it (`paudit verify`). The subjects are the digests of the data; a file that was pinned only by
ETag has none, and is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from provenance_audit.attestation import CONCLUSION, PREDICATE, STATEMENT
from provenance_audit.errors import UsageError
from provenance_audit.findings import InputRecord, Report, Ruling, State, Verdict
from provenance_audit.formats.document import dumped
from provenance_audit.formats.look import Look


def render(report: Report, look: Look) -> str:
    """The statement. Raises UsageError for data that has no digest."""
    content = {
        "_type": STATEMENT,
        "subject": [
            {"name": one.path, "digest": {"sha256": _digest(one)}}
            for one in report.inputs
            if one.role == "data"
        ],
        "predicateType": PREDICATE,
        "predicate": predicate(report),
    }
    return dumped(content)


def predicate(report: Report) -> dict[str, Any]:
    """The result by check, and what it was reached with: the student, the gate, the other inputs."""
    by_state: dict[str, dict[str, None]] = {"failed": {}, "warned": {}}
    for ruling in report.rulings:
        by_state["failed" if _fails(ruling) else "warned"][_label(ruling)] = None
    named = {ruling.finding.id for ruling in report.rulings}
    unlooked = {item.id for item in report.not_evaluated}
    return {
        "result": result(report),
        "configuration": [
            {"name": "paudit", "uri": f"pkg:pypi/provenance-audit@{report.version}"},
            _conclusion(report),
            *(
                {"name": f"{one.role}: {one.path}", "digest": {"sha256": one.sha256}}
                for one in report.inputs
                if one.role != "data" and one.sha256
            ),
        ],
        "passedTests": [id for id in report.checks_run if id not in named and id not in unlooked],
        "warnedTests": [
            *by_state["warned"],
            *(f"{item.id}-{item.name} (not evaluated)" for item in report.not_evaluated),
        ],
        "failedTests": list(by_state["failed"]),
    }


def result(report: Report) -> str:
    """PASSED, WARNED or FAILED: FAILED exactly when the exit code was not 0."""
    if report.exit_code != 0:
        return "FAILED"
    return "PASSED" if report.verdict is Verdict.NO_FINDING else "WARNED"


def _conclusion(report: Report) -> dict[str, Any]:
    """What was concluded, about which student and under which gate, as a small document with its own digest."""
    content = json.dumps(
        {
            "student": report.lineage.student,
            "verdict": report.verdict.value,
            "exit_code": report.exit_code,
            "gate": dict(report.run.gate),
            "seed": report.run.seed,
            "waived": [
                ruling.finding.fingerprint for ruling in report.rulings if ruling.state is not State.ACTIVE
            ],
        },
        sort_keys=True,
    ).encode()
    return {
        "name": CONCLUSION,
        "mediaType": "application/json",
        "content": base64.b64encode(content).decode(),
        "digest": {"sha256": hashlib.sha256(content).hexdigest()},
    }


def _digest(one: InputRecord) -> str:
    if one.sha256 is None:
        pinned = f"pinned only by its ETag {one.etag}" if one.etag else "without a digest"
        raise UsageError(
            f"-o intoto: {one.path} is {pinned}: a statement is about bytes",
            remedy="copy it here, and scan the copy",
        )
    return one.sha256


def _fails(ruling: Ruling) -> bool:
    return ruling.state is State.ACTIVE and ruling.gating


def _label(ruling: Ruling) -> str:
    state = "" if ruling.state is State.ACTIVE else f" ({ruling.state})"
    return f"{ruling.finding.id}-{ruling.finding.name}{state}"
