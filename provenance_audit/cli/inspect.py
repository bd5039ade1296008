"""`paudit inspect`: what was recognised in a dataset, why, and what was not. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

SHOWN = 8


def inspect(
    paths: list[str] = typer.Argument(
        ..., metavar="DATASET...", help="Files, directories or quoted glob patterns."
    ),
    column: list[str] = typer.Option(
        [],
        "--column",
        metavar="NAME=COLUMN",
        help="Read a canonical column (prompt, completion, maker, …) from this column; repeatable.",
    ),
    output: str = typer.Option("text", "--output", "-o", metavar="text|json", help="How to print it."),
    memory: str = typer.Option("700MB", "--memory", help="Memory limit of the engine."),
) -> int:
    """Show how a dataset is read: files, schema, columns, makers, judges, filters, row counts."""
    import json

    from provenance_audit.describe import describe
    from provenance_audit.errors import UsageError
    from provenance_audit.formats.escape import for_terminal
    from provenance_audit.request import fault_of_columns, parse_columns

    if output not in ("text", "json"):
        raise UsageError(f"-o {output}: unknown format", remedy="-o text or -o json")
    columns = dict(parse_columns(column))
    fault = fault_of_columns(columns)
    if fault is not None:
        raise UsageError(f"--column: {fault}", remedy="--column NAME=COLUMN")
    seen = describe(tuple(paths), columns=columns, memory=memory)
    if output == "json":
        typer.echo(json.dumps(seen, indent=2, ensure_ascii=True))
    else:
        typer.echo(for_terminal(", ".join(paths)))
        for label, text in _lines(seen):
            typer.echo(f"  {label:<10} {for_terminal(text)}".rstrip())
    return 3 if seen["unreadable"] else 0


def _lines(seen: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A label and a line each; an empty label continues the one above."""
    records = "" if seen["rows"] == seen["trained_rows"] else f" from {seen['rows']:,} records"
    yield "rows", f"{seen['trained_rows']:,} completions{records}"
    yield "modality", f"{seen['modality']} ({seen['modality_share']:.0%} of rows)"
    for schema in seen["schemas"]:
        count = "" if schema["files"] == 1 else f", {schema['files']:,} files"
        if schema["records"] is not None:
            count += f", {schema['records']:,} of the records"
        yield "schema", f"{schema['schema']} ({schema['container']}{count})"
        for canonical, column in schema["mapping"].items():
            yield "", f"{canonical:<14} from {column}"
        if schema["ignored"]:
            yield "", f"{'not read':<14} {_some(schema['ignored'])}"
    yield "prompts", "in every row" if seen["has_prompts"] else "not in every row: tests will be unclustered"
    yield from _models(seen)
    if seen["system_prompts"]:
        many = seen["system_prompts"] > 1
        yield "system", f"{seen['system_prompts']:,} different system turns" if many else "one system turn"
    for one in seen["filters"]:
        yield "filter", f"{_some(one['columns'])}: {one['rejected']:,} of {one['rows']:,} rows did not pass"
    for path in seen["stages"]:
        yield "stage", f"{path} lies beside: --raw or --rejects compares it"
    for note in seen["notes"]:
        yield "note", note
    for problem in seen["unreadable"]:
        yield "unreadable", problem


def _models(seen: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for maker in seen["makers"][:SHOWN]:
        known = f" = {maker['id']}" if maker["id"] not in (None, maker["maker"]) else ""
        unknown = "" if maker["id"] else "; no resolvable model"
        weak = "; a hint, which decides nothing" if maker["tier"] == 5 else ""
        rows = f"{maker['rows']:,} rows ({maker['share']:.1%})"
        yield "maker", f"{maker['maker']}{known}: {rows}, by {maker['evidence']}{unknown}{weak}"
    if len(seen["makers"]) > SHOWN:
        yield "", f"and {len(seen['makers']) - SHOWN:,} more makers"
    if seen["unnamed_rows"] and seen["makers"]:
        yield "maker", f"named by nothing: {seen['unnamed_rows']:,} rows"
    if not seen["makers"]:
        hint = f" (the name of a file suggests {_some(seen['hints'])})" if seen["hints"] else ""
        yield "maker", f"named by no row{hint}; say so with --teacher ORG/MODEL"
    for one in seen["selectors"][:SHOWN]:
        known = f" = {one['id']}" if one["id"] not in (None, one["model"]) else ""
        yield one["role"], f"{one['model']}{known}: {one['rows']:,} records, by column {one['column']}"


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
