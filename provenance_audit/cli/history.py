"""`paudit history`, `paudit show` and `paudit sql`: what a store keeps of past runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from provenance_audit.cli.tables import Shape

if TYPE_CHECKING:
    from provenance_audit.store import TrendRow

DB = typer.Option(
    None, "--db", metavar="FILE", help="The store; PAUDIT_DB or scan.db of the policy if left out."
)
BAR = 32


def history(
    dataset: str = typer.Argument(
        None, metavar="[DATASET]", help="One dataset, as the scans named it: its effects over time."
    ),
    db: Path = DB,
    family: str = typer.Option(
        None, "--family", help="Effects of this feature family; left out, the strongest of each run."
    ),
    output: Shape = typer.Option(Shape.TEXT, "--output", "-o", help="text, json or csv."),
) -> int:
    """List the runs of a store; for one dataset, how the effects against its control moved."""
    from provenance_audit import store
    from provenance_audit.cli.tables import printed
    from provenance_audit.errors import UsageError

    path = named_store(db)
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
    if output is Shape.JSON and dataset is not None:
        _print_json(header, cells, store.trend(path, dataset, family))
        return 0
    printed(header, cells, output)
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
    db: Path = DB,
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
    write_report(read(report_of(named_store(db), run), f"run {run}"), outputs)
    return 0


def sql(
    query: str = typer.Argument(
        ..., metavar="SQL", help='In DuckDB\'s SQL; paudit sql "SHOW TABLES" begins.'
    ),
    db: Path = DB,
    output: Shape = typer.Option(Shape.TEXT, "--output", "-o", help="text, json or csv."),
) -> int:
    """Ask a store in SQL. It is only read, and nothing else can be reached."""
    from provenance_audit.cli.tables import printed
    from provenance_audit.store import ask

    header, rows = ask(named_store(db), query)
    printed(header, [list(row) for row in rows], output)
    return 0


def named_store(db: Path | None) -> Path:
    """The store that is named, by flag, variable or policy."""
    from provenance_audit.cli.options import options
    from provenance_audit.errors import UsageError

    named = options({"db": str(db)} if db is not None else {}).settled["db"]
    if named is None:
        raise UsageError("no store is named", remedy="--db audit.duckdb, PAUDIT_DB, or scan.db in the policy")
    if not Path(named).exists():
        raise UsageError(f"{named} does not exist", remedy=f"paudit scan DATASET --db {named} begins it")
    return Path(named)


def _print_json(header: Sequence[str], cells: Sequence[Sequence[object]], trend: Sequence[TrendRow]) -> None:
    """The runs of one dataset, each with its effects."""
    import json

    runs = [dict(zip(header, row, strict=True)) for row in cells]
    for run in runs:
        run["effects"] = [
            {name: value for name, value in asdict(one).items() if name not in ("run", "started")}
            for one in trend
            if one.run == run["run"]
        ]
    typer.echo(json.dumps(runs, indent=2, ensure_ascii=True))


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
