"""A baseline: an earlier JSON report. What it already had does not gate again; what is new, or has become worse, does.

Of an earlier report only findings that counted then are taken: one that was waived comes back when its waiver ends.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance_audit.errors import PolicyError
from provenance_audit.findings import (
    FINGERPRINT_VERSION,
    BaselineDelta,
    Confidence,
    Finding,
    FixedFinding,
    Severity,
    State,
)

MAJOR = "1"
COUNTS = (State.ACTIVE, State.BASELINE)
_REMEDY = "give a report that `paudit scan … -o json=FILE` wrote"


@dataclass(frozen=True, slots=True)
class Known:
    """A finding of the baseline."""

    id: str
    name: str
    fingerprint: str
    message: str
    severity: Severity
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier report, as far as later ones are held against it. digests: of the files that it was of.

    apart: fingerprints of findings that it had waived or ignored. skipped: ids of checks that could not look.
    """

    source: str
    version: str
    gate: Mapping[str, str]
    dataset: str
    digests: frozenset[str]
    known: Mapping[str, Known]
    apart: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    student: str = ""

    def has(self, finding: Finding) -> bool:
        """Whether the finding was there already, and is no worse now."""
        before = self.known.get(finding.fingerprint)
        return (
            before is not None
            and finding.severity.rank <= before.severity.rank
            and finding.confidence.rank <= before.confidence.rank
        )

    def delta(
        self, findings: Sequence[Finding], apart: Sequence[Finding] = (), skipped: Collection[str] = ()
    ) -> BaselineDelta:
        """What is new, unchanged and fixed.

        apart: findings that are waived or ignored now, which is not fixed. skipped: ids of checks that could not look now, whose
        findings nobody knows to be fixed.
        """
        found = {one.fingerprint for one in (*findings, *apart)}
        new = sum(not self.has(one) for one in findings)
        gone = [one for one in self.known.values() if one.fingerprint not in found]
        fixed = tuple(
            FixedFinding(one.id, one.name, one.fingerprint, one.message)
            for one in gone
            if one.id not in skipped
        )
        return BaselineDelta(self.source, new, len(findings) - new, fixed, len(gone) - len(fixed))


def load(path: Path) -> dict[str, Any]:
    """A JSON report as data: an object of schema version 1, with findings. Raises PolicyError (exit 2)."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path} cannot be read: {error.strerror}", remedy=_REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"{path} is no JSON: {str(error).splitlines()[0]}", remedy=_REMEDY) from error
    report: dict[str, Any] = content if isinstance(content, dict) else {}
    version = report.get("schema_version")
    if not isinstance(version, str) or not isinstance(report.get("findings"), list):
        raise PolicyError(f"{path} is no report of paudit", remedy=_REMEDY)
    if version.partition(".")[0] != MAJOR:
        raise PolicyError(
            f"{path} is a report of schema version {version}; this paudit reads version {MAJOR}",
            remedy="use the paudit that wrote it, or write the baseline anew",
        )
    return report


def read_baseline(path: Path) -> Baseline:
    """An earlier report as a baseline. Raises PolicyError (exit 2)."""
    return baseline_of(load(path), str(path))


def baseline_of(content: Mapping[str, Any], source: str) -> Baseline:
    """The same, of a report that is already read."""
    known: dict[str, Known] = {}
    apart: set[str] = set()
    for number, one in enumerate(content["findings"]):
        try:
            if State(one["state"]) not in COUNTS:
                apart.add(str(one["fingerprint"]))
                continue
            entry = Known(
                one["id"],
                one["name"],
                one["fingerprint"],
                one["message"],
                Severity(one["severity"]),
                Confidence(one["confidence"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PolicyError(
                f"{source}: /findings/{number} is no finding: {error}", remedy=_REMEDY
            ) from error
        if not entry.fingerprint.startswith(f"{FINGERPRINT_VERSION}:"):
            raise PolicyError(
                f"{source}: /findings/{number} has a fingerprint of another version",
                remedy="write the baseline anew with this paudit",
            )
        known[entry.fingerprint] = entry
    run, inputs, tool = (_object(content, key) for key in ("run", "inputs", "tool"))
    files = inputs.get("files")
    return Baseline(
        source,
        str(tool.get("version", "")),
        {str(key): str(value) for key, value in _object(run, "gate").items()},
        str(_object(inputs, "data").get("name", "")),
        frozenset(
            str(one["sha256"])
            for one in (files if isinstance(files, list) else ())
            if isinstance(one, dict) and one.get("role") == "data" and one.get("sha256")
        ),
        known,
        frozenset(apart),
        _skipped(content),
        str(_object(content, "lineage").get("student") or ""),
    )


def pruned(baseline: dict[str, Any], report: Mapping[str, Any]) -> tuple[dict[str, Any], int, int]:
    """The ratchet: the baseline without what is fixed, and no worse than the report. Also how many were removed, and lowered.

    Nothing is ever added: what is new in the report stays new. What its checks could not look for stays too.
    """
    skipped = _skipped(report)
    now = {
        one["fingerprint"]: one
        for one in report["findings"]
        if isinstance(one, dict) and "fingerprint" in one
    }
    kept, removed, lowered = [], 0, 0
    for one in baseline["findings"]:
        current = now.get(one.get("fingerprint"))
        if current is None:
            if one.get("id") in skipped:
                kept.append(one)
            else:
                removed += 1
            continue
        entry = dict(one)
        for key, order in (("severity", Severity), ("confidence", Confidence)):
            if order(current[key]).rank < order(entry[key]).rank:
                entry[key] = current[key]
                lowered += 1
        kept.append(entry)
    return {**baseline, "findings": kept}, removed, lowered


def _skipped(content: Mapping[str, Any]) -> frozenset[str]:
    """The checks of a report that could not look."""
    entries = content.get("not_evaluated")
    return frozenset(
        str(one["id"])
        for one in (entries if isinstance(entries, list) else ())
        if isinstance(one, dict) and "id" in one
    )


def _object(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content.get(key)
    return value if isinstance(value, dict) else {}
