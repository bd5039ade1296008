"""`paudit calibrate`: what the gate does on your own rows, before you trust it."""

from __future__ import annotations

import typer


def calibrate(
    control: list[str] = typer.Option(
        ..., "--control", metavar="PATH", help="Rows of the neutral teacher; repeatable."
    ),
    positive: list[str] = typer.Option(
        [], "--positive", metavar="PATH", help="Rows that the gate should see; repeatable."
    ),
    runs: int = typer.Option(
        200, "--runs", min=20, max=100_000, help="Random splits at each size; time grows with it."
    ),
    column: list[str] = typer.Option(
        [],
        "--column",
        metavar="NAME=COLUMN",
        help="Read a canonical column (prompt, completion, …) from this column; repeatable.",
    ),
    output: list[str] = typer.Option(
        [],
        "--output",
        "-o",
        metavar="FORMAT[=PATH]",
        help="text, json or html; repeatable, one on stdout at most.",
    ),
    seed: int = typer.Option(0, "--seed", help="Seed of splits, mixes and resampling."),
    memory: str = typer.Option("700MB", "--memory", help="Memory limit of the engine."),
    progress: bool = typer.Option(
        True, "--progress/--no-progress", help="Say on stderr what is being measured, and how long is left."
    ),
) -> int:
    """Measure the gate on your own control: false alarms, what it sees, and which effect should gate.

    paudit calibrate --control neutral.jsonl --positive prompted.jsonl -o html=calibration.html
    """
    import os

    # The matrices of a trial are small: threads would only wait for each other. Read when NumPy loads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    import sys
    from datetime import UTC, datetime

    from provenance_audit.calibrate import CalibrationRequest, run_calibration
    from provenance_audit.cli.output import look, parse_outputs, write_whole
    from provenance_audit.cli.progress import Progress
    from provenance_audit.formats import Look
    from provenance_audit.formats.calibration import FORMATS
    from provenance_audit.request import Request, parse_columns, validate

    outputs = parse_outputs(output, list(FORMATS))
    columns = parse_columns(column)
    validate(Request(paths=tuple(control), seed=seed, columns=columns, memory=memory))
    request = CalibrationRequest(
        control=tuple(control),
        positive=tuple(positive),
        runs=runs,
        seed=seed,
        columns=columns,
        memory=memory,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    with Progress(enabled=progress) as stage:
        report = run_calibration(request, stage)
    for one in outputs:
        if one.path is not None:
            write_whole(one.path, FORMATS[one.format](report, Look()))
    for one in outputs:
        if one.path is None:
            sys.stdout.write(FORMATS[one.format](report, look()))
    return 0
