"""Every word of a result: findings, tests, rulings, verdict, report. All frozen.

A check yields `Finding`s and `TestRecord`s, or raises `Skip`; policy turns findings into `Ruling`s and a verdict;
formats and the store read the `Report`. None of them needs to know another.
"""

from __future__ import annotations

from provenance_audit.findings.finding import (
    FINGERPRINT_VERSION,
    BaselineDelta,
    CheckRecord,
    Finding,
    FixedFinding,
    NotEvaluated,
    Ruling,
    Skip,
    WaiverRecord,
)
from provenance_audit.findings.lineage import (
    AssertionRecord,
    Lineage,
    MakerRecord,
    Pair,
    Proof,
    RiskRow,
    Step,
    UnreadRecord,
    Way,
)
from provenance_audit.findings.report import DatasetFacts, FunnelStep, InputRecord, Observed, Report, Run
from provenance_audit.findings.scales import RELATED, Confidence, Ordered, Relation, Severity, State, Verdict
from provenance_audit.findings.statistics import (
    Bin,
    CalibratedSide,
    CalibrationReport,
    ComparisonDetail,
    CountTable,
    Sensitivity,
    Sequence,
    TestRecord,
)

__all__ = [
    "FINGERPRINT_VERSION",
    "RELATED",
    "AssertionRecord",
    "BaselineDelta",
    "Bin",
    "CalibratedSide",
    "CalibrationReport",
    "CheckRecord",
    "ComparisonDetail",
    "Confidence",
    "CountTable",
    "DatasetFacts",
    "Finding",
    "FixedFinding",
    "FunnelStep",
    "InputRecord",
    "Lineage",
    "MakerRecord",
    "NotEvaluated",
    "Observed",
    "Ordered",
    "Pair",
    "Proof",
    "Relation",
    "Report",
    "RiskRow",
    "Ruling",
    "Run",
    "Sensitivity",
    "Sequence",
    "Severity",
    "Skip",
    "State",
    "Step",
    "TestRecord",
    "UnreadRecord",
    "Verdict",
    "WaiverRecord",
    "Way",
]
