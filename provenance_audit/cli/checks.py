"""`paudit checks` and `paudit explain`: the catalogue, and the manual page of each check."""

from __future__ import annotations

import typer


def checks() -> None:
    """List every check: id, name, default severity."""
    from provenance_audit.checks import CHECKS

    for check in CHECKS:
        typer.echo(f"{check.id}  {check.name:<24} {check.severity}")
    typer.echo("\nMore on one: paudit explain PA202")


def explain(
    check: str = typer.Argument(..., metavar="CHECK", help="An id or a name: PA202, shared-base; or: risk."),
) -> None:
    """Print the manual page of a check: what, why, what it cannot tell you, how to fix. `risk`: how levels are given."""
    import difflib

    if check.lower() == "risk":
        _explain_risk()
        return

    from provenance_audit.checks import CHECKS
    from provenance_audit.errors import UsageError

    known = {name: one for one in CHECKS for name in (one.id.lower(), one.name)}
    found = known.get(check.lower())
    if found is None:
        near = difflib.get_close_matches(check.lower(), known, n=1)
        hint = (
            f"did you mean {near[0].upper() if near[0].startswith('pa') else near[0]}?"
            if near
            else "see `paudit checks`"
        )
        raise UsageError(f"there is no check {check!r}", remedy=hint)
    typer.echo(found.manual)
    typer.echo(f"\nDefault severity: {found.severity}")
    fields = found.parameters.model_fields
    if fields:
        typer.echo("Defaults: " + ", ".join(f"{name} = {field.default}" for name, field in fields.items()))


def _explain_risk() -> None:
    from provenance_audit import risk
    from provenance_audit.cli.tables import aligned

    typer.echo((risk.__doc__ or "").strip() + "\n")
    for line in aligned(["relation", "level", "check", "why"], risk.table()):
        typer.echo(line)
