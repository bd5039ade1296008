"""`paudit formats`: every container and schema that is read, where the maker of a row is found, and every report written."""

from __future__ import annotations

import typer


def formats() -> int:
    """List what is read as it is, and where each schema names its maker; and what `-o` writes (Markdown)."""
    from provenance_audit.dataset.catalogue import markdown
    from provenance_audit.formats import FORMATS

    for line in markdown():
        typer.echo(line)
    typer.echo("\n| `-o` | what it is for |\n| --- | --- |")
    for name, format in FORMATS.items():
        typer.echo(f"| `{name}` | {format.what} |")
    return 0
