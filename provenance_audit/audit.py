"""Request in, Report out: open, gather, look, judge, report. The only file that knows the order.

It reads and returns; it writes nothing, and asks no clock and no random source that did not come with the request.
`observe` is what costs, and depends on the data; `conclude` is policy, and is made anew for every report.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from provenance_audit._version import __version__
from provenance_audit.checks import CHECKS, ON_CASES, ON_POLICY, Case
from provenance_audit.checks.base import Filtering
from provenance_audit.claims import stated_files
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.files import DataFile, Digests
from provenance_audit.dataset.locate import engine_for, locate
from provenance_audit.dataset.profile import Profile
from provenance_audit.dataset.rows import Dataset
from provenance_audit.dataset.sieve import sieve_of
from provenance_audit.dataset.trail import follow, siblings
from provenance_audit.describe import anchor_of, count_tables, facts_of, funnel, input_records
from provenance_audit.detail import check_positive, detail_of, with_look
from provenance_audit.errors import UsageError
from provenance_audit.filtering import declared_filters, stages_of, stated_filters
from provenance_audit.findings import (
    BaselineDelta,
    DatasetFacts,
    Finding,
    InputRecord,
    NotEvaluated,
    Observed,
    Report,
    Ruling,
    Run,
    Skip,
    State,
    TestRecord,
)
from provenance_audit.lineage.discover import datasets_of
from provenance_audit.lineage.lock import drift
from provenance_audit.notices import notices
from provenance_audit.opening import columns_by_hand, open_beside, open_control, open_data
from provenance_audit.policy.baseline import Baseline
from provenance_audit.policy.decisions import digest_of
from provenance_audit.policy.judge import Exceptions, judge
from provenance_audit.policy.waivers import apply
from provenance_audit.profiling import facts_of_profile
from provenance_audit.request import Request, validate
from provenance_audit.resolve import declared, resolve
from provenance_audit.risk import risk_matrix
from provenance_audit.ruleset import Ruleset, ruleset_of
from provenance_audit.sequence import read_state

Progress = Callable[[str], None]


def audit(request: Request, progress: Progress = lambda stage: None) -> Report:
    """Scan one dataset. Raises UsageError (exit 2) and InputError (exit 3) when there is nothing to report on."""
    began = time.perf_counter()
    request = prepared(request)
    return conclude(request, observe(request, progress), began=began)


def prepared(request: Request) -> Request:
    """The request with the data that its configurations name, where it names none; valid. Raises UsageError."""
    if not request.paths and request.config:
        request = replace(request, paths=datasets_of(request.config))
    validate(request)
    ruleset_of(request.policy)
    return request


def observe(request: Request, progress: Progress = lambda stage: None) -> Observed:
    """Everything that is read and found, whatever policy makes of it. request: prepared."""
    rules = ruleset_of(request.policy)
    state = read_state(request.sequential) if request.sequential is not None else None
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        located = locate(request.paths, scratch / "data")
        control_at = locate(request.control, scratch / "control")
        files = located.files
        stated = declared(request, files)
        manifest, manifest_path = stated.manifest, stated.path
        stages = stages_of(manifest, manifest_path)
        raw_at = locate(request.raw or stages.raw, scratch / "raw")
        rejects_at = locate(request.rejects or stages.rejects, scratch / "rejects")
        positive_at = locate(request.positive, scratch / "positive")
        sides = (located, control_at, raw_at, rejects_at, positive_at)
        digests = stack.enter_context(Digests([file for side in sides for file in side.every]))
        readable = [file for side in sides for file in side.files]
        connection = stack.enter_context(engine_for(readable, memory=request.memory, threads=request.threads))

        progress("reading rows")
        columns = columns_by_hand(request, stated)
        reading = time.perf_counter()
        data = open_data(connection, located, columns, manifest, manifest_path, full=request.full)
        progress = _with_rate(progress, data.trained_rows, time.perf_counter() - reading)
        control, control_damage = open_control(connection, control_at, columns, full=request.full)
        raw, raw_damage = open_beside(connection, raw_at, columns, "raw")
        rejects, reject_damage = open_beside(connection, rejects_at, columns, "rejects")
        positive, positive_damage = open_beside(connection, positive_at, columns, "positive")
        _check_profile(control, request)
        if positive is not None and isinstance(control, Dataset):
            check_positive(positive, control, request)
        trail = follow(connection, data, raw, rejects) if raw is not None else None
        filtering = Filtering(
            declared=declared_filters(manifest, manifest_path, connection, data),
            stated=stated_filters(files),
            trail=trail,
            sieve=sieve_of(connection, data, trail, rejects),
            beside=siblings(files),
            absent=stages.absent,
            raw_rows=(raw.rows, raw.trained_rows) if raw is not None else None,
            reject_rows=(rejects.rows, rejects.trained_rows) if rejects is not None else None,
        )

        progress("resolving lineage")
        lineage, evidence = resolve(request, stated, connection, data, progress)

        progress("looking")
        case = Case(
            data,
            control,
            lineage,
            damaged=(*data.damaged, *control_damage, *raw_damage, *reject_damage, *positive_damage),
            stated_files=tuple(stated_files(stated, files, data, digests)),
            drift=tuple(drift(stated.lock, lineage.pairs)) if stated.lock is not None else (),
            traits=request.traits,
            control_fault="; ".join(one.message for one in control_damage) if control is None else "",
            filtering=filtering,
            seed=request.seed,
            command=request.command,
            dataset_id=stated.dataset_id,
        )
        findings, tests, not_evaluated = _look(case, rules, progress)

        progress("digesting files")
        observed = Observed(
            at=request.started,
            dataset=facts_of(data, request.paths, trail, evidence.unread, stated.unused),
            control=_facts_of_control(control, request.control),
            inputs=(
                *input_records(files, data, "data", digests, data.damaged),
                *_control_records(control_at.files, control, digests, control_damage),
                *input_records(raw_at.files, raw, "raw", digests, raw_damage),
                *input_records(rejects_at.files, rejects, "rejects", digests, reject_damage),
                *input_records(positive_at.files, positive, "positive", digests, positive_damage),
            ),
            findings=tuple(findings),
            not_evaluated=tuple(not_evaluated),
            tests=tuple(tests),
            lineage=lineage.record(),
            counts=tuple(count_tables(data, control)) if request.keep_counts else (),
            funnel=funnel(data, trail),
            anchor=anchor_of(manifest_path, *request.config),
            comparison=detail_of(case, request, positive, progress),
        )
        if state is None:
            return observed
        # What a sequence records is what this look leads to: the verdict of the whole policy.
        verdict, sides_of = conclude(request, observed).verdict, (files, control_at.files)
        seen = with_look(observed.comparison, case, request, state, digests, sides_of, verdict)
        return replace(observed, comparison=seen)


def conclude(
    request: Request, observed: Observed, *, began: float | None = None, cached: bool = False
) -> Report:
    """What policy makes of what was observed. began: by `time.perf_counter`; cached: whether an earlier run observed it."""
    rules, policy = ruleset_of(request.policy), request.policy
    remapped = [replace(one, severity=rules.severity.get(one.id, one.severity)) for one in observed.findings]
    skipped = {one.id for one in observed.not_evaluated}
    applied = apply(
        rules.waivers,
        remapped,
        request.paths,
        policy.now,
        policy.soon_days,
        rules.selected - skipped,
    )
    for check in ON_POLICY:
        if check.id in rules.selected:
            remapped += [
                replace(one, severity=rules.severity.get(one.id, one.severity))
                for one in check.look(applied, rules.parameters[check.id])
                if isinstance(one, Finding)
            ]
    not_evaluated = tuple(
        replace(one, needed=False) if one.id in rules.ignored else one for one in observed.not_evaluated
    )
    judgement = judge(
        remapped,
        not_evaluated,
        request.gate,
        Exceptions(
            rules.ignored,
            {print: waiver.record for print, waiver in applied.by.items()},
            policy.baseline,
        ),
    )
    run = _run(request, time.perf_counter() - began if began is not None else 0.0)
    return Report(
        version=__version__,
        run=replace(run, anchor=observed.anchor, cached=observed.at if cached else ""),
        dataset=observed.dataset,
        control=observed.control,
        inputs=observed.inputs,
        verdict=judgement.verdict,
        exit_code=judgement.exit_code,
        reasons=judgement.reasons,
        rulings=judgement.rulings,
        not_evaluated=not_evaluated,
        tests=observed.tests,
        lineage=observed.lineage,
        checks_run=tuple(check.id for check in CHECKS),
        next_steps=_next_steps(not_evaluated),
        counts=observed.counts,
        comparison=observed.comparison,
        checks=tuple(check.record for check in CHECKS),
        funnel=observed.funnel,
        baseline=_delta(policy.baseline, judgement.rulings, skipped),
        risk=risk_matrix(observed),
        notices=tuple(notices(request, observed, applied)),
    )


def _delta(
    baseline: Baseline | None, rulings: Sequence[Ruling], skipped: Collection[str]
) -> BaselineDelta | None:
    if baseline is None:
        return None
    counting = (State.ACTIVE, State.BASELINE)
    return baseline.delta(
        [one.finding for one in rulings if one.state in counting],
        [one.finding for one in rulings if one.state not in counting],
        skipped,
    )


def _with_rate(progress: Progress, rows: int, seconds: float) -> Progress:
    """The same, with how many rows there are, and how fast they were read."""
    told = f"{rows:,} rows, read at {rows / max(seconds, 1e-3):,.0f} a second"
    return lambda stage: progress(f"{stage}; {told}")


def _check_profile(control: Dataset | Profile | None, request: Request) -> None:
    """Raises UsageError where rows of the control are needed and a profile is given."""
    asked = [
        option
        for option, given in (
            ("--positive", bool(request.positive)),
            ("--margin", request.margin is not None),
            ("--sequential", request.sequential is not None),
        )
        if given
    ]
    if isinstance(control, Profile) and asked:
        raise UsageError(
            f"{asked[0]} needs rows of the control, and a profile holds none",
            remedy="give the rows of the control",
        )


def _facts_of_control(control: Dataset | Profile | None, paths: Sequence[str]) -> DatasetFacts | None:
    if isinstance(control, Profile):
        return facts_of_profile(control, paths)
    return facts_of(control, paths) if control is not None else None


def _control_records(
    files: Sequence[DataFile],
    control: Dataset | Profile | None,
    digests: Digests,
    damaged: Sequence[Damage],
) -> list[InputRecord]:
    if not isinstance(control, Profile):
        return input_records(files, control, "control", digests, damaged)
    found = input_records(files, None, "control", digests, damaged)
    return [replace(one, schema="profile", rows=None, trained_rows=None) for one in found]


def _look(
    case: Case, rules: Ruleset, progress: Progress
) -> tuple[list[Finding], list[TestRecord], list[NotEvaluated]]:
    findings: list[Finding] = []
    tests: list[TestRecord] = []
    skipped: list[NotEvaluated] = []
    for check in ON_CASES:
        if check.id not in rules.selected:
            skipped.append(NotEvaluated(check.id, check.name, "policy did not select it"))
            continue
        progress(f"{check.id} {check.name}")
        try:
            for result in check.look(case, rules.parameters[check.id]):
                if isinstance(result, Finding):
                    findings.append(result)
                else:
                    tests.append(result)
        except Skip as skip:
            skipped.append(NotEvaluated(check.id, check.name, skip.reason, skip.remedy, skip.needed))
    return findings, tests, skipped


def _run(request: Request, seconds: float) -> Run:
    arguments: dict[str, Any] = {
        "paths": list(request.paths),
        "control": list(request.control),
        "student": request.student,
        "teachers": list(request.teachers),
        "teacher_prompt": request.teacher_prompt,
        "lineage": request.lineage,
        "config": list(request.config),
        "registry": list(request.registry),
        "online": request.online,
        "traits": list(request.traits),
        "columns": dict(request.columns),
        "raw": list(request.raw),
        "rejects": list(request.rejects),
        "full": request.full,
        "positive": list(request.positive),
        "margin": request.margin,
        "sequential": request.sequential,
    }
    gate = {
        "fail_on": request.gate.fail_on.value if request.gate.fail_on is not None else "none",
        "min_confidence": request.gate.min_confidence.value,
        "on_incomplete": request.gate.on_incomplete.value,
        "profile": request.policy.profile,
        "policy": request.policy.source,
        "digest": digest_of(request.gate, request.policy),
    }
    return Run(arguments, request.started, round(seconds, 3), request.seed, gate)


def _next_steps(not_evaluated: Sequence[NotEvaluated]) -> tuple[str, ...]:
    needed = [one.remedy for one in not_evaluated if one.needed and one.remedy]
    wanted = [one.remedy for one in not_evaluated if not one.needed and one.remedy.startswith("paudit ")]
    return tuple(dict.fromkeys([*needed, *wanted]))
