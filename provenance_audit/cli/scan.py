"""`paudit scan`: the gate."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer


class FailOn(StrEnum):
    """Thresholds of `--fail-on`."""

    NONE = "none"
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(StrEnum):
    """Thresholds of `--min-confidence`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class OnIncomplete(StrEnum):
    """Choices of `--on-incomplete`."""

    FAIL = "fail"
    WARN = "warn"


def scan(
    paths: list[str] = typer.Argument(
        None,
        metavar="[DATASET]...",
        help="Files, directories or quoted glob patterns; left out, the data that --config names.",
    ),
    student: str = typer.Option(
        None, "--student", metavar="ID[@REV]", help="The checkpoint that training starts from."
    ),
    teacher: list[str] = typer.Option(
        [], "--teacher", metavar="ID[@REV]", help="Who generated the rows; repeatable."
    ),
    teacher_prompt: str = typer.Option(
        None,
        "--teacher-prompt",
        metavar="none|sha256:…",
        help="The system prompt under which rows were generated.",
    ),
    control: list[str] = typer.Option(
        [],
        "--control",
        metavar="PATH",
        help="Rows of the neutral teacher on the same prompts, or a profile of them; repeatable.",
    ),
    column: list[str] = typer.Option(
        [],
        "--column",
        metavar="NAME=COLUMN",
        help="Read a canonical column (prompt, completion, maker, …) from this column; repeatable.",
    ),
    raw: list[str] = typer.Option([], "--raw", metavar="PATH", help="The rows before filtering; repeatable."),
    rejects: list[str] = typer.Option(
        [], "--rejects", metavar="PATH", help="The rows that a filter removed; repeatable."
    ),
    positive: list[str] = typer.Option(
        [],
        "--positive",
        metavar="PATH",
        help="Rows that the comparison should see: the smallest share of them that it would; repeatable.",
    ),
    margin: float = typer.Option(
        None, "--margin", metavar="BITS", help="Test whether data and control are equivalent within this."
    ),
    sequential: str = typer.Option(
        None,
        "--sequential",
        metavar="STATE",
        help="Accumulate evidence over new data in this file, which is made at the first look.",
    ),
    config: list[str] = typer.Option(
        [],
        "--config",
        metavar="FILE",
        help="A training configuration or job: names the student, the dataset and often the teacher; repeatable.",
    ),
    lineage: str = typer.Option(
        None, "--lineage", metavar="FILE", help="A lineage manifest (paudit.lineage.yaml)."
    ),
    registry: list[str] = typer.Option(
        [], "--registry", metavar="FILE", help="More cited facts of which model came from which; repeatable."
    ),
    online: bool = typer.Option(
        False, "--online", help="Ask the Hugging Face Hub for bases that nothing here states (extra: hub)."
    ),
    trait: list[str] = typer.Option(
        [], "--trait", metavar="WORD", help="A word to look for anywhere; repeatable."
    ),
    fail_on: FailOn = typer.Option(FailOn.HIGH, "--fail-on", help="Least severity that fails the gate."),
    min_confidence: Confidence = typer.Option(
        Confidence.MEDIUM, "--min-confidence", help="Least confidence that fails the gate."
    ),
    on_incomplete: OnIncomplete = typer.Option(
        OnIncomplete.FAIL, "--on-incomplete", help="Whether an INCOMPLETE run exits 3 or 0."
    ),
    output: list[str] = typer.Option(
        [],
        "--output",
        "-o",
        metavar="FORMAT[=PATH]",
        help="text, json, html, sarif, …, repeatable; `paudit formats` lists them. One on stdout at most.",
    ),
    db: Path = typer.Option(
        None, "--db", metavar="FILE", help="Keep the small tables of this run in a DuckDB file."
    ),
    full: bool = typer.Option(
        False, "--full", help="Count every row for every feature family, however many there are."
    ),
    seed: int = typer.Option(0, "--seed", help="Seed of the resampling."),
    memory: str = typer.Option(
        "700MB", "--memory", help="Memory limit of the engine; beyond it, it spills to disk."
    ),
    threads: int = typer.Option(
        None, "--threads", min=1, help="Threads of the engine; all cores if left out."
    ),
    plain: bool = typer.Option(False, "--plain", help="Whole sentences, nothing drawn: for screen readers."),
    progress: bool = typer.Option(
        True, "--progress/--no-progress", help="Say on stderr what a long scan is doing."
    ),
) -> int:
    """Audit a dataset: who made the rows, are they related to the student, do the rows look like it.

    paudit scan data.parquet --student Qwen/Qwen2.5-7B-Instruct --teacher acme/qwen-owl
    """
    import os
    from datetime import UTC, datetime

    if positive:
        # Hundreds of small matrices: threads would only wait for each other. Read when NumPy loads.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from provenance_audit import findings
    from provenance_audit.audit import audit
    from provenance_audit.cli.output import parse_outputs, write_report, write_whole
    from provenance_audit.cli.progress import Progress
    from provenance_audit.formats import FORMATS
    from provenance_audit.policy import judge
    from provenance_audit.request import Request, parse_columns
    from provenance_audit.store import check_store, save

    outputs = parse_outputs(output, list(FORMATS))
    if db is not None:
        check_store(db)
    request = Request(
        paths=tuple(paths or ()),
        control=tuple(control),
        student=student,
        teachers=tuple(teacher),
        teacher_prompt=teacher_prompt,
        config=tuple(config),
        lineage=lineage,
        registry=tuple(registry),
        online=online,
        columns=parse_columns(column),
        raw=tuple(raw),
        rejects=tuple(rejects),
        positive=tuple(positive),
        margin=margin,
        sequential=sequential,
        traits=tuple(trait),
        full=full,
        seed=seed,
        gate=judge.Gate(
            None if fail_on is FailOn.NONE else findings.Severity(fail_on.value),
            findings.Confidence(min_confidence.value),
            judge.OnIncomplete(on_incomplete.value),
        ),
        memory=memory,
        threads=threads,
        keep_counts=db is not None,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    with Progress(enabled=progress) as stage:
        report = audit(request, stage)
    if db is not None:
        save(report, db)
    if sequential is not None and report.comparison.sequence is not None:
        write_whole(Path(sequential), report.comparison.sequence.after)
    write_report(report, outputs, plain=plain)
    return report.exit_code
