"""`paudit diff`: what changed between two runs of a store, or two reports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer

from provenance_audit.cli.history import DB, named_store


def diff(
    old: str = typer.Argument(..., metavar="OLD", help="A run of the store, or a JSON report."),
    new: str = typer.Argument(..., metavar="NEW", help="A run of the store, or a JSON report."),
    db: Path = DB,
    fail_on_new: str = typer.Option(
        "none", "--fail-on-new", metavar="LEVEL", help="Exit 1 if something new is at or above this severity."
    ),
    output: str = typer.Option("text", "--output", "-o", metavar="text|json", help="How to print it."),
) -> int:
    """Say what is new, worse, excused, counting again, fixed, unseen (its check could not look) and unchanged between two runs."""
    import json

    from provenance_audit.errors import UsageError
    from provenance_audit.findings import Severity
    from provenance_audit.formats.escape import for_terminal
    from provenance_audit.policy.difference import difference
    from provenance_audit.policy.document import nearest

    levels = ["none", *Severity]
    if fail_on_new not in levels:
        raise UsageError(
            f"--fail-on-new {fail_on_new} is no level", remedy=nearest(fail_on_new, list(levels))
        )
    if output not in ("text", "json"):
        raise UsageError(f"-o {output}: unknown format", remedy="-o text or -o json")
    found = difference(_report(old, db), _report(new, db))
    if output == "json":
        typer.echo(json.dumps(found.as_data(), indent=2, ensure_ascii=True))
    else:
        typer.echo(found.summary)
        for word, entries in found.listed:
            for one in entries:
                typer.echo(for_terminal(f"  {word:<9} {one.severity:<8} {one.id} {one.name}: {one.message}"))
        for line in found.inputs:
            typer.echo(for_terminal(f"  {line}"))
    least = None if fail_on_new == "none" else Severity(fail_on_new)
    return int(
        least is not None
        and any(one.severity.rank >= least.rank for one in (*found.new, *found.worse, *found.again))
    )


def _report(name: str, db: Path | None) -> tuple[str, dict[str, Any]]:
    """What a run, or a file, is called, and its report."""
    import json

    from provenance_audit.policy.baseline import load
    from provenance_audit.store import report_of

    if re.fullmatch(r"\d+", name) and not Path(name).exists():
        return f"run {name}", json.loads(report_of(named_store(db), int(name)))
    return name, load(Path(name))
