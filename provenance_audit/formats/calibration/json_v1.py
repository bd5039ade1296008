"""A calibration as JSON, version 1. Every number that the text shows, and those it rounds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from provenance_audit.findings import CalibratedSide, CalibrationReport
from provenance_audit.formats.calibration import words


def render(report: CalibrationReport) -> str:
    """The report as JSON, keys in a fixed order, ending with a newline."""
    return json.dumps(document(report), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def document(report: CalibrationReport) -> dict[str, Any]:
    """The report as plain values."""
    found = report.found
    return {
        "schema_version": "1",
        "kind": "calibration",
        "tool": {"name": "paudit", "version": report.version},
        "run": {
            "started": report.started,
            "seconds": report.seconds,
            "runs": found.runs,
            "seed": found.seed,
            "alpha": found.alpha,
        },
        "control": _side(report.control),
        "positive": _side(report.positive) if report.positive is not None else None,
        "remarks": list(report.remarks),
        "level_holds": found.holds,
        "false_alarms": [
            {
                "n": list(one.n),
                "runs": one.runs,
                "rejected": one.fired,
                "high": one.high,
                "rate": one.rate,
                "interval_95": list(one.interval),
                "holds": one.holds,
            }
            for one in found.false_alarms
        ],
        "power": [
            {
                "n": one.n,
                "share": one.share,
                "trials": one.trials,
                "rejected": one.fired,
                "high": one.high,
                "rate": one.rate,
            }
            for one in found.seen
        ],
        "smallest_share": [
            {
                "n": n,
                "share": one.share,
                "interval_90": list(one.interval),
                "largest_tried": one.largest,
                "seen_at_largest": one.seen,
                "trials": one.trials,
            }
            for n, one in found.smallest
        ],
        "min_effect": {
            "default": found.min_effect,
            "proposed": found.proposal.min_effect,
            "reason": found.proposal.reason,
        },
        "meaning": list(words.meaning(found)),
    }


def _side(one: CalibratedSide) -> dict[str, Any]:
    return asdict(one)
