"""`paudit formats`: every container and schema that is read, and where the maker of a row is found."""

from __future__ import annotations

import typer


def formats() -> int:
    """List what is read as it is: containers, schemas, and where each names its maker (Markdown)."""
    from provenance_audit.dataset.catalogue import markdown

    for line in markdown():
        typer.echo(line)
    return 0
