"""`paudit profile`: a control as counts in one small file, to be shared without its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

app = typer.Typer(
    help="Make, merge and show profiles of a control: its counts in one small file, without its rows."
)

TO = typer.Option(..., "--to", metavar="FILE", help="Where to write the profile.")


@app.command("make")
def make(
    paths: list[str] = typer.Argument(..., metavar="DATASET...", help="Files, directories or patterns."),
    to: Path = TO,
    column: list[str] = typer.Option(
        [], "--column", metavar="NAME=COLUMN", help="Read a canonical column from this column; repeatable."
    ),
    memory: str = typer.Option("700MB", "--memory", help="Memory limit of the engine."),
    threads: int = typer.Option(None, "--threads", min=1, help="Threads of the engine."),
) -> int:
    """Count every row of a control, by block and feature, and write the counts.

    paudit profile make control.parquet --to control.profile.parquet
    """
    from provenance_audit.dataset.profile import write
    from provenance_audit.profiling import make_profile
    from provenance_audit.request import Request, parse_columns, validate

    columns = parse_columns(column)
    validate(Request(tuple(paths), columns=columns, memory=memory))
    _check_place(to)
    made = make_profile(paths, columns=dict(columns), memory=memory, threads=threads)
    write(made, to)
    typer.echo(f"{to}: {made.compared_rows:,} rows, {made.modality}, {to.stat().st_size:,} bytes")
    return 0


@app.command("merge")
def merge(
    paths: list[str] = typer.Argument(..., metavar="PROFILE...", help="Profiles, of shards for instance."),
    to: Path = TO,
) -> int:
    """Add profiles up: what comes out is what would have been made of all their rows."""
    from provenance_audit.dataset import profile
    from provenance_audit.profiling import read_profiles

    _check_place(to)
    merged = profile.merge(read_profiles(paths))
    profile.write(merged, to)
    typer.echo(f"{to}: {merged.compared_rows:,} rows, {merged.modality}, {to.stat().st_size:,} bytes")
    return 0


@app.command("show")
def show(
    path: str = typer.Argument(..., metavar="PROFILE"),
    output: str = typer.Option("text", "--output", "-o", help="text or json."),
) -> int:
    """Say what a profile holds: rows, makers, families, versions."""
    import json

    from provenance_audit.errors import UsageError
    from provenance_audit.formats.escape import for_terminal
    from provenance_audit.profiling import describe_profile, read_profiles

    if output not in ("text", "json"):
        raise UsageError(f"-o {output} is no format of this command", remedy="use text or json")
    seen = describe_profile(read_profiles([path])[0])
    if output == "json":
        typer.echo(json.dumps(seen, indent=2))
    else:
        for line in _lines(seen):
            typer.echo(for_terminal(line))
    return 0


def _lines(seen: dict[str, Any]) -> Iterator[str]:
    blocks = "by prompt" if seen["prompts"] else "by completion: rows have no prompts"
    yield f"rows      {seen['rows']:,}, every one counted"
    yield f"modality  {seen['modality']}"
    yield f"blocks    {seen['occupied_blocks']} of {seen['blocks']} hold rows; {blocks}"
    for one in seen["makers"]:
        system = (
            f"system turn sha256:{one['system_sha256']}"
            if one["system_sha256"]
            else "no system turn recorded"
        )
        yield f"maker     {one['maker'] or 'not named'}: {one['rows']:,} rows, {system}"
    for one in seen["families"]:
        yield f"{one['part']:<9} {one['family']:<16} v{one['version']}  {one['features']:>5} features  {one['count']:>12,}"


def _check_place(path: Path) -> None:
    """Refuse, before anything is counted, a place where it could not be written."""
    import os

    from provenance_audit.errors import UsageError

    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written to", remedy="name a file in a directory that exists")
