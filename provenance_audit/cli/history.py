"""`paudit history`, `paudit show`, `paudit diff` and `paudit sql`: what past runs found, from a store or from reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from provenance_audit.store import TrendRow

_DB = typer.Option(
    None, "--db", metavar="FILE", help="The store; PAUDIT_DB or scan.db of the policy if left out."
)
BAR = 32


class Shape(StrEnum):
    """How a table is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def history(
    dataset: str = typer.Argument(
        None, metavar="[DATASET]", help="One dataset, as the scans named it: its effects over time."
    ),
    db: Path = _DB,
    family: str = typer.Option(
        None, "--family", help="Effects of this feature family; left out, the strongest of each run."
    ),
    output: Shape = typer.Option(Shape.TEXT, "--output", "-o", help="text, json or csv."),
) -> int:
    """List the runs of a store; for one dataset, how the effects against its control moved."""
    from provenance_audit import store
    from provenance_audit.errors import UsageError

    path = _store(db)
    rows = store.history(path, dataset)
    if dataset is not None and not rows:
        from provenance_audit.policy.document import nearest

        raise UsageError(f"{path} holds no run of {dataset}", remedy=nearest(dataset, store.datasets(path)))
    header = ["run", "started", "verdict", "exit", "active", "gate", "apart", "effect", "rows", "dataset"]
    cells = [
        [row.run, row.started, row.verdict, row.exit_code, row.active, row.gating, row.apart, row.effect, row.rows,
         row.dataset]
        for row in rows
    ]  # fmt: skip
    _print(header, cells, output)
    if output is not Shape.TEXT:
        return 0
    if dataset is not None:
        _print_trend(store.trend(path, dataset, family))
    elif cells:
        typer.echo(
            "\neffect: the largest lower limit against a control, in bits; apart: waived, in the baseline, ignored"
        )
    return 0


def show(
    run: int = typer.Argument(..., metavar="RUN", help="Its number, from paudit history."),
    db: Path = _DB,
    output: list[str] = typer.Option(
        [],
        "--output",
        "-o",
        metavar="FORMAT[=PATH]",
        help="As for paudit scan; text if left out; repeatable.",
    ),
) -> int:
    """Print the report of a run again, in any format. Exits 0 whatever the verdict was: it decides nothing."""
    from provenance_audit.cli.output import parse_outputs, write_report
    from provenance_audit.formats import FORMATS
    from provenance_audit.formats.json_v1 import read
    from provenance_audit.store import report_of

    outputs = parse_outputs(output, list(FORMATS))
    write_report(read(report_of(_store(db), run), f"run {run}"), outputs)
    return 0


def diff(
    old: str = typer.Argument(..., metavar="OLD", help="A run of the store, or a JSON report."),
    new: str = typer.Argument(..., metavar="NEW", help="A run of the store, or a JSON report."),
    db: Path = _DB,
    fail_on_new: str = typer.Option(
        "none", "--fail-on-new", metavar="LEVEL", help="Exit 1 if something new is at or above this severity."
    ),
    output: str = typer.Option("text", "--output", "-o", metavar="text|json", help="How to print it."),
) -> int:
    """Say what is new, worse, excused, counting again, fixed and unchanged between two runs."""
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


def sql(
    query: str = typer.Argument(
        ..., metavar="SQL", help='In DuckDB\'s SQL; paudit sql "SHOW TABLES" begins.'
    ),
    db: Path = _DB,
    output: Shape = typer.Option(Shape.TEXT, "--output", "-o", help="text, json or csv."),
) -> int:
    """Ask a store in SQL. It is only read, and nothing else can be reached."""
    from provenance_audit.store import ask

    header, rows = ask(_store(db), query)
    _print(header, [list(row) for row in rows], output)
    return 0


def _store(db: Path | None) -> Path:
    """The store that is named, by flag, variable or policy."""
    from provenance_audit.cli.options import options
    from provenance_audit.errors import UsageError

    named = options({"db": str(db)} if db is not None else {}).settled["db"]
    if named is None:
        raise UsageError("no store is named", remedy="--db audit.duckdb, PAUDIT_DB, or scan.db in the policy")
    if not Path(named).exists():
        raise UsageError(f"{named} does not exist", remedy=f"paudit scan DATASET --db {named} begins it")
    return Path(named)


def _report(name: str, db: Path | None) -> tuple[str, dict[str, Any]]:
    """What a run, or a file, is called, and its report."""
    import json

    from provenance_audit.policy.baseline import load
    from provenance_audit.store import report_of

    if re.fullmatch(r"\d+", name) and not Path(name).exists():
        return f"run {name}", json.loads(report_of(_store(db), int(name)))
    return name, load(Path(name))


def _print(header: Sequence[str], rows: Sequence[Sequence[Any]], shape: Shape) -> None:
    if shape is Shape.JSON:
        import json

        content = [dict(zip(header, row, strict=True)) for row in rows]
        typer.echo(json.dumps(content, indent=2, ensure_ascii=True, default=str))
    elif shape is Shape.CSV:
        import csv
        import sys

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([[_cell(value) for value in row] for row in rows])
    elif header:
        from provenance_audit.cli.tables import aligned, number

        cells = [[number(one) if isinstance(one, float | None) else str(one) for one in row] for row in rows]
        for line in aligned(header, cells):
            typer.echo(line)


def _cell(value: Any) -> Any:
    """A spreadsheet takes text that begins like a formula for one."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _print_trend(rows: Sequence[TrendRow]) -> None:
    from provenance_audit.cli.tables import aligned, number

    if not rows:
        typer.echo("\nno test was made of it: --control gives rows to compare with")
        return
    most = max((row.up or 0.0 for row in rows), default=0.0) or 1.0
    for id in dict.fromkeys(row.id for row in rows):
        typer.echo(f"\neffects of {id}, in bits, with 90 % intervals")
        table = [
            [str(row.run), row.started[:16], row.family, number(row.effect), f"[{number(row.low)}, {number(row.up)}]",
             number(row.limit), f"{row.n[0]:,} and {row.n[1]:,}", "#" * round(BAR * max(row.effect or 0.0, 0.0) / most)]
            for row in rows
            if row.id == id
        ]  # fmt: skip
        for line in aligned(["run", "started", "family", "effect", "interval", "limit", "rows", ""], table):
            typer.echo(line)
