"""paudit: audits who made a distillation dataset before a student model is trained on it.

from provenance_audit import scan
report = scan("dataset.parquet", student="Qwen/Qwen2.5-7B-Instruct")
if report.exit_code: ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from provenance_audit._version import __version__

if TYPE_CHECKING:
    from provenance_audit.findings import Report

__all__ = ["Report", "__version__", "guard", "scan"]

Path = str | PathLike[str]


def scan(
    path: Path | Sequence[Path] = (),
    *,
    control: Path | Sequence[Path] | None = None,
    student: str | None = None,
    teacher: str | Sequence[str] | None = None,
    teacher_prompt: str | None = None,
    lineage: Path | None = None,
    config: Path | Sequence[Path] | None = None,
    registry: Path | Sequence[Path] | None = None,
    online: bool = False,
    traits: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    raw: Path | Sequence[Path] | None = None,
    rejects: Path | Sequence[Path] | None = None,
    full: bool = False,
    positive: Path | Sequence[Path] | None = None,
    margin: float | None = None,
    seed: int = 0,
    fail_on: str = "high",
    min_confidence: str = "medium",
    on_incomplete: str = "fail",
    policy: Path | None = None,
) -> Report:
    """Audit a dataset, as `paudit scan` does, and return the report.

    path, control, raw, rejects: files, directories or glob patterns. teacher_prompt: `none` or `sha256:…`. config: training
    configurations, which name the data too where no path is given. registry: files of further cited facts. online: ask the
    Hub for bases that nothing here states. columns: canonical column -> column of the files, where paudit does not find it.
    full: every row is counted for every feature family.
    positive: rows that the comparison with the control should see; the report says from which share on it would. margin: in
    bits, for a test of equivalence.
    policy: a policy file, whose waivers, baseline, selection, severities and parameters count; its gate and options do not, since
    they are arguments here. None is looked for.
    Raises `provenance_audit.errors.PauditError`; its `exit_code` is what the command would have ended with.
    """
    from datetime import UTC, datetime
    from pathlib import Path as FilePath

    from provenance_audit.audit import audit
    from provenance_audit.errors import UsageError
    from provenance_audit.findings import Confidence, Severity
    from provenance_audit.policy.decisions import policy_of
    from provenance_audit.policy.file import read_chain
    from provenance_audit.policy.judge import Gate, OnIncomplete
    from provenance_audit.policy.precedence import settle
    from provenance_audit.request import Request

    try:
        gate = Gate(
            None if fail_on == "none" else Severity(fail_on),
            Confidence(min_confidence),
            OnIncomplete(on_incomplete),
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    now = datetime.now(UTC)
    chain = read_chain(FilePath(policy)) if policy is not None else ()
    return audit(
        Request(
            paths=_paths(path),
            control=_paths(control),
            student=student,
            teachers=(teacher,) if isinstance(teacher, str) else tuple(teacher or ()),
            teacher_prompt=teacher_prompt,
            lineage=None if lineage is None else str(lineage),
            config=_paths(config),
            registry=_paths(registry),
            online=online,
            traits=tuple(traits),
            columns=tuple((columns or {}).items()),
            raw=_paths(raw),
            rejects=_paths(rejects),
            full=full,
            positive=_paths(positive),
            margin=margin,
            seed=seed,
            gate=gate,
            policy=policy_of(settle({}, {}, chain), chain, now),
            started=now.isoformat(timespec="seconds"),
        )
    )


def guard(
    dataset: Path | Sequence[Path],
    *,
    student: str,
    attestation: Path | None = None,
    fail_on: str = "high",
    min_confidence: str = "medium",
    on_incomplete: str = "fail",
    **options: Any,
) -> Report | None:
    """Refuse to go on with data that may not be trained on. Call it before training starts.

    With an attestation, the bytes of the dataset are hashed and held against it, as `paudit verify` does; it returns None.
    Without one the dataset is scanned here and now, with `options` as `scan()` takes them, and the report is returned.
    Raises `provenance_audit.errors.RefusedError`, which says why, and what `scan()` raises.
    """
    from provenance_audit.errors import RefusedError, UsageError

    if attestation is None:
        report = scan(
            dataset,
            student=student,
            fail_on=fail_on,
            min_confidence=min_confidence,
            on_incomplete=on_incomplete,
            **options,
        )
        if report.exit_code:
            raise RefusedError(
                f"{report.verdict}: {'; '.join(report.reasons)}",
                remedy="paudit scan prints what was found, and what to do",
                exit_code=report.exit_code,
            )
        return report

    from pathlib import Path as File

    from provenance_audit.attestation import FAIL_ON, MIN_CONFIDENCE, Demand, read_attestation, refusals
    from provenance_audit.dataset.digests import digests_of

    if options:
        raise UsageError(
            f"with an attestation nothing is scanned, so {', '.join(options)} cannot be honoured"
        )
    if (
        fail_on not in FAIL_ON
        or min_confidence not in MIN_CONFIDENCE
        or on_incomplete not in ("fail", "warn")
    ):
        raise UsageError(f"{fail_on!r}, {min_confidence!r}, {on_incomplete!r} is no gate")
    try:
        text = File(attestation).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RefusedError(f"{attestation} cannot be read: {error.strerror}") from error
    demand = Demand(student, fail_on, min_confidence, on_incomplete)
    reasons = list(refusals(read_attestation(text, str(attestation)), digests_of(_paths(dataset)), demand))
    if reasons:
        raise RefusedError(
            "; ".join(reasons), remedy="audit these files for this student, and attest the result"
        )
    return None


def _paths(value: Path | Sequence[Path] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (str(value),) if isinstance(value, str | PathLike) else tuple(str(one) for one in value)


def __getattr__(name: str) -> Any:
    if name == "Report":
        from provenance_audit.findings import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
