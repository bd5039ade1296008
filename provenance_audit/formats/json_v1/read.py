"""From JSON back to a report, so that it can be rendered again, compared, and taken as a baseline, without a scan."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from provenance_audit.errors import UsageError
from provenance_audit.findings import (
    AssertionRecord,
    BaselineDelta,
    Bin,
    CheckRecord,
    ComparisonDetail,
    DatasetFacts,
    Finding,
    FixedFinding,
    FunnelStep,
    InputRecord,
    Lineage,
    MakerRecord,
    NotEvaluated,
    Pair,
    Report,
    RiskRow,
    Ruling,
    Run,
    Sensitivity,
    Sequence,
    Step,
    TestRecord,
    UnreadRecord,
    WaiverRecord,
)
from provenance_audit.formats.json_v1.wire import (
    NOTHING_MORE,
    SCHEMA_VERSION,
    ComparisonV1,
    FindingV1,
    LineageV1,
    PairV1,
    ReportV1,
    SequenceV1,
    SmallestShareV1,
    TestV1,
)
from provenance_audit.stats.figures import Equivalence, Feature, Separation, SmallestShare

Made = TypeVar("Made")
MAJOR = SCHEMA_VERSION.partition(".")[0]


def read(text: str, name: str) -> Report:
    """The report that JSON v1 holds. Keys that a later minor version added are passed over.

    name: what the text is called in errors. Raises UsageError for what is no report, or is of another major version.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{name} is no JSON: {error}", remedy="give a report of -o json=FILE") from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if not isinstance(version, str):
        raise UsageError(f"{name} is no report of paudit", remedy="give a report of -o json=FILE")
    if version.partition(".")[0] != MAJOR:
        raise UsageError(
            f"{name} is a report of version {version}; this paudit reads version {MAJOR}",
            remedy="use the paudit that wrote it, or a newer one",
        )
    try:
        return from_wire(ReportV1.model_validate(content, extra="ignore"))
    except ValidationError as error:
        fault = error.errors()[0]
        pointer = "/" + "/".join(str(part) for part in fault["loc"])
        raise UsageError(
            f"{name}: {pointer}: {fault['msg']}", remedy="give the file as it was written"
        ) from error


def from_wire(wire: ReportV1) -> Report:
    """The report of which this is the numbered copy, without block counts, which JSON does not keep."""
    baseline = wire.baseline
    return Report(
        version=wire.tool.version,
        run=Run(
            arguments=wire.run.arguments,
            started=wire.run.started,
            seconds=wire.run.seconds,
            seed=wire.run.seed,
            gate=wire.run.gate,
            anchor=wire.run.anchor,
            cached=wire.run.cached,
        ),
        dataset=_made(DatasetFacts, wire.inputs.data),
        control=None if wire.inputs.control is None else _made(DatasetFacts, wire.inputs.control),
        inputs=tuple(
            _made(InputRecord, one, schema=one.schema_, names=("schema_",)) for one in wire.inputs.files
        ),
        verdict=wire.verdict,
        exit_code=wire.exit_code,
        reasons=tuple(wire.run.reasons),
        rulings=tuple(_ruling(one) for one in wire.findings),
        not_evaluated=tuple(_made(NotEvaluated, one) for one in wire.not_evaluated),
        tests=tuple(_test(one) for one in wire.tests),
        comparison=_comparison(wire.comparison),
        lineage=_lineage(wire.lineage),
        checks_run=tuple(wire.run.checks),
        next_steps=tuple(wire.run.next_steps),
        checks=tuple(_made(CheckRecord, one) for one in wire.checks),
        funnel=tuple(_made(FunnelStep, one) for one in wire.funnel),
        risk=tuple(_made(RiskRow, one) for one in wire.risk),
        notices=tuple(wire.run.notices),
        baseline=None
        if baseline is None
        else _made(BaselineDelta, baseline, fixed=tuple(_made(FixedFinding, one) for one in baseline.fixed)),
    )


def _ruling(wire: FindingV1) -> Ruling:
    beside = ("fingerprint", "state", "gating", "waiver")
    return Ruling(
        finding=_made(Finding, wire, names=beside),
        state=wire.state,
        gating=wire.gating,
        waiver=None if wire.waiver is None else _made(WaiverRecord, wire.waiver),
    )


def _test(wire: TestV1) -> TestRecord:
    low, up = wire.interval
    return _made(
        TestRecord,
        wire,
        # What JSON has no number for: an interval that is open, an effect that no number of rows would show.
        statistic=_or(wire.statistic, float("nan")),
        effect=_or(wire.effect, float("nan")),
        interval=(_or(low, float("-inf")), _or(up, float("inf"))),
        minimum_detectable=_or(wire.minimum_detectable, float("inf")),
        bins=tuple(_made(Bin, one) for one in wire.bins),
    )


def _comparison(wire: ComparisonV1) -> ComparisonDetail:
    """What was said of the comparison."""
    if wire == NOTHING_MORE:
        return ComparisonDetail()
    equivalence = None
    if (one := wire.equivalence) is not None:
        upper = _or(one.upper, float("inf"))
        equivalence = Equivalence(one.margin, upper, one.group, one.family, (one.n[0], one.n[1]))
    return ComparisonDetail(
        features=tuple(_made(Feature, one) for one in wire.features),
        separation=None
        if wire.auc is None
        else Separation({int(bag): auc for bag, auc in wire.auc.items()}, ()),
        equivalence=equivalence,
        sensitivity=None if wire.smallest_share is None else _sensitivity(wire.smallest_share),
        sequence=None if wire.sequence is None else _sequence(wire.sequence),
    )


def _sensitivity(wire: SmallestShareV1) -> Sensitivity:
    smallest = None
    if wire.interval_90 is not None:
        low, up = wire.interval_90
        smallest = SmallestShare(
            wire.share,
            (_or(low, float("nan")), _or(up, float("nan"))),
            _or(wire.largest_tried, float("nan")),
            _or(wire.seen_at_largest, float("nan")),
            wire.trials,
            0,
        )
    return Sensitivity(wire.positive, (wire.n[0], wire.n[1]), smallest, wire.reason)


def _sequence(wire: SequenceV1) -> Sequence:
    repeated = None
    if wire.repeats_look is not None:
        repeated = (wire.repeats_look, wire.standing_verdict or "")
    return Sequence(
        looks=(wire.looks, wire.looks_counted),
        counted=wire.counted,
        reason=wire.reason,
        evidence=None if wire.e is None or wire.p is None else (wire.e, wire.p),
        alarm=wire.alarm,
        alpha=wire.alpha,
        mean_effect=(wire.mean_effect_family, wire.mean_effect),
        repeated=repeated,
        after="",
    )


def _lineage(wire: LineageV1) -> Lineage:
    return Lineage(
        student=wire.student,
        makers=tuple(_made(MakerRecord, one) for one in wire.makers),
        assertions=tuple(_made(AssertionRecord, one) for one in wire.assertions),
        pairs=tuple(_pair(one) for one in wire.pairs),
        edges=tuple(_made(Step, one) for one in wire.edges),
        unread=tuple(_made(UnreadRecord, one) for one in wire.unread),
        student_by_hearsay=wire.student_by_hearsay,
    )


def _pair(wire: PairV1) -> Pair:
    return _made(Pair, wire, path=tuple(_made(Step, one) for one in wire.path))


def _made(kind: type[Made], wire: BaseModel, *, names: tuple[str, ...] = (), **changes: Any) -> Made:
    """One record from its numbered copy; lists become tuples. names: keys of the copy that the record has not."""
    values = {name: getattr(wire, name) for name in type(wire).model_fields if name not in names}
    tuples = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return kind(**(tuples | changes))


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
