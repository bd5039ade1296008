"""`paudit scan`: the gate."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer


class Profile(StrEnum):
    """Choices of `--profile`."""

    DEFAULT = "default"
    STRICT = "strict"
    AUDIT = "audit"


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
    context: typer.Context,
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
    policy: Path = typer.Option(
        None, "--policy", metavar="FILE", help="A policy, instead of paudit.toml here or above."
    ),
    isolated: bool = typer.Option(False, "--isolated", help="Look for no policy."),
    profile: Profile = typer.Option(
        None, "--profile", help="default; strict fails on medium; audit reports and never fails."
    ),
    fail_on: FailOn = typer.Option(None, "--fail-on", help="Least severity that fails the gate (high)."),
    min_confidence: Confidence = typer.Option(
        None, "--min-confidence", help="Least confidence that fails the gate (medium)."
    ),
    on_incomplete: OnIncomplete = typer.Option(
        None, "--on-incomplete", help="Whether an INCOMPLETE run exits 3 (fail) or 0 (warn)."
    ),
    select: list[str] = typer.Option(
        [], "--select", metavar="CHECK", help="Only these checks look: PA2, PA301, shared-base; repeatable."
    ),
    ignore: list[str] = typer.Option(
        [], "--ignore", metavar="CHECK", help="Findings of these checks are shown and count for nothing."
    ),
    severity: list[str] = typer.Option(
        [], "--severity", metavar="ID=LEVEL", help="The severity of every finding of a check; repeatable."
    ),
    baseline: Path = typer.Option(
        None, "--baseline", metavar="FILE", help="An earlier JSON report: only what is new, or worse, gates."
    ),
    waivers: bool = typer.Option(True, "--waivers/--no-waivers", help="Whether waivers of the policy count."),
    max_days: int = typer.Option(
        None, "--max-days", min=1, metavar="DAYS", help="How far ahead a waiver may end (180)."
    ),
    soon_days: int = typer.Option(
        None, "--soon-days", min=0, metavar="DAYS", help="How long before its end a waiver is announced (14)."
    ),
    now: str = typer.Option(
        None, "--now", metavar="DATE", help="Judge waivers as of this day (UTC), or this moment."
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
    seed: int = typer.Option(None, "--seed", help="Seed of the resampling (0)."),
    memory: str = typer.Option(
        None, "--memory", help="Memory limit of the engine (700MB); beyond it, it spills to disk."
    ),
    threads: int = typer.Option(
        None, "--threads", min=1, help="Threads of the engine; all cores if left out."
    ),
    timeout: str = typer.Option(
        None, "--timeout", metavar="TIME", help="What the scan may take: 90s, 10m, 2h; beyond it, exit 3."
    ),
    cache: bool = typer.Option(
        True, "--cache/--no-cache", help="Answer from the last scan, if nothing that it read has changed."
    ),
    cache_dir: Path = typer.Option(None, "--cache-dir", metavar="DIR", help="Where answers are kept."),
    plain: bool = typer.Option(False, "--plain", help="Whole sentences, nothing drawn: for screen readers."),
    progress: bool = typer.Option(
        True, "--progress/--no-progress", help="Say on stderr what a long scan is doing."
    ),
) -> int:
    """Audit a dataset: who made the rows, are they related to the student, do the rows look like it.

    paudit scan data.parquet --student Qwen/Qwen2.5-7B-Instruct --teacher acme/qwen-owl

    Each option is also a variable (PAUDIT_FAIL_ON=critical) and, most of them, a key of the policy (paudit init).
    """
    import os
    from datetime import UTC, datetime

    from provenance_audit.cache import Cache, directory
    from provenance_audit.cli.answer import answer, deadline, seconds_of
    from provenance_audit.cli.options import given, options, request_of
    from provenance_audit.cli.output import parse_outputs, write_report, write_whole
    from provenance_audit.cli.progress import Progress
    from provenance_audit.formats import FORMATS, Look

    chosen = options(given(context), tuple(paths or ()))
    settled = chosen.settled
    if settled["positive"]:
        # Hundreds of small matrices: threads would only wait for each other. Read when NumPy loads.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    outputs = parse_outputs(settled["output"], list(FORMATS))
    store = Path(settled["db"]) if settled["db"] is not None else None
    if store is not None:
        from provenance_audit.store import check_store, holds_counts, save

        check_store(store)
    request = request_of(chosen, paths or (), datetime.now(UTC))
    written = [path for path in (store, *(one.path for one in outputs)) if path is not None]
    place = None if settled["no-cache"] else directory(settled["cache-dir"])
    kept = None if place is None else Cache(place, written)
    seconds = seconds_of(settled["timeout"])
    with Progress(enabled=not settled["no-progress"]) as stage, deadline(seconds, settled["timeout"]):
        # A store wants block counts, which the cache has not: it must hold those of the run that counted.
        made = answer(request, stage, kept, accept=lambda at: store is None or holds_counts(store, at))
    try:
        write_report(made.report, outputs, plain=settled["plain"])
    finally:
        # What was found is kept even where a report could not be written, and written even where it could not be kept.
        if store is not None:
            save(made.report, store, FORMATS["json"](made.report, Look()))
    sequence = made.report.comparison.sequence
    if settled["sequential"] is not None and sequence is not None:
        write_whole(Path(settled["sequential"]), sequence.after)
    made.keep()
    if made.report.run.cached:
        typer.echo(
            f"paudit: answered from the cache of {made.report.run.cached}: nothing that was read has changed since "
            "(--no-cache looks again)",
            err=True,
        )
    return made.report.exit_code
