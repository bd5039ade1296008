"""`paudit doctor`: what can be checked here, what is missing, and the one next step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from provenance_audit.cli.options import Options
    from provenance_audit.findings import Report

SHOWN = 6


def doctor(
    context: typer.Context,
    paths: list[str] = typer.Argument(
        None, metavar="[PATH]...", help="Files or directories of data; left out, what --config names."
    ),
    student: str = typer.Option(None, "--student", metavar="ID[@REV]", help="As for paudit scan."),
    teacher: list[str] = typer.Option([], "--teacher", metavar="ID[@REV]", help="As for paudit scan."),
    control: list[str] = typer.Option([], "--control", metavar="PATH", help="As for paudit scan."),
    config: list[str] = typer.Option([], "--config", metavar="FILE", help="As for paudit scan."),
    lineage: str = typer.Option(None, "--lineage", metavar="FILE", help="As for paudit scan."),
    column: list[str] = typer.Option([], "--column", metavar="NAME=COLUMN", help="As for paudit scan."),
    policy: str = typer.Option(None, "--policy", metavar="FILE", help="As for paudit scan."),
    isolated: bool = typer.Option(False, "--isolated", help="As for paudit scan."),
) -> int:
    """Say what can be checked here, what is missing, and the one next step that would make it checkable.

    Judges nothing. Exit 0 if everything that a verdict needs can be checked, else 3.
    """
    from datetime import UTC, datetime

    from provenance_audit.audit import audit
    from provenance_audit.cli.options import given, options, request_of
    from provenance_audit.cli.progress import Progress
    from provenance_audit.errors import InputError
    from provenance_audit.formats.escape import for_terminal

    chosen = options(given(context), tuple(paths or ()))
    request = request_of(chosen, paths or (), datetime.now(UTC))
    try:
        with Progress(enabled=True) as stage:
            report = audit(request, stage)
    except InputError as error:
        typer.echo("Nothing can be checked here yet.")
        typer.echo(f"  missing  {for_terminal(error.message)}")
        typer.echo(
            f"\nNext\n  {for_terminal(error.remedy or 'give the path of a dataset: paudit doctor DATASET')}"
        )
        return error.exit_code
    for line in _said(report, chosen):
        typer.echo(for_terminal(line))
    return 3 if any(one.needed for one in report.not_evaluated) else 0


def _said(report: Report, chosen: Options) -> Iterator[str]:
    skipped = {one.id for one in report.not_evaluated}
    looking = [id for id in report.checks_run if id not in skipped]
    needed = [one for one in report.not_evaluated if one.needed]
    yield f"{len(looking)} of {len(report.checks_run)} checks can look here" + (
        "; the verdict needs more" if needed else ", which is all that a verdict needs"
    )
    yield ""
    yield "There is"
    facts = report.dataset
    unread = [one.path for one in report.inputs if one.error]
    yield f"  data      {facts.name}: {facts.trained_rows:,} rows, {facts.modality}" + (
        f"; {len(unread)} files could not be read" if unread else ""
    )
    makers = [f"{one.maker} ({one.role})" for one in report.lineage.makers]
    yield f"  makers    {_some(makers) if makers else 'none is named'}"
    yield f"  student   {report.lineage.student or 'not named'}"
    yield f"  control   {report.control.name if report.control is not None else 'none'}"
    yield f"  policy    {chosen.chain[0].name if chosen.chain else 'none: the defaults count (paudit init writes one)'}"
    sources = dict.fromkeys(one.locator.split(":", 1)[0] for one in report.lineage.assertions)
    yield f"  lineage   {_some([one for one in sources if one]) if sources else 'nothing states any'}"
    missing: dict[str, list[str]] = {}
    for one in sorted(report.not_evaluated, key=lambda one: not one.needed):
        missing.setdefault(one.reason, []).append(one.id)
    unknown = dict.fromkeys(pair.missing for pair in report.lineage.pairs if pair.missing)
    if missing or unknown:
        yield ""
        yield "Missing"
        for reason, ids in missing.items():
            yield f"  {reason} ({', '.join(ids)})"
        for fact in unknown:
            yield f"  {fact} (PA103, PA205)"
    yield ""
    yield "Next"
    yield f"  {_next(report, list(unknown))}"


def _next(report: Report, unknown: list[str]) -> str:
    """The one step that helps most: what the verdict needs, then what a relation needs, then what would widen the view."""
    if report.next_steps and any(one.needed for one in report.not_evaluated):
        return report.next_steps[0]
    if not report.lineage.makers:
        return f"paudit scan {report.dataset.name} --teacher ORG/MODEL"
    if unknown:
        if any("paudit.lineage.yaml" in one.locator for one in report.lineage.assertions):
            return f"in paudit.lineage.yaml, {unknown[0]}"
        return f"paudit lineage init {report.dataset.name}   and in the file that it writes, {unknown[0]}"
    return report.next_steps[0] if report.next_steps else f"paudit scan {report.dataset.name}"


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
