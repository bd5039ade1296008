"""`paudit inspect`: what was recognised in a dataset, and what was not. Judges nothing."""

from __future__ import annotations

import typer


def inspect(
    paths: list[str] = typer.Argument(
        ..., metavar="DATASET...", help="Files, directories or quoted glob patterns."
    ),
    output: str = typer.Option("text", "--output", "-o", metavar="text|json", help="How to print it."),
    memory: str = typer.Option("700MB", "--memory", help="Memory limit of the engine."),
) -> int:
    """Show how a dataset is read: files, schema, columns, makers, modality, row counts."""
    import json

    from provenance_audit.describe import describe
    from provenance_audit.errors import UsageError
    from provenance_audit.formats.escape import for_terminal

    if output not in ("text", "json"):
        raise UsageError(f"-o {output}: unknown format", remedy="-o text or -o json")
    seen = describe(tuple(paths), memory=memory)
    if output == "json":
        typer.echo(json.dumps(seen, indent=2, ensure_ascii=True))
        return 0
    typer.echo(
        f"{for_terminal(', '.join(paths))}: {seen['rows']:,} records, {seen['trained_rows']:,} trained rows"
    )
    typer.echo(f"  modality   {seen['modality']} ({seen['modality_share']:.0%} of rows)")
    for schema in seen["schemas"]:
        typer.echo(
            f"  schema     {for_terminal(schema['schema'])} ({schema['container']}, {schema['files']} file(s))"
        )
        for canonical, column in schema["mapping"].items():
            typer.echo(f"    {canonical:<14} from {for_terminal(column)}")
    typer.echo(
        f"  prompts    {'in every row' if seen['has_prompts'] else 'not in every row: tests will be unclustered'}"
    )
    if seen["makers"]:
        for maker in seen["makers"]:
            resolved = f" = {maker['id']}" if maker["id"] not in (None, maker["maker"]) else ""
            unknown = "" if maker["id"] else "  (no resolvable model)"
            typer.echo(
                f"  maker      {for_terminal(str(maker['maker']) + resolved)}: {maker['rows']:,} rows ({maker['share']:.1%}){unknown}"
            )
    else:
        typer.echo("  maker      named by no row; say so with --teacher ORG/MODEL")
    typer.echo(f"  system     {seen['system_prompts']:,} different system turns")
    for note in seen["notes"]:
        typer.echo(f"  note       {for_terminal(note)}")
    for problem in seen["unreadable"]:
        typer.echo(f"  unreadable {for_terminal(problem)}")
    return 3 if seen["unreadable"] else 0
